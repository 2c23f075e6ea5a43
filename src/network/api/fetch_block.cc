#include "network/api/fetch_block.h"

#include "dag/errors.h"
#include "dag/pins.h"
#include "network/errors.h"

namespace icn::network::api {

void FetchBlocks::handle(const Api& api, const http::Call& call, Input input, http::Reply<Output> reply) {
  FetchOptions options;
  options.is_recursive = input.recursive;
  options.timeout_ms = input.timeout_ms;
  const auto owner = dag::api::acting_did(api.dag, call.caller(), {});
  if (input.pin && !owner.ok()) return reply(owner.error());
  Executor& executor = call.executor();
  const dag::Pin pin{input.cid.to_v1(), owner.ok() ? *owner : Did(), input.recursive, {},
                     "fetched",         api.dag.clock.now_secs()};
  api.exchange.fetch(
      input.cid, options, executor,
      [&api, &executor, cid = input.cid, is_pinned = input.pin, pin, reply](const Result<Fetched>& fetched) {
        if (!fetched.ok()) return reply(fetched.error());
        const Output output{cid, fetched->blocks, fetched->bytes, is_pinned};
        if (!is_pinned) return reply(output);
        api.dag.blocks.writer().submit(
            executor, 1'000, [pin](dag::Batch& batch) { return dag::put_pin(batch, pin); },
            [output, reply](const Result<void>& written) {
              if (!written.ok()) return reply(written.error());
              reply(output);
            });
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
