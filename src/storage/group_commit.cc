#include "storage/group_commit.h"

#include <algorithm>
#include <iterator>

#include "base/answers.h"
#include "base/errors.h"

namespace icn::storage {

GroupCommit::GroupCommit(Store& store, std::size_t waiting_max)
    : store_(store), waiting_max_(waiting_max), thread_([this] { run(); }) {}

GroupCommit::~GroupCommit() { stop(); }

void GroupCommit::submit(std::vector<Row> rows, Executor& executor, Done done) {
  {
    const std::lock_guard lock(mutex_);
    if (!is_stopping_ && waiting_.size() < waiting_max_) {
      waiting_.push_back({std::move(rows), &executor, std::move(done)});
      wake_.notify_one();
      return;
    }
  }
  executor.post([done = std::move(done)] {
    done(Error(errors::kUnavailable, "too much waits to be written; try again"));
  });
}

void GroupCommit::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void GroupCommit::run() {
  while (true) {
    std::vector<Waiting> group;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return is_stopping_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      group.swap(waiting_);
    }
    write(std::move(group));
  }
}

void GroupCommit::write(std::vector<Waiting> group) {
  std::vector<Row> rows;
  for (Waiting& each : group) {
    std::move(each.rows.begin(), each.rows.end(), std::back_inserter(rows));
  }
  const Result<void> written = store_.write(rows, Durability::kSynced);
  Answers<void> answers;
  for (Waiting& each : group) answers.add(*each.executor, std::move(each.done), written);
  answers.send();
}

}  // namespace icn::storage
