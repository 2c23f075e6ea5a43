#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "dag/block_store.h"
#include "ledger/ledger.h"
#include "mesh/execution.h"
#include "mesh/progress.h"
#include "mesh/run_notes.h"
#include "mesh/tx/settle.h"

namespace icn::mesh {

// Who this node is on the ledger.
struct NodeIdentity {
  Did did;
  KeyId key_id;
  const crypto::SecretKey* key = nullptr;  // outlives whoever holds this
};

// A run while it lasts, of this node or as it is seen here. Thread: any.
class RunningJob final : public wasm::RunObserver {
 public:
  RunningJob(JobId id, std::uint32_t attempt, std::uint64_t started_ms, std::uint64_t limit_ms)
      : id_(std::move(id)), attempt_(attempt), started_ms_(started_ms), limit_ms_(limit_ms) {}

  const JobId& id() const { return id_; }
  std::uint32_t attempt() const { return attempt_; }
  std::uint64_t started_ms() const { return started_ms_; }
  wasm::CancelToken& token() { return token_; }

  // `wake` is called after each word of the job and once when the run is over, on the thread that runs it; it
  // must be quick. Returns what unwatch() takes.
  std::uint64_t watch(std::function<void()> wake);
  void unwatch(std::uint64_t watcher);
  bool is_watched() const;
  bool is_over() const;
  void finish();  // by who runs it

  void on_log(std::string_view text) override;
  void on_progress(std::uint32_t percent, std::string_view text) override;
  // Of a run elsewhere: its log from byte `from` on, and how often it has told its progress.
  void on_news(std::uint64_t from, std::string_view log, std::uint64_t seq);

  // What the job said last, unsigned; of one that has said nothing: the share of its time limit that is used.
  Progress progress(std::uint64_t now_ms) const;
  // The log from byte `from` on; `total`: how long it is by now. Bounded: the oldest text goes first.
  std::string log(std::uint64_t from, std::uint64_t& total) const;

 private:
  static constexpr std::size_t kLogBytesMax = 256 << 10;

  void keep_log(std::string_view text);  // mutex_ is held
  void wake_all();

  const JobId id_;
  const std::uint32_t attempt_;
  const std::uint64_t started_ms_;
  const std::uint64_t limit_ms_;
  wasm::CancelToken token_;
  mutable std::mutex mutex_;
  std::uint64_t seq_ = 0;
  std::uint32_t percent_ = 0;
  std::string message_;
  std::string log_;
  std::uint64_t log_dropped_ = 0;
  bool is_over_ = false;
  std::uint64_t next_watcher_ = 0;
  std::map<std::uint64_t, std::function<void()>> watchers_;
};

// An attempt that has ended, its receipt signed, with the blocks that must be durable before it is settled.
struct FinishedAttempt {
  JobId id;
  Did submitter;
  ReceiptClaim claim;
  Receipt receipt;
  Bytes result;  // of a small one, for who waits
  bool is_result_here = false;
  std::vector<dag::NewBlock> blocks;
  bool has_gone_on = false;  // from a state that an earlier run had saved
  std::uint64_t wall_ns = 0;
  std::uint64_t queued_ns = 0;  // monotonic: when its job came into the queue
};

// How a job came to its end, for who waits. `attempt` is null when it ended without a run of this node.
struct EndedJob {
  JobId id;
  std::shared_ptr<const FinishedAttempt> attempt;
};

inline constexpr std::size_t kInlineResultBytesMax = 64 << 10;

// The blocks of jobs as their submitters may read them, wherever they are. Thread: any.
class JobContent {
 public:
  virtual ~JobContent() = default;
  // E001: the job names what is not there; other errors are this machine's. `is_cancelled` ends a wait.
  virtual Result<Bytes> load(const JobId& id, const Job& job, const codec::Cid& cid,
                             const std::function<bool()>& is_cancelled) const = 0;
  // False: it is not there for this submitter.
  virtual Result<bool> may_read(const JobId& id, const Job& job, const codec::Cid& cid,
                                const std::function<bool()>& is_cancelled) const = 0;
};

// Runs attempts of jobs on this node. Thread: any, any number at once. The arguments outlive it.
class AttemptRunner {
 public:
  AttemptRunner(const ledger::Ledger& ledger, const dag::BlockStore& blocks, const JobContent& content,
                wasm::Engine& engine, const Clock& clock, NodeIdentity node, RunNotes& notes)
      : ledger_(ledger),
        blocks_(blocks),
        content_(content),
        engine_(engine),
        clock_(clock),
        node_(std::move(node)),
        notes_(notes) {}

  // None: it was cancelled. Whatever the job does is an end, not an error.
  std::optional<FinishedAttempt> run(const Job& job, RunningJob& running) const;

 private:
  Execution run_spec(const Job& job, RunningJob& running, FinishedAttempt& out) const;
  void seal(const Job& job, Execution execution, FinishedAttempt& out) const;

  const ledger::Ledger& ledger_;
  const dag::BlockStore& blocks_;  // what the job asks for while it runs
  const JobContent& content_;
  wasm::Engine& engine_;
  const Clock& clock_;
  NodeIdentity node_;
  RunNotes& notes_;
};

}  // namespace icn::mesh
