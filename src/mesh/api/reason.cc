#include "mesh/api/reason.h"

namespace icn::mesh::api {
namespace {

struct ReasonBlock {
  std::string reason;
  Bytes salt;
  static constexpr auto fields() {
    return described(codec::field("reason", &ReasonBlock::reason), codec::field("salt", &ReasonBlock::salt));
  }
};

}  // namespace

Result<codec::Cid> keep_reason(const Api& api, const http::Call& call, const Did& author,
                               const std::string& reason) {
  ICN_TRY_ASSIGN(block, dag::make_block(codec::kDagCbor,
                                        codec::encode_block(ReasonBlock{reason, api.random.bytes(16)})));
  const codec::Cid cid = block.cid;
  dag::PutOptions options;
  options.author = author;
  options.time = api.clock.now_secs();
  std::vector<dag::NewBlock> blocks;
  blocks.push_back(std::move(block));
  api.blocks.put_later(call.executor(), std::move(blocks), std::move(options), {},
                       [](const Result<void>&) {});
  return cid;
}

}  // namespace icn::mesh::api
