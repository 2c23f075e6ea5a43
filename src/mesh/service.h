#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <unordered_map>
#include <vector>

#include "base/log.h"
#include "ledger/api/pending.h"
#include "ledger/gateway.h"
#include "mesh/attempt.h"
#include "mesh/bidder_facts.h"
#include "mesh/confirmer.h"
#include "mesh/cpu_quota.h"
#include "mesh/ended_jobs.h"
#include "mesh/job_queue.h"
#include "mesh/loop.h"
#include "mesh/market/market.h"
#include "mesh/memory_share.h"
#include "mesh/service_options.h"
#include "mesh/service_stats.h"
#include "network/block_exchange.h"
#include "telemetry/metrics.h"

namespace icn::mesh {

// All of these outlive the service; metrics may be null.
struct ServiceParts {
  ledger::Ledger& ledger;
  ledger::Gateway& gateway;
  dag::BlockStore& blocks;
  wasm::Engine& engine;
  const Clock& clock;
  Random& random;
  NodeIdentity node;
  telemetry::Metrics* metrics = nullptr;
  std::shared_ptr<Log> log;
  // Each time a run has come further, at most 100 times a run; on its thread. Null: nobody is told.
  std::function<void(const JobId& id, std::uint32_t percent)> on_progress = {};
  // Of the peer network, not started yet; both null: this node runs its jobs alone.
  network::Gossip* gossip = nullptr;
  network::Transport* transport = nullptr;
  network::Standing* standing = nullptr;
  network::BlockExchange* exchange = nullptr;
  KeptKey kept_key = {};                       // null: effects are left to submitters
  JobTraces* traces = nullptr;                 // null: nothing is traced
  FindAffiliation find_affiliation = nullptr;  // as the ledger's rules have it
};

// The executor of this node: sees jobs committed, runs them on its own threads, stores their blocks, and
// settles them on the ledger, many in one transaction. What it has not settled when the node stops it runs
// again after the next start; a second receipt of one attempt changes nothing.
// Made before the ledger's writer runs (it listens to the ledger), started after it; stopped before the log
// and the block store stop, destroyed after they have.
class Service {
 public:
  Service(ServiceParts parts, ServiceOptions options);
  ~Service();  // stop()

  // Puts the jobs that have not ended into the queue and starts the workers. Errors of storage.
  Result<void> start();
  // Cancels what runs, ends the threads. Who waits gets no answer any more.
  void stop();
  // Room for one more job, held from before its submission until the answer. mesh_queue_full.
  class Admission {
   public:
    explicit Admission(std::atomic<std::size_t>& count) : count_(count) { ++count_; }
    ~Admission() { --count_; }
    Admission(const Admission&) = delete;
    Admission& operator=(const Admission&) = delete;

   private:
    std::atomic<std::size_t>& count_;
  };
  Result<std::shared_ptr<Admission>> admit();
  // Of a submission on its way that this node will coordinate; none: the node's own. A node that knows no
  // other waits for no bids.
  void set_bid_window(const SubmissionName& name, std::optional<std::uint64_t> window_ms);

  // Calls `done` on `executor` once the job, submitted in the block `height` or a later one, has ended, also
  // when it has already; null after `timeout_ms`.
  using WhenEnded = std::function<void(std::shared_ptr<const EndedJob>)>;
  void when_ended(const JobId& id, std::uint64_t height, Executor& executor, std::uint64_t timeout_ms,
                  WhenEnded done);

  // Calls `wake` when a run of `id` begins and when the job ends, as long as the answer is held. Thread:
  // `wake` comes on a thread of this service and must be quick.
  using Watch = std::shared_ptr<void>;
  Watch watch(const JobId& id, std::function<void()> wake);

  // The run of a job here, else what is seen of it elsewhere; null: neither. Thread: any.
  std::shared_ptr<RunningJob> running(const JobId& id) const;
  std::vector<std::shared_ptr<RunningJob>> all_running() const;
  // How often running() has changed.
  std::uint64_t runs_changed() const { return runs_changed_.load(std::memory_order_acquire); }
  // The progress of a running job, signed by its executor; none: nothing is seen of a run.
  std::optional<Progress> signed_progress(const JobId& id) const;
  ServiceStats stats() const;
  network::ExecutorOffer offer() const;  // what others are told of this node's executor
  // What the ledger knows now of who would run the job, but whether it can lock.
  Bidder bidder(const Job& job, const Did& executor) const;
  // Whether the ledger would let `did` lock this much now.
  bool can_lock(const Did& did, Millimana amount) const;
  const NodeIdentity& node() const { return parts_.node; }
  JobTraces* traces() const { return parts_.traces; }
  // Null: there is no peer network. Its functions run on loop().
  Market* market() { return market_.get(); }
  const Market* market() const { return market_.get(); }
  Executor& loop() { return loop_; }
  const RunNotes& notes() const { return notes_; }

