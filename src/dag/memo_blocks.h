#pragma once

#include "base/random.h"
#include "dag/block_store.h"
#include "economics/memo_store.h"

namespace icn::dag {

// Texts of transfers as private blocks of their authors (salted_text.h). They cost nothing: a text is bounded
// by the transfer it is of. keep() waits for one group of writes.
class MemoBlocks final : public economics::MemoStore {
 public:
  MemoBlocks(BlockStore& blocks, const Clock& clock, Random& random)
      : blocks_(blocks), clock_(clock), random_(random) {}

  Result<Cid> keep(const Did& author, const std::string& text) override;

 private:
  BlockStore& blocks_;
  const Clock& clock_;
  Random& random_;
};

}  // namespace icn::dag
