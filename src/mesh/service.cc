#include "mesh/service.h"

#include <algorithm>
#include <thread>

#include "mesh/conduct.h"
#include "mesh/dispute.h"
#include "mesh/errors.h"
#include "mesh/redundancy.h"
#include "mesh/service_content.h"
#include "mesh/service_waiter.h"
#include "mesh/tx/withdraw.h"

namespace icn::mesh {
namespace {

constexpr std::size_t kSettlementsMax = 4;
constexpr std::uint64_t kSettleGatherMs = 30;

}  // namespace

struct Service::Counters {
  explicit Counters(telemetry::Metrics& metrics)
      : active(metrics.gauge(telemetry::Metric::mesh_jobs_active)),
        executing(metrics.gauge(telemetry::Metric::mesh_jobs_executing)),
        submitted(metrics.counter(telemetry::Metric::mesh_jobs_submitted)),
        assigned(metrics.counter(telemetry::Metric::mesh_jobs_assigned)),
        completed(metrics.counter(telemetry::Metric::mesh_jobs_completed)),
        failed(metrics.counter(telemetry::Metric::mesh_jobs_failed)),
        cancelled(metrics.counter(telemetry::Metric::mesh_jobs_cancelled)),
        refunds(metrics.counter(telemetry::Metric::mesh_refunds)),
        resumes(metrics.counter(telemetry::Metric::mesh_resumes)),
        execution(metrics.histogram(telemetry::Metric::mesh_execution)),
        total(metrics.histogram(telemetry::Metric::mesh_job_total)) {}

