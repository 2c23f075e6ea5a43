#include "reputation/api/context.h"

#include "dag/put_soon.h"
#include "dag/salted_text.h"

namespace icn::reputation::api {

Result<codec::Cid> keep_reason(const Api& api, const http::Call& call, const Did& author,
                               const std::string& text) {
  // Before anything is kept in its name: may the caller act as the author at all?
  ICN_TRY(api.writer.custody().key_for(call.caller(), author));
  dag::PutOptions options;
  options.author = author;
  options.time = api.clock.now_secs();
  options.type = dag::BlockType::kGovernance;
  options.visibility = dag::Visibility::kPublic;
  return dag::put_soon(api.blocks, call.executor(), dag::salted_text(api.random, text), std::move(options),
                       api.announce);
}

}  // namespace icn::reputation::api
