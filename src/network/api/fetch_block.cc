#include "network/api/fetch_block.h"

#include "dag/errors.h"
#include "network/errors.h"

namespace icn::network::api {

void FetchBlocks::handle(const Api& api, const http::Call& call, Input input, http::Reply<Output> reply) {
  FetchOptions options;
  options.is_recursive = input.recursive;
  options.timeout_ms = input.timeout_ms;
  api.exchange.fetch(input.cid, options, call.executor(),
                     [cid = input.cid, reply](const Result<Fetched>& fetched) {
                       if (!fetched.ok()) return reply(fetched.error());
                       reply(Output{cid, fetched->blocks, fetched->bytes});
                     });
}

void ProvideBlock::handle(const Api& api, const http::Call&, Input input, http::Reply<Output> reply) {
  if (!api.network.is_on()) return reply(Error(kOff));
  if (!api.exchange.is_public(input.cid)) return reply(Error(dag::kBlockNotFound));
  api.network.transport()->provide(input.cid, [cid = input.cid, reply](const Result<void>& provided) {
    if (!provided.ok()) return reply(provided.error());
    reply(Output{cid});
  });
}

}  // namespace icn::network::api
