#include "ledger/due.h"

#include <algorithm>

#include "ledger/checkpoint.h"
#include "ledger/state.h"
#include "ledger/stuck_rows.h"

namespace icn::ledger {
namespace {

constexpr std::string_view kHeartbeat = "ledger.heartbeat";
constexpr std::string_view kRetry = "ledger.retry";
const std::string kClockKey = "clock";

Result<LedgerClock> load_clock(const Reader& state) {
  ICN_TRY_ASSIGN(clock, kClock.get(state, kClockKey));
  return clock.value_or(LedgerClock{});
}

Result<void> put_due(View& view, std::uint64_t due_secs, std::string_view kind, std::string_view id) {
  const DueKey key{due_secs, std::string(kind), std::string(id)};
  return kDue.put(view, key, {due_secs, std::string(kind), std::string(id)});
}

DueKey key_of_row(const DueRow& row) { return {row.due_secs, row.kind, row.id}; }

bool is_own(const DueRow& row) {
  return row.kind == kCheckpointDue || row.kind == kCheckpointStep || row.kind == kRetry;
}

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

// The rows of `table`, in its order.
Result<std::vector<DueRow>> first_rows(const View& view, const Table<DueKey, DueRow>& table,
                                       ScanRange range) {
  ICN_TRY_ASSIGN(rows, table.scan(view, std::move(range)));
  std::vector<DueRow> out;
  while (out.size() < kDueRowsPerBlockMax) {
    ICN_TRY_ASSIGN(row, rows.next());
    if (!row) break;
    out.push_back(std::move(*row));
  }
  return out;
}

// Runs rows in one block.
struct Runner {
  const BlockContext& block;
  const std::vector<DueHandler>& handlers;
  const InvariantCheck& check;
  View& view;
  std::vector<Event>& events;
  std::vector<std::string>& failures;
  DueCount count = {};
  bool is_planned = false;  // the next try of what is stuck

  // A row of a domain. What its handler wrote before it failed is undone, and the row is set aside.
  Result<void> run_of_domain(const DueRow& row) {
    ++count.domain_rows;
    const auto handler = std::ranges::find(handlers, row.kind, &DueHandler::kind);
    const View::Savepoint savepoint = view.savepoint();
    const std::size_t events_before = events.size();
    Result<void> done = handler == handlers.end() ? Result<void>(Error(errors::kInternal, "no handler"))
                                                  : handler->run(block, row.id, view, events);
    if (done.ok()) done = check(view, savepoint);
    if (done.ok()) return {};
    view.rollback(savepoint);
    events.resize(events_before);
    failures.push_back(row.kind + " " + row.id + ": " + done.error().detail());
    if (!is_planned) ICN_TRY(plan_retry());
    return kStuckRows.put(view, key_of_row(row), row);
  }

  // Unless some are stuck already, and so it is planned.
  Result<void> plan_retry() {
    is_planned = true;
    ICN_TRY_ASSIGN(rows, kStuckRows.scan(view, {}));
    ICN_TRY_ASSIGN(other, rows.next());
    return other ? Result<void>() : put_due(view, block.running_secs() + kRetrySecs, kRetry, "");
  }

  Result<void> retry() {
    ICN_TRY_ASSIGN(stuck, first_rows(view, kStuckRows, {}));
    is_planned = true;
    for (const DueRow& row : stuck) {
      ICN_TRY_ASSIGN(is_stuck, kStuckRows.contains(view, key_of_row(row)));
      if (!is_stuck) continue;  // unscheduled by one before it
      ICN_TRY(kStuckRows.erase(view, key_of_row(row)));
      ICN_TRY(run_of_domain(row));
    }
    ICN_TRY_ASSIGN(rows, kStuckRows.scan(view, {}));
    ICN_TRY_ASSIGN(left, rows.next());
    is_planned = left.has_value();
    return left ? put_due(view, block.running_secs() + kRetrySecs, kRetry, "") : Result<void>();
  }

  Result<void> run(const DueRow& row) {
    ++count.rows;
    if (row.kind == kHeartbeat) return beat(block, view);
    if (row.kind == kCheckpointDue) return run_checkpoint_due(view, block);
    if (row.kind == kCheckpointStep) return run_checkpoint_step(view, block);
    if (row.kind == kRetry) return retry();
    return run_of_domain(row);
  }
};

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
  const DueKey key{due_running_secs, std::string(kind), std::string(id)};
  ICN_TRY_ASSIGN(is_stuck, kStuckRows.contains(view, key));
  if (is_stuck) ICN_TRY(kStuckRows.erase(view, key));
  return kDue.erase(view, key);
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

Result<DueCount> run_due(const BlockContext& block, const std::vector<DueHandler>& handlers,
                         const InvariantCheck& check, View& view, std::vector<Event>& events,
                         std::vector<std::string>& failures) {
  const Bytes end = storage::key_of(block.running_secs() + 1);
  ICN_TRY_ASSIGN(due, first_rows(view, kDue, {.index = {}, .from = {}, .to = end}));
  Runner runner{block, handlers, check, view, events, failures};
  for (const DueRow& row : due) {
    ICN_TRY_ASSIGN(waits_still, kDue.contains(view, key_of_row(row)));
    if (!waits_still) continue;  // a row before it took it away
    ICN_TRY(unschedule(view, row.due_secs, row.kind, row.id));
    ICN_TRY(runner.run(row));
  }
  return runner.count;
}

}  // namespace icn::ledger
