#pragma once

#include <map>
#include <optional>
#include <string>

#include "codec/records.h"
#include "dag/block_store.h"

// What people read of a proposal: a public DAG-CBOR block named by the ledger. Its 16 random bytes of salt
// keep others from finding a withdrawn text by trying. Source: design.md 4.
namespace icn::governance {

struct ProposalText {
  Bytes salt;
  std::string title;        // 200 characters at most
  std::string description;  // 10,000 characters at most
  std::string rationale;
  std::string impact;
  std::map<std::string, std::string> options;  // id of an option -> its words
  static constexpr auto fields() {
    using codec::field;
    return described(field("salt", &ProposalText::salt), field("title", &ProposalText::title),
                     field("description", &ProposalText::description),
                     field("rationale", &ProposalText::rationale), field("impact", &ProposalText::impact),
                     field("options", &ProposalText::options));
  }
};

// As people count them: Unicode code points.
std::size_t character_count(std::string_view text);

// None: this node does not hold the block, or it is no proposal's text.
std::optional<ProposalText> find_text(const dag::BlockStore& blocks, const codec::Cid& content);

// A text of an action: what a GenericText decides, what a budget is for (dag/salted_text.h). None: this node
// does not hold the block, or it holds no such text.
std::optional<std::string> find_action_text(const dag::BlockStore& blocks, const codec::Cid& cid);

}  // namespace icn::governance
