#include "consensus/single/single_log.h"

#include <algorithm>
#include <unordered_map>

#include "base/errors.h"
#include "consensus/answers.h"
#include "ledger/errors.h"
#include "ledger/state.h"
#include "storage/errors.h"

namespace icn::consensus {
namespace {

using ledger::Commitment;
using ledger::Submission;

constexpr std::uint64_t kRetryDueMs = 1'000;

}  // namespace

SingleLog::SingleLog(ledger::Ledger& ledger, const Clock& clock, std::shared_ptr<Log> log,
                     SingleLogOptions options)
    : ledger_(ledger),
      clock_(clock),
      log_(std::move(log)),
      options_(options),
      executor_(ledger.rules(), ledger.checkpoint_roots()),
      cache_(*ledger.store().value(), options.cache_bytes_max),
      cached_store_(ledger.store().value()) {
  if (const auto order = ledger::kOrder.get(*cached_store_, ledger::kOrderKey);
      order.ok() && *order && !options_.takes_over)
    give_way(**order);
  plan_next_due(0);
  writer_ = std::thread([this] { run(); });
}

SingleLog::~SingleLog() { stop(); }

void SingleLog::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (writer_.joinable()) writer_.join();
}

void SingleLog::submit(std::vector<Submission> group) {
  std::optional<Error> refusal;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || !not_writing_reason_.empty()) {
      refusal = Error(ledger::kNotWriting, stopping_ ? "the node is stopping" : not_writing_reason_);
    } else if (queue_.size() + group.size() > options_.queue_max) {
      refusal = Error(ledger::kQueueFull, std::to_string(queue_.size()) + " transactions wait; " +
                                              std::to_string(options_.queue_max) + " may");
    } else {
      for (Submission& each : group) queue_.push_back(std::move(each));
    }
  }
  if (refusal)
    refuse(group, *refusal);
  else
    wake_.notify_one();
}

ledger::LogStatus SingleLog::status() const {
  const std::lock_guard lock(mutex_);
  const std::string& reason = not_writing_reason_.empty() ? closed_reason_ : not_writing_reason_;
  return {reason.empty() && !stopping_, stopping_ ? "stopping" : reason, queue_.size(), true,
          ledger_.published()->head.header.time};
}

void SingleLog::run() {
  while (true) {
    Batch batch = take_batch();
    bool last = false;
    {
      const std::lock_guard lock(mutex_);
      last = stopping_ && queue_.empty();
      if (!not_writing_reason_.empty()) {
        const Error refusal(ledger::kNotWriting, not_writing_reason_);
        Batch rest = std::move(batch);
        for (Submission& each : queue_) rest.push_back(std::move(each));
        queue_.clear();
        refuse(rest, refusal);
        batch.clear();
        if (stopping_) return;
        continue;
      }
    }
    if (!batch.empty() || !last) write_block(std::move(batch));
    if (last) return;
  }
}

SingleLog::Batch SingleLog::take_batch() {
  std::unique_lock lock(mutex_);
  const auto ready = [&] { return stopping_ || !queue_.empty(); };
  while (!ready()) {
    const bool may_write = not_writing_reason_.empty();
    if (!next_due_ms_ || !may_write) {
      wake_.wait(lock, ready);
    } else {
      const std::uint64_t now = clock_.now_ms();
      if (now >= *next_due_ms_) break;
      // Short steps: the clock may be one that a test moves, or jump.
      wake_.wait_for(lock, std::chrono::milliseconds(std::min<std::uint64_t>(*next_due_ms_ - now, 250)),
                     ready);
    }
  }
  Batch batch;
  const std::size_t count = std::min(queue_.size(), options_.block_transactions_max);
  batch.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return batch;
}

void SingleLog::sort_out(Batch& batch, Batch& repeats, std::vector<std::size_t>& repeat_of) {
  std::unordered_map<std::string_view, std::size_t> seen;
  Batch fresh;
  Answers answers;
  const TimestampSecs now = ledger_.published()->head.header.time;
  for (Submission& each : batch) {
    const auto& hash = each.transaction->hash();
    const auto [entry, is_new] = seen.try_emplace(as_text(hash), fresh.size());
    if (!is_new) {
      repeat_of.push_back(entry->second);
      repeats.push_back(std::move(each));
      continue;
    }
    auto place = ledger::kTransactionPlaces.get(*cached_store_, to_bytes(hash));
    if (place.ok() && !*place) {
      fresh.push_back(std::move(each));
      continue;
    }
    seen.erase(entry);
    answers.add(*each.executor, each.done,
                place.ok() ? first_outcome(*cached_store_, *each.transaction, **place, now)
                           : Result<Commitment>(place.error()));
  }
  answers.send();
  batch = std::move(fresh);
}

