#include "dag/api/pins.h"

namespace icn::dag::api {

Result<ListPins::Output> ListPins::handle(const Api& api, const http::Call& call, const Input& input) {
  ICN_TRY_ASSIGN(owner, acting_did(api, call.caller(), input.owner));
  const std::string list = "dag.pins " + owner.text();
  Bytes after;
  if (input.cursor) {
    ICN_TRY_ASSIGN(position, api.cursors.open(list, *input.cursor));
    after = std::move(position);
  }
  const auto snapshot = api.blocks.store().snapshot();
  ICN_TRY_ASSIGN(page, list_pins(*snapshot, owner, std::move(after), input.limit));
  ICN_TRY_ASSIGN(total, count_pins(*snapshot, owner));
  Output output;
  output.items = std::move(page.pins);
  output.total = total;
  if (!page.next.empty()) output.next_cursor = api.cursors.seal(list, page.next);
  return output;
}

void CreatePin::handle(const Api& api, const http::Call& call, Input input, http::Reply<Output> reply) {
  const auto owner = acting_did(api, call.caller(), input.owner);
  if (!owner.ok()) return reply(owner.error());
  const auto readable = api.access.meta(call.caller(), input.cid);
  if (!readable.ok()) return reply(readable.error());
  const TimestampSecs now = api.clock.now_secs();
  const auto pin =
      std::make_shared<Pin>(Pin{input.cid.to_v1(), *owner, input.recursive, {}, input.reason, now});
  if (input.ttl) pin->expires_at = now + *input.ttl;
  api.blocks.writer().submit(
      call.executor(), 1'000, [pin](Batch& batch) { return put_pin(batch, *pin); },
      [pin, reply](const Result<void>& written) {
        if (!written.ok()) return reply(written.error());
        reply(*pin);
      });
}

void RemovePin::handle(const Api& api, const http::Call& call, Input input, http::Reply<Output> reply) {
  const auto owner = acting_did(api, call.caller(), input.owner);
  if (!owner.ok()) return reply(owner.error());
  api.blocks.writer().submit(
      call.executor(), 1'000,
      [cid = input.cid.to_v1(), did = *owner](Batch& batch) { return erase_pin(batch, cid, did); },
      [cid = input.cid, reply](const Result<void>& written) {
        if (!written.ok()) return reply(written.error());
        reply(Output{cid});
      });
}

}  // namespace icn::dag::api
