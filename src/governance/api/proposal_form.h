#pragma once

#include <functional>

#include "governance/api/proposals.h"
#include "governance/text.h"

// From the plain form of a proposal to what the transaction holds: words become blocks.
namespace icn::governance::api {

// "25%", 12, "none", "dynamic".   malformed
Result<QuorumAsk> read_quorum(const codec::Json& json);
// 0.5 to 1, as number or text, in ppm.   malformed
Result<std::uint64_t> read_threshold(const codec::Json& json);
// "on", "off", true, false.   malformed
Result<bool> read_delegation(const codec::Json& json);

// What becomes of a text that is no part of the ledger: the block's CID.
using KeepText = std::function<Result<codec::Cid>(const std::string& text)>;
// Actions as people write them, with the texts of GenericText (`text`) and BudgetAllocation (`purpose`)
// given to `keep`. malformed, errors of `keep`
Result<std::vector<Action>> read_actions(const std::vector<codec::Json>& given, const KeepText& keep);
// Of a proposal.
Result<std::vector<Action>> read_actions(dag::Texts& texts, const PostProposal::Input& input);

// Title, description and the rest as they are to be kept but for the salt, checked.   malformed, too_short
Result<ProposalText> checked_text(const PostProposal::Input& input);
// The same, as a block with its salt.
Result<Bytes> text_block(const Api& api, const PostProposal::Input& input);

}  // namespace icn::governance::api
