#include "mesh/api/reason.h"

#include "dag/put_soon.h"

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
  dag::PutOptions options;
  options.author = author;
  options.time = api.clock.now_secs();
  return dag::put_soon(api.blocks, call.executor(),
                       codec::encode_block(ReasonBlock{reason, api.random.bytes(16)}), std::move(options));
}

}  // namespace icn::mesh::api
