#include "mesh/job_queue.h"

#include <algorithm>
#include <chrono>

namespace icn::mesh {
namespace {

constexpr std::uint64_t kAgeSlots = 5;  // one in so many goes by age alone
constexpr auto kRipenPause = std::chrono::milliseconds(50);

}  // namespace

void JobQueue::push(QueuedJob job) {
  {
    const std::lock_guard lock(mutex_);
    if (job.not_before > clock_.now_secs()) {
      std::erase_if(delayed_, [&](const auto& each) {
        return each.second.number == job.number && each.second.attempt < job.attempt;
      });
      const bool is_here =
          std::ranges::any_of(delayed_, [&](const auto& each) { return each.second.number == job.number; });
      if (!is_here) delayed_.emplace(job.not_before, std::move(job));
    } else {
      make_ready(std::move(job));
    }
  }
  wake_.notify_one();
}

bool JobQueue::remove(const JobId& id) {
  return remove_if([&](const QueuedJob& each) { return each.id == id; });
}

bool JobQueue::remove_before(const JobId& id, std::uint32_t attempt) {
  return remove_if(
      [&](const QueuedJob& each) { return each.id == id && !each.is_rerun && each.attempt < attempt; });
}

bool JobQueue::remove_if(const std::function<bool(const QueuedJob&)>& is_meant) {
  const std::lock_guard lock(mutex_);
  const auto ready = std::ranges::find_if(ready_, [&](const auto& each) { return is_meant(each.second); });
  if (ready != ready_.end()) {
    take_ready(ready->first);
    return true;
  }
  return std::erase_if(delayed_, [&](const auto& each) { return is_meant(each.second); }) > 0;
}

void JobQueue::ripen() {
  const TimestampSecs now = clock_.now_secs();
  while (!delayed_.empty() && delayed_.begin()->first <= now) {
    auto node = delayed_.extract(delayed_.begin());
    make_ready(std::move(node.mapped()));
  }
}

void JobQueue::make_ready(QueuedJob job) {
  if (const auto queued = ready_.find(job.number); queued != ready_.end()) {
    if (queued->second.attempt >= job.attempt) return;
    take_ready(job.number);
  }
  bands_[static_cast<std::size_t>(job.band)].numbers[job.account.text()].insert(job.number);
  const std::uint64_t number = job.number;
  ready_.emplace(number, std::move(job));
}

QueuedJob JobQueue::take_ready(std::uint64_t number) {
  QueuedJob job = std::move(ready_.extract(number).mapped());
  auto& numbers = bands_[static_cast<std::size_t>(job.band)].numbers;
  const auto account = numbers.find(job.account.text());
  account->second.erase(number);
  if (account->second.empty()) numbers.erase(account);
  return job;
}

std::uint64_t JobQueue::Turns::next() {
  auto turn = numbers.upper_bound(last);
  if (turn == numbers.end()) turn = numbers.begin();
  last = turn->first;
  return *turn->second.begin();
}

std::optional<QueuedJob> JobQueue::take() {
  ripen();
  if (ready_.empty()) return std::nullopt;
  if (++slot_ % kAgeSlots == 0) return take_ready(ready_.begin()->first);
  const auto band = std::ranges::find_if(bands_, [](const Turns& each) { return !each.numbers.empty(); });
  return take_ready(band->next());
}

std::optional<QueuedJob> JobQueue::pop() {
  std::unique_lock lock(mutex_);
  while (!is_closed_) {
    if (auto job = take()) return job;
    if (delayed_.empty())
      wake_.wait(lock);
    else
      wake_.wait_for(lock, kRipenPause);
  }
  return std::nullopt;
}

std::optional<QueuedJob> JobQueue::try_pop() {
  const std::lock_guard lock(mutex_);
  return take();
}

void JobQueue::close() {
  {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
  }
  wake_.notify_all();
}

std::size_t JobQueue::size() const {
  const std::lock_guard lock(mutex_);
  return ready_.size() + delayed_.size();
}

}  // namespace icn::mesh