void SingleLog::write_block(Batch batch) {
  if (!cached_store_) {  // it could not be opened for want of room
    if (auto opened = reopen(); !opened.ok()) {
      plan_next_due(kRetryDueMs);
      return refuse(batch, opened.error());
    }
  }
  Batch repeats;
  std::vector<std::size_t> repeat_of;
  sort_out(batch, repeats, repeat_of);

  Transactions transactions;
  transactions.reserve(batch.size());
  for (const Submission& each : batch) transactions.push_back(each.transaction);
  auto block = make_block(transactions);
  if (!block.ok() && block.error().is(storage::kMustReopen)) {
    // Nothing was tried: the transactions make the same block of the store opened again.
    auto opened = reopen();
    block = opened.ok() ? make_block(transactions) : opened.error();
  }
  if (!block.ok()) {
    plan_next_due(kRetryDueMs);
    refuse(batch, block.error());
    return refuse(repeats, block.error());
  }
  if (!*block) return plan_next_due(kRetryDueMs);
  const std::uint64_t height = (*block)->head.header.height;
  std::vector<ledger::Outcome>& outcomes = (*block)->outcomes;
  Answers answers;
  for (std::size_t i = 0; i < repeats.size(); ++i)
    answers.add(*repeats[i].executor, std::move(repeats[i].done), Commitment{outcomes[repeat_of[i]], height});
  for (std::size_t i = 0; i < batch.size(); ++i)
    answers.add(*batch[i].executor, std::move(batch[i].done), Commitment{std::move(outcomes[i]), height});
  answers.send();
  const bool is_order_changed = std::ranges::any_of((*block)->rows, [](const storage::Row& row) {
    return row.table->id == ledger::kOrder.schema().id && row.record.has_value();
  });
  if (is_order_changed) {
    const auto order = ledger::kOrder.get(*cached_store_, ledger::kOrderKey);
    if (order.ok() && *order) give_way(**order);
  }
  plan_next_due(0);
}

// The block before was this log's last: another order goes on from it.
void SingleLog::give_way(const ledger::OrderRecord& order) {
  const std::string at = "block " + std::to_string(order.height) + " was the last one of this node alone: ";
  const std::string what = order.order == ledger::Order::kFederation
                               ? "the ledger is a federation's now"
                               : "the ledger is sealed and goes on in network \"" + order.network + "\"";
  log_->info("{}", at + what);
  const std::lock_guard lock(mutex_);
  not_writing_reason_ = at + what + "; restart the node to go on there";
}

Result<std::optional<ledger::ExecutedBlock>> SingleLog::make_block(const Transactions& transactions) {
  auto executed = executor_.execute(ledger_.published()->head, cache_, clock_.now_secs(), transactions);
  if (!executed.ok()) {
    log_->error("block not executed: {}", executed.error().detail());
    return Error(ledger::kNotApplied, executed.error().detail());
  }
  if (transactions.empty() && executed->due_rows == 0) return std::optional<ledger::ExecutedBlock>();
  for (const std::string& failure : executed->failures) log_->error("rule failed: {}", failure);

  const ledger::Head head = executed->head;
  // Only this thread reads the cache, so it may know the block before the disk does.
  cache_.committed(executed->rows);
  Result<void> written = ledger_.commit(*executed);
  if (!written.ok() && written.error().is(storage::kSyncFailed)) {
    log_->error("sync failed at height {}: opening the store again", head.header.height);
    written = recover(head);
  } else if (!written.ok()) {
    cache_.reset(*cached_store_);
  }
  if (written.ok()) return std::optional(std::move(*executed));
  const Error& error = written.error();
  if (!error.is(ledger::kNotApplied))
    log_->error("block {} not written: {}", head.header.height, error.detail());
  const bool is_known = error.category() == Category::kStorageFull || error.is(ledger::kOutcomeUnknown) ||
                        error.is(storage::kMustReopen);
  return is_known ? error : Error(ledger::kNotApplied, error.detail());
}

// Without room, or while readers hold the old one, it is tried again: with the next block, or in kRetryDueMs.
Result<void> SingleLog::reopen() {
  cached_store_.reset();
  const Result<void> opened = ledger_.reopen();
  if (opened.ok()) {
    cached_store_ = ledger_.store().value();
    cache_.reset(*cached_store_);
  } else if (const Category why = opened.error().category();
             why != Category::kStorageFull && why != Category::kUnavailable) {
    set_not_writing("the store could not be opened again after a failed write: " + opened.error().detail());
  }
  const std::lock_guard lock(mutex_);
  closed_reason_ = opened.ok() ? "" : "the store could not be opened again yet: " + opened.error().detail();
  if (opened.ok() || opened.error().category() == Category::kStorageFull) return opened;
  return Error(ledger::kNotApplied, opened.error().detail());
}

Result<void> SingleLog::recover(const ledger::Head& attempted) {
  if (auto opened = reopen(); !opened.ok()) return Error(ledger::kOutcomeUnknown, opened.error().detail());
  const bool is_there = ledger_.published()->head.hash == attempted.hash;
  log_->warn("store opened again at height {}: block {} {}", ledger_.published()->head.header.height,
             attempted.header.height, is_there ? "is there" : "is not there");
  if (is_there) return {};
  return Error(ledger::kNotApplied, "the disk lost the block; nothing of it happened");
}

void SingleLog::refuse(const Batch& batch, const Error& error) {
  Answers answers;
  for (const Submission& each : batch) answers.add(*each.executor, each.done, error);
  answers.send();
}

void SingleLog::plan_next_due(std::uint64_t pause_ms) {
  std::optional<std::uint64_t> due_ms;
  if (cached_store_) {
    auto due = ledger::next_due(*cached_store_);
    if (due.ok() && *due) due_ms = **due * 1000;
  }
  if (!cached_store_) due_ms = clock_.now_ms() + kRetryDueMs;
  const std::lock_guard lock(mutex_);
  if (due_ms) due_ms = std::max(*due_ms, clock_.now_ms() + pause_ms);
  next_due_ms_ = due_ms;
}

void SingleLog::set_not_writing(std::string reason) {
  log_->critical("writing stops: {}", reason);
  const std::lock_guard lock(mutex_);
  not_writing_reason_ = std::move(reason);
}

}  // namespace icn::consensus
