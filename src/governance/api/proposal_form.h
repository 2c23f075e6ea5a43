#pragma once

#include "governance/api/proposals.h"

// From the plain form of a proposal to what the transaction holds: words become blocks.
namespace icn::governance::api {

// "25%", 12, "none", "dynamic".   malformed
Result<QuorumAsk> read_quorum(const codec::Json& json);
// 0.5 to 1, as number or text, in ppm.   malformed
Result<std::uint64_t> read_threshold(const codec::Json& json);
// "on", "off", true, false.   malformed
Result<bool> read_delegation(const codec::Json& json);

// Actions with the texts of GenericText (`text`) and BudgetAllocation (`purpose`) kept as blocks. malformed
Result<std::vector<Action>> read_actions(const Api& api, const http::Call& call, const Did& author,
                                         const PostProposal::Input& input);

// Title and description as they are to be kept, checked.   malformed, too_short
Result<Bytes> text_block(const Api& api, const PostProposal::Input& input);

}  // namespace icn::governance::api