 private:
  struct Waiter;
  struct Counters;
  class Content;
  void forget(const JobId& id, const std::shared_ptr<Waiter>& waiter);
  void wake_watchers(const JobId& id);
  std::shared_ptr<RunningJob> local_run(const JobId& id) const;
  void drop_older(const JobId& id, std::uint32_t attempt);
  using AttemptPtr = std::shared_ptr<const FinishedAttempt>;

  // A job that is likely to be submitted in one of the next blocks: the market begins with it, if this node
  // coordinates it.
  void on_pooled(const ledger::Transaction& transaction);
  void on_event(const std::string& data, std::uint64_t height);
  void on_disputed(const std::string& data);
  Result<void> rebuild_queue();
  // On the loop: to the market, into this node's queue, or nowhere.
  void place(const JobId& id, const Job& job);
  std::string refusal(const Job& job) const;  // MarketSurroundings::refusal
  network::ExecutorOffer offer_at(Millimana price) const;
  void enqueue(const JobId& id, const Job& job);
  void load_and_enqueue(const JobId& id);
  // `is_ours`: this node is its coordinator.
  void on_ended(const JobId& id, std::string_view status, std::uint64_t height, bool is_ours);
  void work();
  void run_one(const QueuedJob& queued, const CpuQuota::Run& turn);
  void note_turn(std::uint64_t wall_ns, std::uint64_t cpu_ns);
  bool is_still_open(const QueuedJob& queued) const;
  void report_progress(RunningJob& running) const;
  void keep_log_of_cancelled(const RunningJob& run, const Job& job);

  // service_judge.cc
  void enqueue_rerun(const JobId& id, const Job& job, std::uint32_t tries);
  void run_again(const QueuedJob& queued);
  std::optional<bool> judge(const JobId& id, const Job& job, RunningJob& running);
  // service_market.cc
  MarketSurroundings market_surroundings();
  void submit_own(std::string_view type, codec::Json body, ledger::Done done);
  Result<std::optional<Job>> find_job(const JobId& id) const;
  AttemptNews news_of(const NewsRequest& asked) const;
  void hand_on(AttemptPtr attempt);

  void on_finished(AttemptPtr attempt);
  void settle_more();
  void store_blocks(std::vector<AttemptPtr> batch);
  void submit_settlement(std::vector<AttemptPtr> batch);
  void on_settled(const std::vector<AttemptPtr>& batch, const Result<ledger::Commitment>& result);
  void try_again(std::vector<AttemptPtr> batch, const Error& error);

  ServiceParts parts_;
  ServiceOptions options_;
  std::unique_ptr<Content> content_;
  RunNotes notes_;
  AttemptRunner runner_;
  JobQueue queue_;
  CpuQuota quota_;
  MemoryShare memory_;
  std::unique_ptr<Counters> counters_;
  std::atomic<std::size_t> admitted_{0};
  std::atomic<std::size_t> unsettled_{0};
  std::atomic<std::uint64_t> mean_run_us_{0}, mean_turn_us_{0};  // each run moves them by an eighth
  RunningMean wait_us_, run_us_, total_us_;
  std::atomic<bool> is_stopping_{false};
  std::atomic<bool> has_bid_windows_{false};

  mutable std::mutex mutex_;  // of the four maps and ended_
  std::unordered_map<JobId, std::shared_ptr<RunningJob>> running_;
  std::atomic<std::uint64_t> runs_changed_{0};
  std::unordered_map<JobId, std::vector<std::shared_ptr<Waiter>>> waiters_;
  EndedJobs ended_;  // told to waiters_
  std::unordered_map<JobId, AttemptPtr> finished_;
  std::unordered_map<JobId, std::vector<std::weak_ptr<std::function<void()>>>> watchers_;

  // Touched on the loop's thread only.
  std::deque<AttemptPtr> pending_;
  std::size_t settling_ = 0;      // settlements the ledger has not decided
  std::uint64_t settled_ms_ = 0;  // when the newest of them began
  bool is_gathering_ = false;

  std::shared_ptr<int> life_ = std::make_shared<int>(0);
  Loop loop_;
  ledger::Deadlines deadlines_;  // after the loop: its tasks go there
  std::unique_ptr<Market> market_;
  std::unique_ptr<Confirmer> confirmer_;
  std::vector<std::thread> workers_;
};

}  // namespace icn::mesh
