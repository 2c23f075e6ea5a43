#include "federation/api/offences.h"

#include "federation/misconduct.h"
#include "http/errors.h"
#include "ledger/state.h"

namespace icn::federation::api {
namespace {

constexpr std::string_view kList = "federation/offences";

OffenceView view_of(const OffenceKey& key, const Offence& offence, std::uint64_t standstill_secs) {
  OffenceView out;
  out.offence = offence_name(key);
  out.kind = offence.kind;
  out.organization = offence.organization;
  out.operator_did = offence.operator_did;
  out.engine_height = offence.engine_height;
  out.found_at = offence.found_at;
  out.locked = offence.locked;
  out.burned = offence.burned;
  if (offence.locked.value > 0) out.burns_at = offence.burn_secs + standstill_secs;
  if (offence.lifted_at != 0) out.lifted_at = offence.lifted_at;
  return out;
}

}  // namespace

Result<ListOffences::Output> ListOffences::handle(const ReadApi& api, const http::Call&, const Input& input) {
  ledger::ScanRange range;
  if (input.cursor) {
    ICN_TRY_ASSIGN(position, api.cursors.open(kList, *input.cursor));
    range.from = std::move(position);
  }
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(clock, ledger::kClock.get(*snapshot, "clock"));
  const std::uint64_t standstill_secs = clock ? clock->standstill_secs : 0;
  ICN_TRY_ASSIGN(rows, kOffences.scan(*snapshot, range));
  Output page;
  while (true) {
    ICN_TRY_ASSIGN(offence, rows.next());
    if (!offence) return page;
    if (page.items.size() == input.limit) {
      page.next_cursor = api.cursors.seal(kList, to_bytes(rows.key()));
      return page;
    }
    OffenceKey key;
    auto& [address, height, kind] = key;
    if (!storage::parse_key(rows.key(), address, height, kind))
      return Error(storage::kCorrupt, "a key cannot be read");
    page.items.push_back(view_of(key, *offence, standstill_secs));
  }
}

Result<ledger::PlainWrite> PostContest::plain(const Api& api, const http::Call&, const Input& input) {
  return ledger::PlainWrite{api.node_did, codec::to_json(input)};
}

void PostContest::handle(const Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<PostContest>(api.writer, api, std::move(exchange));
}

}  // namespace icn::federation::api