  telemetry::Gauge& active;
  telemetry::Gauge& executing;
  telemetry::Counter& submitted;
  telemetry::Counter& assigned;
  telemetry::Counter& completed;
  telemetry::Counter& failed;
  telemetry::Counter& cancelled;
  telemetry::Counter& refunds;
  telemetry::Counter& resumes;
  telemetry::Histogram& execution;
  telemetry::Histogram& total;
};

Service::Service(ServiceParts parts, ServiceOptions options)
    : parts_(std::move(parts)),
      options_(std::move(options)),
      content_(std::make_unique<Content>(*this)),
      notes_(parts_.blocks, parts_.clock, loop_,
             parts_.metrics == nullptr ? nullptr
                                       : &parts_.metrics->counter(telemetry::Metric::mesh_checkpoints)),
      runner_(parts_.ledger, parts_.blocks, *content_, parts_.engine, parts_.clock, parts_.node, notes_),
      queue_(parts_.clock),
      quota_(options_.cpu_quota),
      memory_(options_.memory_mb) {
  if (options_.cpu_cores == 0) options_.cpu_cores = std::max(1u, std::thread::hardware_concurrency());
  if (parts_.metrics != nullptr) counters_ = std::make_unique<Counters>(*parts_.metrics);
  if (parts_.gossip != nullptr && parts_.transport != nullptr) {
    market_ = std::make_unique<Market>(market_surroundings(),
                                       Market::Options{{options_.bid_window_ms}, options_.requests});
  }
  parts_.ledger.listen([this](const ledger::Published& now, const std::vector<ledger::Event>& events) {
    std::vector<std::string> mine;
    for (const ledger::Event& event : events) {
      if (event.type == kJobStatusChanged) mine.push_back(event.data);
      if (event.type == kJobDisputed) {
        loop_.post([this, data = event.data] { on_disputed(data); });
      }
    }
    if (mine.empty()) return;
    loop_.post([this, mine = std::move(mine), height = now.head.header.height] {
      for (const std::string& data : mine) on_event(data, height);
    });
  });
  if (parts_.kept_key) {
    confirmer_ = std::make_unique<Confirmer>(Confirmer::Parts{parts_.ledger, parts_.gateway, parts_.blocks,
                                                              parts_.clock, parts_.random, parts_.node.did,
                                                              parts_.kept_key, parts_.log, loop_});
  }
  if (!market_) return;
  parts_.ledger.listen_to_pool(
      [this](const ledger::CheckedTransaction& transaction) { on_pooled(transaction.envelope()); });
}

Service::~Service() { stop(); }

Result<void> Service::start() {
  {
    const std::lock_guard lock(mutex_);
    ended_.begin(parts_.ledger.published()->head.header.height);
  }
  ICN_TRY(rebuild_queue());
  if (confirmer_) ICN_TRY(confirmer_->start());
  for (std::size_t i = 0; i < options_.workers; ++i) workers_.emplace_back([this] { work(); });
  return {};
}

void Service::stop() {
  if (is_stopping_.exchange(true)) return;
  queue_.close();
  quota_.close();
  memory_.close();
  for (const auto& running : all_running()) running->token().cancel();
  for (std::thread& worker : workers_) worker.join();
  workers_.clear();
  life_.reset();
  // Who waits may belong to an executor that ends before this object does.
  decltype(waiters_) dropped;
  {
    const std::lock_guard lock(mutex_);
    dropped.swap(waiters_);
  }
  loop_.stop();
}

Result<std::shared_ptr<Service::Admission>> Service::admit() {
  const std::size_t waiting = queue_.size() + admitted_.load();
  if (waiting >= options_.queue_max) {
    return Error(kMeshQueueFull, std::to_string(waiting) + " jobs wait here; try again later");
  }
  return std::make_shared<Admission>(admitted_);
}

// ---- What the ledger tells

void Service::on_pooled(const ledger::Transaction& transaction) {
  if (transaction.type != "mesh.submit") return;
  auto submission = codec::from_json<Submission>(transaction.body);
  if (!submission.ok() || submission->coordinator != parts_.node.did) return;
  JobRecord record{transaction.network, transaction.sender, transaction.nonce, std::move(*submission)};
  loop_.post([this, record = std::move(record)] { market_->await(record); });
}

void Service::on_event(const std::string& data, std::uint64_t height) {
  const auto json = codec::parse_json(data);
  if (!json.ok()) return;
  const codec::Json* id = json->find("job_id");
  const codec::Json* status = json->find("status");
  const codec::Json* attempt = json->find("attempt");
  if (id == nullptr || status == nullptr || attempt == nullptr) return;
  const JobId job_id(*id->string());
  const std::string& name = *status->string();
  if (name == codec::enum_name(JobStatus::kClaimed)) return;
  if (name == codec::enum_name(JobStatus::kVerifying)) {  // what belongs to its attempt is over
    if (market_) market_->on_ended(job_id);
    return;
  }
  if (name == codec::enum_name(JobStatus::kDisputed)) {
    const auto job = find_job(job_id);
    const bool has_ended = job.ok() && *job && (*job)->dispute && !(*job)->dispute->is_of_claim;
    if (counters_ && has_ended) counters_->active.add(1);
    return;
  }
  if (name == codec::enum_name(JobStatus::kSubmitted) || name == codec::enum_name(JobStatus::kAssigned)) {
    const bool is_new = attempt->number()->text == "1" && name == codec::enum_name(JobStatus::kSubmitted);
    if (counters_ && is_new) counters_->submitted.add();
    if (counters_ && is_new) counters_->active.add(1);
    if (counters_ && name == codec::enum_name(JobStatus::kAssigned)) counters_->assigned.add();
    return load_and_enqueue(job_id);
  }
  const codec::Json* coordinator = json->find("coordinator");
  const bool is_ours = coordinator != nullptr && *coordinator->string() == parts_.node.did.text();
  on_ended(job_id, name, height, is_ours);
}

void Service::on_ended(const JobId& id, std::string_view status, std::uint64_t height, bool is_ours) {
  std::vector<std::shared_ptr<Waiter>> waiting;
  auto ended = std::make_shared<EndedJob>();
  ended->id = id;
  {
    const std::lock_guard lock(mutex_);
    ended_.add(id, height);
    if (auto found = waiters_.extract(id)) waiting = std::move(found.mapped());
    if (auto found = finished_.extract(id)) ended->attempt = std::move(found.mapped());
    const auto runs = running_.find(id);
    if (runs != running_.end()) runs->second->token().cancel();
  }
  for (const auto& waiter : waiting) waiter->answer(ended);
  wake_watchers(id);
  const bool is_cancelled = status == codec::enum_name(JobStatus::kCancelled);
  if (const auto elsewhere = market_ && is_cancelled ? market_->assignments().run(id) : nullptr) {
    if (const auto job = find_job(id); job.ok() && *job) keep_log_of_cancelled(*elsewhere, **job);
  }
  const bool is_completed = status == codec::enum_name(JobStatus::kCompleted);
  if (is_completed || !is_ours) notes_.forget_states(id);
  if (market_) market_->on_ended(id);
  if (!is_completed) queue_.remove(id);
  const std::uint64_t total_ns = ended->attempt ? parts_.clock.monotonic_ns() - ended->attempt->queued_ns : 0;
  if (ended->attempt) total_us_.add(total_ns / 1'000);
  if (!counters_) return;
  counters_->active.add(-1);
  if (status == codec::enum_name(JobStatus::kCompleted)) counters_->completed.add();
  if (status == codec::enum_name(JobStatus::kFailed)) counters_->failed.add();
  if (is_cancelled) counters_->cancelled.add();
  if (status != codec::enum_name(JobStatus::kCompleted)) counters_->refunds.add();
  if (ended->attempt) counters_->total.observe_ns(total_ns);
}

Result<void> Service::rebuild_queue() {
  ICN_TRY_ASSIGN(snapshot, parts_.ledger.snapshot());
  for (const JobStatus status :
       {JobStatus::kSubmitted, JobStatus::kAssigned, JobStatus::kDisputed, JobStatus::kVerifying}) {
    const auto range =
        storage::prefix_range(storage::key_of(static_cast<std::uint8_t>(status)), kJobsByStatus);
    ICN_TRY_ASSIGN(rows, kJobs.scan(*snapshot, range));
    while (true) {
      ICN_TRY_ASSIGN(job, rows.next());
      if (!job) break;
      JobId id;
      if (!storage::parse_key(rows.key(), id)) continue;
      if (counters_) counters_->active.add(1);
      loop_.post([this, id, job = std::move(*job)] { place(id, job); });
    }
  }
  return {};
}

void Service::load_and_enqueue(const JobId& id) {
  const auto job = find_job(id);
  if (job.ok()) {
    if (*job) place(id, **job);
    return;
  }
  // The store is being opened again.
  deadlines_.after(std::chrono::milliseconds(options_.settle_retry_ms), loop_, life_,
                   [this, id] { load_and_enqueue(id); });
}

void Service::place(const JobId& id, const Job& job) {
  const Did& self = parts_.node.did;
  drop_older(id, job.attempt);
  if (is_vote_awaited(job, self)) enqueue_rerun(id, job, 0);
  if (job.status == JobStatus::kAssigned) {
    if (market_) market_->on_assigned(id, job);
    if (job.executor == self) enqueue(id, job);
  }
  if (job.status != JobStatus::kSubmitted) return;
  if (job.submission.coordinator != self) {
    if (market_) market_->consider(id, job);
    return;
  }
  if (market_) return market_->open(id, job);
  // Without a market there is no other executor.
  if ((is_replica(job) && job.replica > 1) || (options_.workers > 0 && !refusal(job).empty())) {
    const WithdrawJobs::Body nobody{{{id, job.attempt, std::nullopt}}};
    return submit_own("mesh.withdraw", codec::to_json(nobody), [](const Result<ledger::Commitment>&) {});
  }
  enqueue(id, job);
}

void Service::enqueue(const JobId& id, const Job& job) {
  if (options_.workers == 0) return;
  QueuedJob queued;
  queued.id = id;
  queued.attempt = job.attempt;
  queued.number = job.number;
  queued.not_before = job.not_before;
  queued.queued_ns = parts_.clock.monotonic_ns();
  queued.band = band_of(reputation_points(parts_.ledger, job.submitter));
  queued.account = job.submitter;
  queued.job = std::make_shared<const Job>(job);
  queue_.push(std::move(queued));
}

// ---- Running

void Service::work() {
  while (quota_.wait()) {
    const auto queued = queue_.pop();
    if (!queued) return;
    const CpuQuota::Run run(quota_);
    run_one(*queued, run);
  }
}

bool Service::is_still_open(const QueuedJob& queued) const {
  const auto job = find_job(queued.id);
  return !job.ok() || (*job && !is_final((*job)->status) && (*job)->attempt == queued.attempt);
}

void Service::run_one(const QueuedJob& queued, const CpuQuota::Run& turn) {
  if (queued.is_rerun) return run_again(queued);
  const Job& job = *queued.job;
  const Did& coordinator = job.submission.coordinator;
  const MemoryShare::Part part(memory_, job.memory_mb);
  if (!part.is_held() || (options_.memory_mb && !is_still_open(queued))) return;  // it may have waited
  auto running = std::make_shared<RunningJob>(queued.id, queued.attempt, parts_.clock.now_ms(),
                                              std::uint64_t{job.execution_secs} * 1'000);
  {
    const std::lock_guard lock(mutex_);
    const auto ended = finished_.find(queued.id);
    const bool is_done = ended != finished_.end() && ended->second->claim.attempt == queued.attempt;
    if (is_stopping_ || is_done) return;
    if (!running_.emplace(queued.id, running).second) return;
    ++runs_changed_;
  }
  wake_watchers(queued.id);
  report_progress(*running);
  if (counters_) counters_->executing.add(1);
  const std::uint64_t begun_ns = parts_.clock.monotonic_ns();
  auto finished = runner_.run(job, *running);
  running->finish();
  if (parts_.traces != nullptr) parts_.traces->end_run(queued.id, job, finished, begun_ns);
  if (counters_) counters_->executing.add(-1);
  AttemptPtr attempt;
  if (finished) {
    finished->queued_ns = queued.queued_ns;
    attempt = std::make_shared<FinishedAttempt>(std::move(*finished));
  }
  bool is_cut_off = !attempt || running->token().is_cancelled();
  if (is_cut_off && coordinator == parts_.node.did) keep_log_of_cancelled(*running, job);
  {
    const std::lock_guard lock(mutex_);
    running_.erase(queued.id);
    ++runs_changed_;
    is_cut_off = is_cut_off || running->token().is_cancelled();
    if (!is_cut_off) finished_.insert_or_assign(queued.id, attempt);
  }
  if (is_cut_off) return;
  if (counters_) counters_->execution.observe_ns(attempt->wall_ns);
  if (counters_ && attempt->has_gone_on) counters_->resumes.add();
  wait_us_.add((begun_ns - queued.queued_ns) / 1'000);
  run_us_.add(attempt->wall_ns / 1'000);
  note_turn(attempt->wall_ns, turn.cpu_ns());
  if (coordinator != parts_.node.did) {
    return loop_.post([this, attempt, coordinator] { market_->deliver(attempt, coordinator); });
  }
  ++unsettled_;
  loop_.post([this, attempt] { on_finished(attempt); });
}

// What a run keeps those behind it waiting for: a quota is that of all workers together.
void Service::note_turn(std::uint64_t wall_ns, std::uint64_t cpu_ns) {
  const auto move = [](std::atomic<std::uint64_t>& mean_us, std::uint64_t newest_us) {
    const std::uint64_t mean = mean_us.load();
    mean_us.store(mean == 0 ? newest_us : mean - mean / 8 + newest_us / 8);
  };
  move(mean_run_us_, wall_ns / 1'000);
  move(mean_turn_us_, std::max(wall_ns, quota_.pause_ns(cpu_ns) * options_.workers) / 1'000);
}

// A run is cancelled for other reasons too: those have another run, or a receipt.
void Service::keep_log_of_cancelled(const RunningJob& run, const Job& job) {
  const auto now = find_job(run.id());
  if (!now.ok() || !*now || (*now)->status != JobStatus::kCancelled) return;
  std::uint64_t total = 0;
  std::string log = run.log(0, total);
  if (log.size() < total) log = "[the beginning of the log was not kept]\n" + log;
  notes_.keep_log(run.id(), job.submitter, std::move(log));
}

void Service::report_progress(RunningJob& running) const {
  if (!parts_.on_progress) return;
  running.watch([this, &running, told = std::make_shared<std::uint32_t>(0)] {
    const std::uint32_t percent = running.progress(running.started_ms()).percent;
    if (percent <= *told) return;
    *told = percent;
    parts_.on_progress(running.id(), percent);
  });
}

// ---- Settling

void Service::on_finished(AttemptPtr attempt) {
  pending_.push_back(std::move(attempt));
  settle_more();
}

// While the ledger decides one settlement the next one gathers; on a slow one several are on their way.
void Service::settle_more() {
  if (settling_ >= kSettlementsMax || pending_.empty() || is_stopping_) return;
  const std::uint64_t now_ms = parts_.clock.now_ms();
  if (settling_ > 0 && now_ms < settled_ms_ + kSettleGatherMs) {
    if (is_gathering_) return;
    is_gathering_ = true;
    return deadlines_.after(std::chrono::milliseconds(kSettleGatherMs), loop_, life_, [this] {
      is_gathering_ = false;
      settle_more();
    });
  }
  ++settling_;
  settled_ms_ = now_ms;
  std::vector<AttemptPtr> batch;
  batch.reserve(std::min(pending_.size(), kReceiptsPerSettle));
  while (!pending_.empty() && batch.size() < kReceiptsPerSettle) {
    batch.push_back(std::move(pending_.front()));
    pending_.pop_front();
  }
  store_blocks(std::move(batch));
}

void Service::store_blocks(std::vector<AttemptPtr> batch) {
  std::size_t bytes = 0;
  for (const AttemptPtr& attempt : batch) {
    for (const dag::NewBlock& block : attempt->blocks) bytes += block.bytes.size();
  }
  auto shared = std::make_shared<std::vector<AttemptPtr>>(std::move(batch));
  const TimestampSecs now = parts_.clock.now_secs();
  auto change = [shared, now](dag::Batch& rows) -> Result<void> {
    for (const AttemptPtr& attempt : *shared) {
      dag::PutOptions options;
      options.author = attempt->submitter;
      options.time = now;
      options.type = dag::BlockType::kExecution;
      for (const dag::NewBlock& block : attempt->blocks) {
        ICN_TRY(dag::put_block(rows, block, options));
      }
    }
    return {};
  };
  parts_.blocks.writer().submit(loop_, bytes, std::move(change), [this, shared](const Result<void>& done) {
    if (!done.ok()) return try_again(std::move(*shared), done.error());
    submit_settlement(std::move(*shared));
  });
}

void Service::submit_settlement(std::vector<AttemptPtr> batch) {
  SettleJobs::Body body;
  body.receipts.reserve(batch.size());
  for (const AttemptPtr& attempt : batch) body.receipts.push_back(attempt->claim);
  auto shared = std::make_shared<std::vector<AttemptPtr>>(std::move(batch));
  submit_own("mesh.settle", codec::to_json(body),
             [this, shared](const Result<ledger::Commitment>& result) { on_settled(*shared, result); });
}

void Service::on_settled(const std::vector<AttemptPtr>& batch, const Result<ledger::Commitment>& result) {
  if (!result.ok()) return try_again(batch, result.error());
  if (!result->outcome.ok) return try_again(batch, result->outcome.error());
  unsettled_ -= batch.size();
  const auto json = codec::parse_json(result->outcome.output, {.bytes_max = 1 << 24});
  const auto output =
      json.ok() ? codec::from_json<SettleJobs::Output>(*json) : Result<SettleJobs::Output>(json.error());
  {
    // A settled job's attempt stays until the event of its end takes it.
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const bool is_known = output.ok() && i < output->outcomes.size();
      if (!is_known || output->outcomes[i].result != "settled") finished_.erase(batch[i]->id);
    }
  }
  --settling_;
  settle_more();
}

// Nothing happened, or it is not known what: a receipt that was taken already changes nothing.
void Service::try_again(std::vector<AttemptPtr> batch, const Error& error) {
  if (parts_.log) parts_.log->warn("{} job receipts wait: {}", batch.size(), error.detail());
  for (auto each = batch.rbegin(); each != batch.rend(); ++each) pending_.push_front(std::move(*each));
  deadlines_.after(std::chrono::milliseconds(options_.settle_retry_ms), loop_, life_, [this] {
    --settling_;
    settle_more();
  });
}

}  // namespace icn::mesh
