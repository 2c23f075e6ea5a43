#include "dag/put_soon.h"

namespace icn::dag {

Result<Cid> put_soon(BlockStore& blocks, Executor& executor, Bytes bytes, PutOptions options,
                     std::function<void(const Cid&)> stored) {
  ICN_TRY_ASSIGN(block, make_block(codec::kDagCbor, std::move(bytes)));
  const Cid cid = block.cid;
  std::vector<NewBlock> all;
  all.push_back(std::move(block));
  blocks.put_later(executor, std::move(all), std::move(options), {},
                   [stored = std::move(stored), cid](const Result<void>& done) {
                     if (done.ok() && stored) stored(cid);
                   });
  return cid;
}

}  // namespace icn::dag
