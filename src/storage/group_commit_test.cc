#include "storage/group_commit.h"

#include <gtest/gtest.h>

#include <atomic>

#include "base/errors.h"
#include "storage/errors.h"

namespace icn::storage {
namespace {

const TableSchema kTable{20, "things", {}};

// Holds each write until released and remembers how many rows it had.
class SlowStore final : public Store {
 public:
  Result<std::optional<Bytes>> get(const TableSchema&, ByteView) const override { return Error(kCorrupt); }
  Result<std::unique_ptr<Cursor>> scan(const TableSchema&, const ScanRange&) const override {
    return Error(kCorrupt);
  }
  Result<void> write(const std::vector<Row>& rows, Durability durability) override {
    std::unique_lock lock(mutex);
    is_synced &= durability == Durability::kSynced;
    sizes.push_back(rows.size());
    changed.notify_all();
    changed.wait(lock, [this] { return is_released; });
    return fails ? Result<void>(Error(kFull)) : Result<void>();
  }
  std::unique_ptr<Reader> snapshot() const override { return nullptr; }
  Result<void> flush() override { return {}; }
  StoreStats stats() const override { return {}; }

  void wait_for_write() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return !sizes.empty(); });
  }
  void release() {
    const std::lock_guard lock(mutex);
    is_released = true;
    changed.notify_all();
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::size_t> sizes;
  bool is_released = false;
  bool is_synced = true;
  bool fails = false;
};

std::vector<Row> rows_of(std::size_t count) {
  std::vector<Row> rows;
  for (std::size_t i = 0; i < count; ++i)
    rows.push_back({&kTable, to_bytes(as_bytes("k")), Bytes{1}, {}, {}});
  return rows;
}

TEST(GroupCommit, WhatWaitsDuringASyncIsWrittenTogether) {
  SlowStore store;
  InlineExecutor executor;
  std::atomic<int> answered = 0;
  const auto count = [&](const Result<void>& written) { answered += written.ok(); };
  GroupCommit writes(store);
  writes.submit(rows_of(1), executor, count);
  store.wait_for_write();
  writes.submit(rows_of(2), executor, count);
  writes.submit(rows_of(3), executor, count);
  EXPECT_EQ(answered, 0) << "nothing is durable yet";
  store.release();
  writes.stop();
  EXPECT_EQ(answered, 3);
  EXPECT_EQ(store.sizes, (std::vector<std::size_t>{1, 5}));
  EXPECT_TRUE(store.is_synced);
}

TEST(GroupCommit, FailuresReachEverybodyOfTheGroup) {
  SlowStore store;
  store.fails = true;
  store.release();
  InlineExecutor executor;
  std::atomic<int> refused = 0;
  GroupCommit writes(store);
  for (int i = 0; i < 3; ++i) {
    writes.submit(rows_of(1), executor, [&](const Result<void>& written) { refused += !written.ok(); });
  }
  writes.stop();
  EXPECT_EQ(refused, 3);
}

TEST(GroupCommit, RefusesWhenTooMuchWaitsAndAfterItsEnd) {
  SlowStore store;
  InlineExecutor executor;
  std::atomic<int> written = 0;
  std::atomic<int> refused = 0;
  const auto count = [&](const Result<void>& result) {
    ++(result.ok() ? written : refused);
    EXPECT_TRUE(result.ok() || result.error().is(errors::kUnavailable));
  };
  GroupCommit writes(store, 2);
  writes.submit(rows_of(1), executor, count);
  store.wait_for_write();
  for (int i = 0; i < 3; ++i) writes.submit(rows_of(1), executor, count);
  EXPECT_EQ(refused, 1);
  store.release();
  writes.stop();
  EXPECT_EQ(written, 3);
  writes.submit(rows_of(1), executor, count);
  EXPECT_EQ(refused, 2);
}

}  // namespace
}  // namespace icn::storage
