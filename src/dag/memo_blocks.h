#pragma once

#include "base/random.h"
#include "dag/block_store.h"
#include "economics/memo_store.h"

namespace icn::dag {

// Free text that the ledger names by CID: a private DAG-CBOR block {salt, text} of its author. The 16 random
// bytes of salt keep others from finding the text by trying. Costs nothing: bounded by the transfer it is of.
// keep() waits for one group of writes.
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
