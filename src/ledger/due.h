#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/context.h"
#include "ledger/view.h"

// What must happen by itself at a time: one row (due, kind, id) each. Before its transactions a block
// runs the rows that are due. All times here are running time (context.h).
namespace icn::ledger {

// What to do when a row of `kind` is due. The row is gone already. A failure, and an invariant that does not
// hold afterwards, is a broken rule of ours: what the handler wrote is undone, it is logged, and the row
// tried again each kRetrySecs until it is unscheduled.
struct DueHandler {
  std::string_view kind;
  Result<void> (*run)(const BlockContext& block, const std::string& id, View& view,
                      std::vector<Event>& events);
};

inline constexpr std::size_t kDueRowsPerBlockMax = 1'000;
inline constexpr std::uint64_t kHeartbeatSecs = 60;
inline constexpr std::uint64_t kStandstillSecs = 120;
inline constexpr std::uint64_t kRetrySecs = 3'600;

Result<void> schedule(View& view, const BlockContext& block, std::uint64_t due_running_secs,
                      std::string_view kind, std::string_view id);
Result<void> unschedule(View& view, std::uint64_t due_running_secs, std::string_view kind,
                        std::string_view id);

// How far running time lies behind block time for a block at `time`, counting a standstill that this block
// ends; also records it. Called once at the start of a block.
struct RunningTime {
  std::uint64_t standstill_secs = 0;
  bool ends_standstill = false;  // then the block is one, whatever else it carries: time runs on from here
};
Result<RunningTime> begin_block_time(View& view, TimestampSecs time);

// How many rows ran, and how many of them belong to a domain: the others are the ledger's own.
struct DueCount {
  std::size_t rows = 0;
  std::size_t domain_rows = 0;
};
// Whether what was written since the savepoint leaves every invariant as it should be.
using InvariantCheck = std::function<Result<void>(const View& view, View::Savepoint since)>;
// Runs what is due.
Result<DueCount> run_due(const BlockContext& block, const std::vector<DueHandler>& handlers,
                         const InvariantCheck& check, View& view, std::vector<Event>& events,
                         std::vector<std::string>& failures);

}  // namespace icn::ledger
