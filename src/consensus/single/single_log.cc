#include "consensus/single/single_log.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

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
  head_ = ledger_.published()->head;
  if (const auto order = ledger::kOrder.get(*cached_store_, ledger::kOrderKey);
      order.ok() && *order && !options_.takes_over)
    give_way(**order);
  plan_next_due(0);
  for (std::thread& each : writers_) each = std::thread([this] { run(); });
}

SingleLog::~SingleLog() { stop(); }

void SingleLog::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& each : writers_)
    if (each.joinable()) each.join();
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
  while (std::optional<Batch> batch = begin_turn()) {
    Round round = make_round(std::move(*batch));
    end_turn();
    finish(std::move(round));
  }
}

std::optional<SingleLog::Batch> SingleLog::begin_turn() {
  std::unique_lock lock(mutex_);
  const auto is_ready = [&] { return !is_turn_taken_ && (stopping_ || !queue_.empty()); };
  while (!is_ready()) {
    const bool may_write = not_writing_reason_.empty();
    if (is_turn_taken_ || !next_due_ms_ || !may_write) {
      wake_.wait(lock);
      continue;
    }
    const std::uint64_t now = clock_.now_ms();
    if (now >= *next_due_ms_) break;
    // Short steps: the clock may be one that a test moves, or jump.
    wake_.wait_for(lock, std::chrono::milliseconds(std::min<std::uint64_t>(*next_due_ms_ - now, 250)));
  }
  if (stopping_ && queue_.empty()) return std::nullopt;
  is_turn_taken_ = true;
  Batch batch;
  const std::size_t count = std::min(queue_.size(), options_.block_transactions_max);
  batch.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return batch;
}

void SingleLog::end_turn() {
  {
    const std::lock_guard lock(mutex_);
    is_turn_taken_ = false;
  }
  wake_.notify_all();
}

void SingleLog::sort_out(Round& round) const {
  std::unordered_map<std::string_view, std::size_t> numbers;
  std::vector<Bytes> keys;
  for (const Submission& each : round.batch) {
    const auto& hash = each.transaction->hash();
    if (numbers.try_emplace(as_text(hash), keys.size()).second)
      keys.push_back(ledger::key_of(to_bytes(hash)));
  }
  // One question for all: to some stores each is a way there and back.
  const auto places = cached_store_->get_several(ledger::kTransactionPlaces.schema(),
                                                 std::vector<ByteView>(keys.begin(), keys.end()));
  std::vector<std::optional<std::size_t>> fresh_at(keys.size());
  Batch fresh;
  for (Submission& each : round.batch) {
    const std::size_t number = numbers.at(as_text(each.transaction->hash()));
    if (!places.ok() || (*places)[number]) {
      round.known.push_back(std::move(each));
    } else if (fresh_at[number]) {
      round.repeat_of.push_back(*fresh_at[number]);
      round.repeats.push_back(std::move(each));
    } else {
      fresh_at[number] = fresh.size();
      fresh.push_back(std::move(each));
    }
  }
  round.batch = std::move(fresh);
}

SingleLog::Round SingleLog::make_round(Batch batch) {
  Round round;
  round.batch = std::move(batch);
  {
    const std::lock_guard lock(mutex_);
    round.number = ++rounds_begun_;
    round.opening = openings_;
    if (!not_writing_reason_.empty()) {
      refuse(std::exchange(round.batch, {}), Error(ledger::kNotWriting, not_writing_reason_));
      return round;
    }
  }
  const auto refuse_all = [&](const Error& error) {
    plan_next_due(kRetryDueMs);
    refuse(std::exchange(round.batch, {}), error);
    refuse(std::exchange(round.repeats, {}), error);
  };
  if (!cached_store_) {  // it could not be opened for want of room
    if (auto opened = reopen(); !opened.ok()) return refuse_all(opened.error()), std::move(round);
  }
  sort_out(round);
  Transactions transactions;
  transactions.reserve(round.batch.size());
  for (const Submission& each : round.batch) transactions.push_back(each.transaction);
  auto made = make_block(transactions);
  if (!made.ok() && made.error().is(storage::kMustReopen)) {
    // Nothing was tried: the transactions make the same block of the store opened again.
    auto opened = reopen();
    made = opened.ok() ? make_block(transactions) : opened.error();
  }
  {
    const std::lock_guard lock(mutex_);
    round.opening = openings_;
  }
  if (!made.ok()) return refuse_all(made.error()), std::move(round);
  round.written = std::move(*made);
  const bool is_doubtful = round.written && round.written->is_doubtful;
  if (is_doubtful) static_cast<void>(reopen());  // finish() looks for the block then
  plan_next_due(round.written && !is_doubtful ? 0 : kRetryDueMs);
  return round;
}

Result<std::optional<SingleLog::WrittenBlock>> SingleLog::make_block(const Transactions& transactions) {
  auto executed =
      executor_.execute(head_, cache_, clock_.now_secs(), transactions, {}, &ledger_.written_parameters());
  if (!executed.ok()) {
    log_->error("block not executed: {}", executed.error().detail());
    return Error(ledger::kNotApplied, executed.error().detail());
  }
  if (transactions.empty() && executed->due_rows == 0) return std::optional<WrittenBlock>();
  for (const std::string& failure : executed->failures) log_->error("rule failed: {}", failure);

  auto written = ledger_.write(*executed);
  if (!written.ok()) {
    const Error& error = written.error();
    const std::uint64_t height = executed->head.header.height;
    if (error.is(storage::kSyncFailed)) {
      log_->error("block {}: {}; opening the store again", height, error.detail());
      return std::optional(WrittenBlock{std::move(*executed), {}, true});
    }
    if (!error.is(ledger::kNotApplied)) log_->error("block {} not written: {}", height, error.detail());
    const bool is_known = error.category() == Category::kStorageFull || error.is(storage::kMustReopen);
    return is_known ? error : Error(ledger::kNotApplied, error.detail());
  }
  cache_.committed(executed->rows);
  head_ = executed->head;
  const bool is_order_changed = std::ranges::any_of(executed->rows, [](const storage::Row& row) {
    return row.table->id == ledger::kOrder.schema().id && row.record.has_value();
  });
  if (is_order_changed) {
    const auto order = ledger::kOrder.get(*cached_store_, ledger::kOrderKey);
    if (order.ok() && *order) give_way(**order);
  }
  return std::optional(WrittenBlock{std::move(*executed), *written, false});
}

