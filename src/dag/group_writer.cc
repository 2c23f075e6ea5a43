#include "dag/group_writer.h"

#include <algorithm>
#include <future>

#include "base/answers.h"
#include "dag/errors.h"
#include "storage/errors.h"

namespace icn::dag {
namespace {

template <typename T>
void move_to(std::vector<T>& to, std::vector<T>& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

Error translated(const Error& error) {
  return error.is(storage::kFull) ? Error(kStorageFull, error.detail()) : error;
}

}  // namespace

void Delta::merge(Delta other) {
  blocks += other.blocks;
  bytes += other.bytes;
  pins += other.pins;
  move_to(added, other.added);
  move_to(removed, other.removed);
  move_to(altered, other.altered);
}

GroupWriter::GroupWriter(storage::Store& store, Hooks hooks, GroupWriterOptions options)
    : store_(store), rows_(store), hooks_(std::move(hooks)), options_(options), thread_([this] {
        run_thread();
      }) {}

GroupWriter::~GroupWriter() { stop(); }

void GroupWriter::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void GroupWriter::submit(Executor& executor, std::size_t bytes, Change change, Done done) {
  std::optional<Error> refusal;
  bool was_empty = false;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      refusal = Error(kStopped);
    } else if (queue_.size() >= options_.queue_max ||
               (!queue_.empty() && queue_bytes_ + bytes > options_.queue_bytes_max)) {
      refusal = Error(kWriterBusy);
    } else {
      was_empty = queue_.empty();
      queue_bytes_ += bytes;
      queue_.push_back({&executor, bytes, std::move(change), std::move(done)});
    }
  }
  if (refusal) {
    executor.post([done = std::move(done), error = std::move(*refusal)] { done(error); });
  } else if (was_empty) {
    wake_.notify_one();
  }
}

Result<void> GroupWriter::run(std::size_t bytes, Change change) {
  ICN_ASSERT(std::this_thread::get_id() != thread_.get_id());
  const auto promise = std::make_shared<std::promise<Result<void>>>();
  auto answer = promise->get_future();
  submit(inline_executor_, bytes, std::move(change),
         [promise](const Result<void>& result) { promise->set_value(result); });
  return answer.get();
}

bool GroupWriter::is_writing() const {
  const std::lock_guard lock(mutex_);
  return !sync_failed_ && !stopping_;
}

std::size_t GroupWriter::waiting() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

std::int64_t GroupWriter::load_ppm() const {
  constexpr double kPpm = 1'000'000;
  const std::lock_guard lock(mutex_);
  const double changes = static_cast<double>(queue_.size()) / static_cast<double>(options_.queue_max);
  const double bytes = static_cast<double>(queue_bytes_) / static_cast<double>(options_.queue_bytes_max);
  return static_cast<std::int64_t>(std::max(changes, bytes) * kPpm);
}

void GroupWriter::run_thread() {
  while (true) {
    Group group = take_group();
    if (group.empty()) return;
    write_group(std::move(group));
  }
}

GroupWriter::Group GroupWriter::take_group() {
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
  Group group;
  std::size_t bytes = 0;
  while (!queue_.empty() && group.size() < options_.group_changes_max) {
    if (!group.empty() && bytes + queue_.front().bytes > options_.group_bytes_max) break;
    bytes += queue_.front().bytes;
    group.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  queue_bytes_ -= bytes;
  return group;
}

void GroupWriter::write_group(Group group) {
  ledger::View view(rows_);
  Delta delta;
  std::vector<Result<void>> results;
  results.reserve(group.size());
  for (Waiting& each : group) {
    Batch batch{view, {}};
    const auto savepoint = view.savepoint();
    Result<void> result = each.change(batch);
    if (result.ok())
      delta.merge(std::move(batch.delta));
    else
      view.rollback(savepoint);
    results.push_back(std::move(result));
    each.change = nullptr;
  }
  const Result<void> written = commit(view, delta);
  if (written.ok()) {
    hooks_.committed(delta);
  } else {
    for (Result<void>& result : results) {
      if (result.ok()) result = translated(written.error());
    }
  }
  Answers<void> answers;
  for (std::size_t i = 0; i < group.size(); ++i)
    answers.add(*group[i].executor, std::move(group[i].done), std::move(results[i]));
  answers.send();
}

Result<void> GroupWriter::commit(ledger::View& view, const Delta& delta) {
  ICN_TRY(hooks_.finish(view, delta));
  std::vector<storage::Row> rows = view.take_rows();
  if (rows.empty()) return {};
  Result<void> written = store_.write(rows, storage::Durability::kSynced);
  if (written.ok())
    rows_.committed(rows);
  else
    rows_.clear();
  const std::lock_guard lock(mutex_);
  sync_failed_ = !written.ok() && written.error().is(storage::kSyncFailed);
  return written;
}

}  // namespace icn::dag
