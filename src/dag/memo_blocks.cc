#include "dag/memo_blocks.h"

#include "dag/salted_text.h"

namespace icn::dag {

Result<Cid> MemoBlocks::keep(const Did& author, const std::string& text) {
  PutOptions options;
  options.author = author;
  options.time = clock_.now_secs();
  options.type = BlockType::kEconomic;
  return blocks_.put(codec::kDagCbor, salted_text(random_, text), options);
}

}  // namespace icn::dag
