#include "dag/api/put_block.h"

#include "codec/records.h"
#include "crypto/ed25519.h"
#include "dag/errors.h"
#include "dag/pins.h"

namespace icn::dag::api {
namespace {

struct SignedBlock {
  Did author;
  Cid cid;
  std::optional<std::string> scope;
  TimestampSecs timestamp = 0;
  BlockType type = BlockType::kData;
  Visibility visibility = Visibility::kPrivate;
  static constexpr auto fields() {
    using codec::field;
    return described(field("author", &SignedBlock::author), field("cid", &SignedBlock::cid),
                     field("scope", &SignedBlock::scope), field("timestamp", &SignedBlock::timestamp),
                     field("type", &SignedBlock::type), field("visibility", &SignedBlock::visibility));
  }
};

constexpr TimestampSecs kAheadSecsMax = 60;

Result<void> check_signature(const Api& api, const PutBlock::Input& input, const Cid& cid) {
  if (!input.author || !input.key || !input.timestamp) {
    return Error(errors::kMalformed, "a signature needs author, key and timestamp");
  }
  ICN_TRY_ASSIGN(store, api.ledger.store());
  const auto key = api.ledger.rules().resolve_key(*store, *input.author, *input.key);
  if (!key.ok()) return Error(kBadBlockSignature, key.error().detail());
  ICN_TRY_ASSIGN(signature, crypto::Signature::from_bytes(input.signature->bytes));
  const Bytes message =
      block_signing_bytes(cid, *input.author, *input.timestamp, input.type, input.visibility, input.scope);
  if (crypto::verify(*key, message, signature)) return {};
  return Error(kBadBlockSignature, "it is not that of " + input.key->text() + " over this block");
}

struct Plan {
  NewBlock block;
  PutOptions options;
  Did payer;
  Millimana fee;
  Meter::Reservation reservation;
};

Result<Plan> plan_of(const Api& api, const http::Call& call, PutBlock::Input& input) {
  Plan plan;
  ICN_TRY_ASSIGN(codec, codec_named(input.codec));
  ICN_TRY_ASSIGN(block, make_block(codec, std::move(input.data)));
  plan.block = std::move(block);
  if (input.cid && input.cid->to_v1() != plan.block.cid) {
    return Error(codec::errors::kCidMismatch, "the data are " + plan.block.cid.to_string());
  }
  const TimestampSecs now = api.clock.now_secs();
  if (input.timestamp.value_or(now) > now + kAheadSecsMax) return Error(kFutureTimestamp);
  if (input.signature) {
    ICN_TRY(check_signature(api, input, plan.block.cid));
    ICN_TRY_ASSIGN(payer, acting_did(api, call.caller(), {}));
    plan.payer = payer;
    plan.options.author = *input.author;
  } else {
    ICN_TRY_ASSIGN(author, acting_did(api, call.caller(), input.author));
    plan.payer = author;
    plan.options.author = author;
  }
  plan.options.time = input.signature ? *input.timestamp : now;
  plan.options.type = input.type;
  plan.options.visibility = input.visibility;
  plan.options.scope = input.scope;
  plan.options.are_links_checked = true;
  for (const Cid& link : input.links) plan.options.external.push_back(link.to_v1());
  plan.fee =
      api.meter.fee(plan.payer, plan.block.bytes.size(), input.type, api.meter.next_action(plan.payer));
  auto reservation = api.meter.reserve(plan.payer, plan.fee);
  if (reservation.ok()) {
    plan.reservation = std::move(reservation).value();
    return plan;
  }
  // What is held already costs nothing.
  ICN_TRY_ASSIGN(held, api.blocks.has(plan.block.cid));
  if (!held) return std::move(reservation).error();
  return plan;
}

}  // namespace

Bytes block_signing_bytes(const Cid& cid, const Did& author, TimestampSecs timestamp, BlockType type,
                          Visibility visibility, const std::string& scope) {
  Bytes out = to_bytes(as_bytes("icn:block:v1"));
  out.push_back(0);
  SignedBlock signed_block{author, cid, {}, timestamp, type, visibility};
  if (!scope.empty()) signed_block.scope = scope;
  append(out, codec::encode_block(signed_block));
  return out;
}

void PutBlock::handle(const Api& api, const http::Call& call, Input input, http::Reply<Output> reply) {
  const bool is_pinned = input.pin;
  auto planned = plan_of(api, call, input);
  if (!planned.ok()) return reply(planned.error());
  const auto plan = std::make_shared<Plan>(std::move(planned).value());
  const auto output = std::make_shared<Output>();
  output->cid = plan->block.cid;
  output->size = plan->block.bytes.size();
  output->visibility = plan->options.visibility;
  std::vector<NewBlock> blocks;
  blocks.push_back(std::move(plan->block));
  const TimestampSecs now = api.clock.now_secs();
  api.blocks.put_later(
      call.executor(), std::move(blocks), plan->options,
      [plan, output, is_pinned, now](Batch& batch, std::span<const std::size_t> fresh) -> Result<void> {
        if (!fresh.empty()) {
          output->created = true;
          output->fee = plan->fee;
          ICN_TRY(Meter::add_owed(batch, plan->payer, {plan->fee, 1, output->size}));
        }
        if (!is_pinned) return {};
        return put_pin(batch, {output->cid, plan->payer, true, {}, "", now});
      },
      [&api, plan, output, reply](const Result<void>& written) {
        plan->reservation = {};
        if (!written.ok()) return reply(written.error());
        api.put_count.add();
        if (output->visibility == Visibility::kPublic && api.announce) api.announce(output->cid);
        reply(*output);
      });
}

}  // namespace icn::dag::api