void SingleLog::finish(Round round) {
  {
    std::unique_lock lock(mutex_);
    finished_.wait(lock, [&] { return rounds_finished_ + 1 == round.number; });
  }
  answer(round, make_durable(round));
  {
    const std::lock_guard lock(mutex_);
    ++rounds_finished_;
  }
  finished_.notify_all();
}

bool SingleLog::is_reopened_since(const Round& round) const {
  const std::lock_guard lock(mutex_);
  return openings_ != round.opening;
}

Result<void> SingleLog::make_durable(const Round& round) {
  if (!round.written) return {};
  if (is_reopened_since(round)) return look_for(round.written->block.head);
  const Result<void> done = ledger_.finish(round.written->block, round.written->parameters);
  if (done.ok() && !is_reopened_since(round)) return done;
  {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [&] { return !is_turn_taken_; });
    is_turn_taken_ = true;
  }
  const Result<void> recovered = recover(round);
  end_turn();
  if (!recovered.ok())
    log_->error("block {} is not there: {}", round.written->block.head.header.height,
                recovered.error().detail());
  return recovered;
}

Result<void> SingleLog::recover(const Round& round) {
  if (!is_reopened_since(round)) {
    log_->error("sync failed at height {}: opening the store again", round.written->block.head.header.height);
    const Result<void> opened = reopen();
    plan_next_due(kRetryDueMs);
    if (!opened.ok()) return Error(ledger::kOutcomeUnknown, opened.error().detail());
  }
  return look_for(round.written->block.head);
}

// Nothing above it is published: rounds finish in order.
Result<void> SingleLog::look_for(const ledger::Head& attempted) const {
  {
    const std::lock_guard lock(mutex_);
    // While readers hold the old store, it is open and tells nothing.
    if (!closed_reason_.empty()) return Error(ledger::kOutcomeUnknown, closed_reason_);
  }
  const ledger::Head found = ledger_.published()->head;
  const bool is_there = found.header.height > attempted.header.height || found.hash == attempted.hash;
  log_->warn("store opened again at height {}: block {} {}", found.header.height, attempted.header.height,
             is_there ? "is there" : "is not there");
  if (is_there) return {};
  return Error(ledger::kNotApplied, "the disk lost the block; nothing of it happened");
}

void SingleLog::answer(Round& round, const Result<void>& durable) {
  Answers answers;
  const auto say = [&](Submission& each, Result<Commitment> result) {
    answers.add(*each.executor, std::move(each.done), std::move(result));
  };
  const TimestampSecs now = ledger_.published()->head.header.time;
  for (Submission& each : round.known) say(each, known_outcome(*each.transaction, now));
  if (round.written && durable.ok()) {
    const std::uint64_t height = round.written->block.head.header.height;
    std::vector<ledger::Outcome>& outcomes = round.written->block.outcomes;
    for (std::size_t i = 0; i < round.repeats.size(); ++i)
      say(round.repeats[i], Commitment{outcomes[round.repeat_of[i]], height});
    for (std::size_t i = 0; i < round.batch.size(); ++i)
      say(round.batch[i], Commitment{std::move(outcomes[i]), height});
  } else if (!durable.ok()) {
    for (Submission& each : round.repeats) say(each, durable.error());
    for (Submission& each : round.batch) say(each, durable.error());
  }
  answers.send();
}

Result<Commitment> SingleLog::known_outcome(const ledger::CheckedTransaction& transaction,
                                            TimestampSecs now) const {
  ICN_TRY_ASSIGN(store, ledger_.store());
  ICN_TRY_ASSIGN(place, ledger::kTransactionPlaces.get(*store, to_bytes(transaction.hash())));
  if (!place) return Error(ledger::kNotApplied, "the disk lost the block; nothing of it happened");
  return first_outcome(*store, transaction, *place, now);
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

// Without room, or while readers hold the old one, it is tried again: with the next block, or in kRetryDueMs.
Result<void> SingleLog::reopen() {
  cached_store_.reset();
  const Result<void> opened = ledger_.reopen();
  if (opened.ok()) {
    cached_store_ = ledger_.store().value();
    cache_.reset(*cached_store_);
    head_ = ledger_.published()->head;
  } else if (const Category why = opened.error().category();
             why != Category::kStorageFull && why != Category::kUnavailable) {
    set_not_writing("the store could not be opened again after a failed write: " + opened.error().detail());
  }
  const std::lock_guard lock(mutex_);
  ++openings_;
  closed_reason_ = opened.ok() ? "" : "the store could not be opened again yet: " + opened.error().detail();
  if (opened.ok() || opened.error().category() == Category::kStorageFull) return opened;
  return Error(ledger::kNotApplied, opened.error().detail());
}

void SingleLog::refuse(const Batch& batch, const Error& error) {
  Answers answers;
  for (const Submission& each : batch) answers.add(*each.executor, each.done, error);
  answers.send();
}

void SingleLog::plan_next_due(std::uint64_t pause_ms) {
  std::optional<std::uint64_t> due_ms;
  if (cached_store_) {
    auto due = ledger::next_due(cache_);
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
