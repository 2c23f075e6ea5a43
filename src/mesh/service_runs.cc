// The service's answers to who waits for jobs and follows their runs.
#include "mesh/lifecycle.h"
#include "mesh/service_waiter.h"

namespace icn::mesh {

void Service::when_ended(const JobId& id, std::uint64_t height, Executor& executor, std::uint64_t timeout_ms,
                         WhenEnded done) {
  auto waiter = std::make_shared<Waiter>(executor, std::move(done));
  bool may_have_ended = false;
  {
    const std::lock_guard lock(mutex_);
    waiters_[id].push_back(waiter);
    may_have_ended = ended_.may_hold(id, height);
  }
  // Its end may have been told before: what the ledger holds now decides, whoever notices it first answers.
  const auto job = may_have_ended ? find_job(id) : Result<std::optional<Job>>(std::optional<Job>());
  if (job.ok() && *job && is_final((*job)->status)) {
    auto ended = std::make_shared<EndedJob>();
    ended->id = id;
    forget(id, waiter);
    return waiter->answer(ended);
  }
  const std::weak_ptr<Waiter> weak = waiter;
  deadlines_.after(std::chrono::milliseconds(timeout_ms), executor, weak, [this, id, weak] {
    const auto late = weak.lock();
    if (!late) return;
    forget(id, late);
    late->answer(nullptr);
  });
}

void Service::forget(const JobId& id, const std::shared_ptr<Waiter>& waiter) {
  const std::lock_guard lock(mutex_);
  const auto found = waiters_.find(id);
  if (found == waiters_.end()) return;
  std::erase(found->second, waiter);
  if (found->second.empty()) waiters_.erase(found);
}

Service::Watch Service::watch(const JobId& id, std::function<void()> wake) {
  auto watcher = std::make_shared<std::function<void()>>(std::move(wake));
  const std::lock_guard lock(mutex_);
  auto& watchers = watchers_[id];
  std::erase_if(watchers, [](const auto& each) { return each.expired(); });
  watchers.push_back(watcher);
  return watcher;
}

void Service::wake_watchers(const JobId& id) {
  std::vector<std::shared_ptr<std::function<void()>>> awake;
  {
    const std::lock_guard lock(mutex_);
    const auto found = watchers_.find(id);
    if (found == watchers_.end()) return;
    std::erase_if(found->second, [](const auto& each) { return each.expired(); });
    for (const auto& each : found->second) {
      if (auto watcher = each.lock()) awake.push_back(std::move(watcher));
    }
    if (found->second.empty()) watchers_.erase(found);
  }
  for (const auto& watcher : awake) (*watcher)();
}

std::shared_ptr<RunningJob> Service::running(const JobId& id) const {
  if (auto here = local_run(id)) return here;
  return market_ ? market_->assignments().run(id) : nullptr;
}

// The attempt was taken from this node: what it still runs or would run of it is for nobody.
void Service::drop_older(const JobId& id, std::uint32_t attempt) {
  if (attempt == 1) return;
  queue_.remove_before(id, attempt);
  const auto run = local_run(id);
  if (run && run->attempt() < attempt) run->token().cancel();
}

std::shared_ptr<RunningJob> Service::local_run(const JobId& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = running_.find(id);
  return found == running_.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<RunningJob>> Service::all_running() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<RunningJob>> out;
  for (const auto& [id, running] : running_) out.push_back(running);
  return out;
}

std::optional<Progress> Service::signed_progress(const JobId& id) const {
  const auto found = local_run(id);
  if (!found) return market_ ? market_->assignments().progress(id) : std::nullopt;
  Progress progress = found->progress(parts_.clock.now_ms());
  if (const auto note = notes_.find(id); note.ok() && *note && !(*note)->checkpoint.empty())
    progress.checkpoint = (*note)->checkpoint;
  progress.at = parts_.clock.now_secs();
  progress.executor = parts_.node.did;
  progress.key = parts_.node.key_id;
  sign_progress(progress, *parts_.node.key);
  return progress;
}

ServiceStats Service::stats() const {
  ServiceStats out;
  out.queued = queue_.size();
  out.settling = unsettled_.load();
  out.workers = options_.workers;
  out.queue_max = options_.queue_max;
  out.mean_run_ms = mean_run_us_.load() / 1'000;
  out.mean_turn_ms = mean_turn_us_.load() / 1'000;
  out.owed_ms = quota_.owed_ms();
  out.means = {wait_us_.mean(), run_us_.mean(), total_us_.mean()};
  const std::lock_guard lock(mutex_);
  out.running = running_.size();
  if (out.workers > 0 && running_.size() >= out.workers) {
    std::uint64_t newest_ms = 0;
    for (const auto& [id, running] : running_) newest_ms = std::max(newest_ms, running->started_ms());
    const std::uint64_t now_ms = parts_.clock.now_ms();
    out.busy_ms = now_ms > newest_ms ? now_ms - newest_ms : 0;
  }
  return out;
}

}  // namespace icn::mesh
