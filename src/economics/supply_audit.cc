#include "economics/supply_audit.h"

#include <chrono>

#include "base/errors.h"

namespace icn::economics {
namespace {

constexpr std::uint64_t kGoodForNs = 10'000'000'000;
constexpr std::chrono::hours kEvery{1};

Error stopped() { return Error(errors::kUnavailable, "the node is stopping"); }

}  // namespace

SupplyAudit::SupplyAudit(const ledger::Ledger& ledger, const Clock& clock, telemetry::Metrics& metrics)
    : ledger_(ledger),
      clock_(clock),
      failures_(metrics.counter(telemetry::Metric::economics_invariant_failures)),
      regeneration_(metrics.gauge(telemetry::Metric::economics_regeneration_per_hour)),
      thread_([this] { run(); }) {}

SupplyAudit::~SupplyAudit() { stop(); }

void SupplyAudit::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
  for (const Answer& answer : std::exchange(waiting_, {})) answer(stopped());
}

void SupplyAudit::ask(Answer answer) {
  std::shared_ptr<const Result<Counted>> good;
  {
    std::unique_lock lock(mutex_);
    if (stopping_) {
      lock.unlock();
      return answer(stopped());
    }
    const bool is_good = last_ && last_->ok() && clock_.monotonic_ns() - counted_ns_ < kGoodForNs;
    if (is_good)
      good = last_;
    else
      waiting_.push_back(std::move(answer));
  }
  if (good) return answer(*good);
  wake_.notify_all();
}

void SupplyAudit::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    wake_.wait_for(lock, kEvery, [&] { return stopping_ || !waiting_.empty(); });
    if (stopping_) return;
    lock.unlock();
    auto counted = std::make_shared<const Result<Counted>>(count());
    lock.lock();
    last_ = counted;
    counted_ns_ = clock_.monotonic_ns();
    const std::vector<Answer> waiting = std::exchange(waiting_, {});
    lock.unlock();
    for (const Answer& answer : waiting) answer(*counted);
    lock.lock();
  }
}

Result<SupplyAudit::Counted> SupplyAudit::count() {
  ICN_TRY_ASSIGN(snapshot, ledger_.snapshot());
  Counted counted;
  ICN_TRY_ASSIGN(report, count_supply(*snapshot));
  counted.report = std::move(report);
  counted.at = clock_.now_secs();
  counted.height = ledger_.published()->head.header.height;
  if (!counted.report.is_consistent) failures_.add();
  regeneration_.set(static_cast<double>(counted.report.regeneration_nano_per_hour) / 1e9);
  return counted;
}

}  // namespace icn::economics
