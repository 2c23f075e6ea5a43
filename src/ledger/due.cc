#include "ledger/due.h"

#include <algorithm>

#include "ledger/checkpoint.h"
#include "ledger/state.h"

namespace icn::ledger {
namespace {

constexpr std::string_view kHeartbeat = "ledger.heartbeat";
const std::string kClockKey = "clock";

Result<LedgerClock> load_clock(const Reader& state) {
  ICN_TRY_ASSIGN(clock, kClock.get(state, kClockKey));
  return clock.value_or(LedgerClock{});
}

Result<void> put_due(View& view, std::uint64_t due_secs, std::string_view kind, std::string_view id) {
  const DueKey key{due_secs, std::string(kind), std::string(id)};
  return kDue.put(view, key, {due_secs, std::string(kind), std::string(id)});
}

bool is_own(const DueRow& row) { return row.kind == kCheckpointDue || row.kind == kCheckpointStep; }

// The heartbeat goes on while anything of a domain waits.
Result<void> beat(const BlockContext& block, View& view) {
  ICN_TRY_ASSIGN(clock, load_clock(view));
  ICN_TRY_ASSIGN(rows, kDue.scan(view, {}));
  ICN_TRY_ASSIGN(other, rows.next());
  while (other && is_own(*other)) {
    ICN_TRY_ASSIGN(next, rows.next());
    other = std::move(next);
  }
  clock.heartbeat_secs = other ? block.time : 0;
  ICN_TRY(kClock.put(view, kClockKey, clock));
  return other ? put_due(view, block.running_secs() + kHeartbeatSecs, kHeartbeat, "") : Result<void>();
}

}  // namespace

Result<void> schedule(View& view, const BlockContext& block, std::uint64_t due_running_secs,
                      std::string_view kind, std::string_view id) {
  ICN_TRY(put_due(view, due_running_secs, kind, id));
  ICN_TRY_ASSIGN(clock, load_clock(view));
  if (clock.heartbeat_secs != 0) return {};
  clock.heartbeat_secs = block.time;
  ICN_TRY(kClock.put(view, kClockKey, clock));
  return put_due(view, block.running_secs() + kHeartbeatSecs, kHeartbeat, "");
}

Result<void> unschedule(View& view, std::uint64_t due_running_secs, std::string_view kind,
                        std::string_view id) {
  return kDue.erase(view, {due_running_secs, std::string(kind), std::string(id)});
}

Result<RunningTime> begin_block_time(View& view, TimestampSecs time) {
  ICN_TRY_ASSIGN(clock, load_clock(view));
  if (clock.heartbeat_secs == 0 || time <= clock.heartbeat_secs + kStandstillSecs)
    return RunningTime{clock.standstill_secs, false};
  clock.standstill_secs += time - clock.heartbeat_secs;
  clock.heartbeat_secs = time;
  ICN_TRY(kClock.put(view, kClockKey, clock));
  return RunningTime{clock.standstill_secs, true};
}

Result<DueCount> run_due(const BlockContext& block, const std::vector<DueHandler>& handlers, View& view,
                         std::vector<Event>& events, std::vector<std::string>& failures) {
  const Bytes end = storage::key_of(block.running_secs() + 1);
  std::vector<DueRow> due;
  {
    ICN_TRY_ASSIGN(rows, kDue.scan(view, {.index = {}, .from = {}, .to = end}));
    while (due.size() < kDueRowsPerBlockMax) {
      ICN_TRY_ASSIGN(row, rows.next());
      if (!row) break;
      due.push_back(std::move(*row));
    }
  }
  DueCount count;
  for (const DueRow& row : due) {
    ICN_TRY_ASSIGN(waits_still, kDue.contains(view, {row.due_secs, row.kind, row.id}));
    if (!waits_still) continue;  // a row before it took it away
    ++count.rows;
    ICN_TRY(unschedule(view, row.due_secs, row.kind, row.id));
    if (row.kind == kHeartbeat || is_own(row)) {
      ICN_TRY(row.kind == kHeartbeat       ? beat(block, view)
              : row.kind == kCheckpointDue ? run_checkpoint_due(view, block)
                                           : run_checkpoint_step(view, block));
      continue;
    }
    ++count.domain_rows;
    const auto handler = std::ranges::find(handlers, row.kind, &DueHandler::kind);
    const View::Savepoint savepoint = view.savepoint();
    const std::size_t events_before = events.size();
    const Result<void> done = handler == handlers.end() ? Result<void>(Error(errors::kInternal, "no handler"))
                                                        : handler->run(block, row.id, view, events);
    if (done.ok()) continue;
    view.rollback(savepoint);
    events.resize(events_before);
    failures.push_back(row.kind + " " + row.id + ": " + done.error().detail());
  }
  return count;
}

Result<std::optional<TimestampSecs>> next_due(const Reader& state) {
  ICN_TRY_ASSIGN(clock, load_clock(state));
  ICN_TRY_ASSIGN(rows, kDue.scan(state, {}));
  ICN_TRY_ASSIGN(row, rows.next());
  if (!row) return std::optional<TimestampSecs>();
  return std::optional<TimestampSecs>(row->due_secs + clock.standstill_secs);
}

}  // namespace icn::ledger
