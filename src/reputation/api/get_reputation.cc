#include "reputation/api/get_reputation.h"

#include <algorithm>

#include "economics/account_did.h"
#include "http/errors.h"
#include "ledger/state.h"

namespace icn::reputation::api {
namespace {

Result<void> check_did(const Did& did) {
  if (auto valid = economics::check_account_did(did); !valid.ok()) return valid.error().within("did");
  return {};
}

Result<ShownEvent> shown(const ledger::Reader& state, const Did& did, std::uint64_t number,
                         const Event& event) {
  ShownEvent out;
  out.event_id = number;
  out.kind = event.kind;
  out.base = event.base;
  out.weight = static_cast<double>(event.weight_ppm) / kOne;
  out.delta = event.delta;
  out.applied = event.applied;
  if (!event.source.empty()) out.source = event.source;
  out.reference = event.reference;
  out.ts = event.at;
  out.state = event.state;
  ICN_TRY_ASSIGN(appeal, kAppeals.get(state, {did, number}));
  if (!appeal) return out;
  out.appeal = appeal->state;
  out.appeal_reason_cid = appeal->reason;
  return out;
}

}  // namespace

Result<GetReputation::Output> GetReputation::handle(const Api& api, const http::Call&, const Input& input) {
  ICN_TRY(check_did(input.did));
  ICN_TRY_ASSIGN(store, api.ledger.store());
  ICN_TRY_ASSIGN(standing, load_standing(*store, input.did));
  ICN_TRY_ASSIGN(clock, ledger::kClock.get(*store, "clock"));
  const TimestampSecs now = std::max(api.clock.now_secs(), api.ledger.published()->head.header.time);
  const std::uint64_t running_secs = now - (clock ? clock->standstill_secs : 0);
  ICN_TRY_ASSIGN(turnout, turnout_of(*store, standing, day_of(running_secs)));
  Output out;
  out.did = input.did;
  out.score = score_at(standing, now);
  out.band = band_of(out.score);
  out.as_of = now;
  if (standing.last_event != 0) out.last_event_at = standing.last_event;
  ReputationParts& parts = out.components;
  parts.events = standing.events;
  if (standing.gain_day == day_of(now)) parts.gained_today = standing.gained;
  parts.faded = standing.score - out.score;
  parts.activity_30_days = recent(standing.activity, day_of(now));
  parts.receipts = standing.receipts;
  parts.endorsements = standing.endorsements;
  parts.votes_eligible = turnout.eligible;
  parts.votes_cast = turnout.voted;
  parts.open_appeals = standing.contested;
  return out;
}

Result<GetReputationHistory::Output> GetReputationHistory::handle(const Api& api, const http::Call&,
                                                                  const Input& input) {
  ICN_TRY(check_did(input.did));
  const std::string list = "reputation/history/" + input.did.text();
  ledger::ScanRange range = ledger::prefix_range(ledger::key_of(input.did), {}, true);
  if (input.cursor) {
    ICN_TRY_ASSIGN(position, api.cursors.open(list, *input.cursor));
    range.to = std::move(position);
  }
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(rows, kEvents.scan(*snapshot, range));
  Output out;
  Bytes last;
  while (true) {
    ICN_TRY_ASSIGN(event, rows.next());
    if (!event) return out;
    if (out.items.size() == input.limit) {
      out.next_cursor = api.cursors.seal(list, last);
      return out;
    }
    Did owner;
    std::uint64_t number = 0;
    if (!storage::parse_key(rows.key(), owner, number))
      return Error(storage::kCorrupt, "a key of reputation_events");
    last = to_bytes(rows.key());
    ICN_TRY_ASSIGN(item, shown(*snapshot, input.did, number, *event));
    out.items.push_back(std::move(item));
  }
}

}  // namespace icn::reputation::api
