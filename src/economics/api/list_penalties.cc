#include "economics/api/list_penalties.h"

#include "economics/account_did.h"
#include "ledger/state.h"

namespace icn::economics::api {
namespace {

ShownPenalty shown(const Penalty& penalty, std::uint64_t standstill_secs) {
  ShownPenalty out;
  out.did = penalty.did;
  out.proposal_id = penalty.proposal_id;
  out.offence = penalty.offence;
  out.evidence_cid = penalty.evidence;
  out.amount = penalty.amount;
  out.state = penalty.state;
  out.at = penalty.at;
  if (penalty.due_secs != 0) out.ends_at = penalty.due_secs + standstill_secs;
  out.reason_cid = penalty.reason;
  if (!penalty.ended_by.empty()) out.ended_by = penalty.ended_by;
  return out;
}

}  // namespace

Result<ListPenalties::Output> ListPenalties::handle(const Api& api, const http::Call&, const Input& input) {
  if (auto valid = check_account_did(input.did); !valid.ok()) return valid.error().within("did");
  const std::string list = "economics/penalties/" + input.did.text();
  ledger::ScanRange range = ledger::prefix_range(ledger::key_of(input.did));
  if (input.cursor) {
    ICN_TRY_ASSIGN(position, api.cursors.open(list, *input.cursor));
    range.from = std::move(position);
  }
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(clock, ledger::kClock.get(*snapshot, "clock"));
  ICN_TRY_ASSIGN(rows, kPenalties.scan(*snapshot, range));
  Output out;
  while (true) {
    ICN_TRY_ASSIGN(penalty, rows.next());
    if (!penalty) return out;
    if (out.items.size() == input.limit) {
      out.next_cursor = api.cursors.seal(list, rows.key());
      return out;
    }
    out.items.push_back(shown(*penalty, clock ? clock->standstill_secs : 0));
  }
}

}  // namespace icn::economics::api
