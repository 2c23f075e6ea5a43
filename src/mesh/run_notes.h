#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "base/executor.h"
#include "dag/block_store.h"
#include "mesh/job_services.h"
#include "telemetry/metrics.h"

namespace icn::mesh {

// What this node keeps of a job's runs beside what the ledger and its receipt say.
struct RunNote {
  codec::Cid log;  // of a run that was cancelled, which has no receipt
  codec::Cid checkpoint;
  TimestampSecs checkpoint_at = 0;
  // The newest that was fetched from an executor elsewhere. No run of this node begins from it by itself.
  std::optional<codec::Cid> fetched;
  std::optional<TimestampSecs> fetched_at;
  static constexpr auto fields() {
    using codec::field;
    return described(field("log", &RunNote::log), field("checkpoint", &RunNote::checkpoint),
                     field("checkpoint_at", &RunNote::checkpoint_at), field("fetched", &RunNote::fetched),
                     field("fetched_at", &RunNote::fetched_at));
  }

  // The newest state this node has; none: none was saved.
  std::optional<codec::Cid> newest_state() const {
    if (fetched && (checkpoint.empty() || fetched_at.value_or(0) > checkpoint_at)) return fetched;
    return checkpoint.empty() ? std::nullopt : std::optional(checkpoint);
  }
};

// In the store of the blocks, whose writer writes it.
inline const ledger::Table<JobId, RunNote> kRunNotes{245, "mesh_run_notes"};

// Keeps such notes with the blocks they name: private ones of the submitter. Thread: any.
class RunNotes {
 public:
  // All outlive it; `executor` runs what is done after a write; `saved` counts states of runs, null: nothing
  // is counted. It outlives the writes it has begun.
  RunNotes(dag::BlockStore& blocks, const Clock& clock, Executor& executor,
           telemetry::Counter* saved = nullptr)
      : blocks_(blocks), clock_(clock), executor_(executor), saved_(saved) {}

  // What a cancelled run had said. An empty one is not kept.
  void keep_log(const JobId& id, const Did& submitter, std::string log);
  // That log, durable or not yet; empty: there is none. E001: its block was pruned
  Result<Bytes> log(const JobId& id, const Did& submitter) const;
  // None: there is none.
  Result<std::optional<RunNote>> find(const JobId& id) const;

  // What a run of `id` saves its states to. While one is written the newest waits, and others are passed
  // over.
  std::shared_ptr<Checkpoints> checkpoints(const JobId& id, const Did& submitter);
  // A state that a run elsewhere has saved.
  void keep_fetched(const JobId& id, const Did& submitter, Bytes state);
  // Nobody goes on from what the job had saved.
  void forget_states(const JobId& id);

 private:
  class Saver;
  using Change = std::function<void(RunNote&)>;
  void write(const JobId& id, const Did& submitter, std::vector<dag::NewBlock> blocks, Change change,
             std::function<void()> done);

  dag::BlockStore& blocks_;
  const Clock& clock_;
  Executor& executor_;
  telemetry::Counter* const saved_;
  mutable std::mutex mutex_;
  std::map<JobId, std::string> unwritten_logs_;
};

}  // namespace icn::mesh
