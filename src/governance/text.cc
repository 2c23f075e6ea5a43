#include "governance/text.h"

#include <algorithm>

#include "dag/salted_text.h"

namespace icn::governance {

std::size_t character_count(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::optional<ProposalText> find_text(const dag::BlockStore& blocks, const codec::Cid& content) {
  const auto block = blocks.get(content);
  if (!block.ok()) return {};
  auto text = codec::decode_block<ProposalText>(as_bytes((*block)->bytes));
  if (!text.ok()) return {};
  return std::move(text).value();
}

std::optional<std::string> find_action_text(const dag::BlockStore& blocks, const codec::Cid& cid) {
  const auto block = blocks.get(cid);
  if (!block.ok()) return {};
  auto text = dag::read_salted_text(as_bytes((*block)->bytes));
  if (!text.ok()) return {};
  return std::move(text).value();
}

}  // namespace icn::governance
