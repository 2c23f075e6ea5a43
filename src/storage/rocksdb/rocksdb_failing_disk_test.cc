#include <gtest/gtest.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <atomic>

#include "storage/errors.h"
#include "storage/rocksdb/rocksdb_engine.h"
#include "storage/storage_testing.h"

// RocksDB on a disk that fails when told to.
namespace icn::storage {
namespace {

using testing::get_text;
using testing::kPlainTable;
using testing::put_row;
using testing::TestFolder;
using testing::write_one;

struct Failing {
  std::atomic<bool> syncs{false};
  std::atomic<bool> appends{false};
  std::atomic<bool> full{false};
  std::atomic<int> failed_syncs{0};
};

class FailingFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FailingFile(std::unique_ptr<rocksdb::FSWritableFile> file, Failing& failing)
      : FSWritableFileOwnerWrapper(std::move(file)), failing_(failing) {}
  using FSWritableFileOwnerWrapper::Append;
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* context) override {
    if (failing_.full) return rocksdb::IOStatus::NoSpace("no room");
    if (failing_.appends) return rocksdb::IOStatus::IOError("append was made to fail");
    return FSWritableFileOwnerWrapper::Append(data, options, context);
  }
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override {
    if (fails()) return rocksdb::IOStatus::IOError("sync was made to fail");
    return FSWritableFileOwnerWrapper::Sync(options, context);
  }
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override {
    if (fails()) return rocksdb::IOStatus::IOError("sync was made to fail");
    return FSWritableFileOwnerWrapper::Fsync(options, context);
  }

 private:
  bool fails() {
    if (failing_.syncs) ++failing_.failed_syncs;
    return failing_.syncs;
  }
  Failing& failing_;
};

class FailingFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  explicit FailingFileSystem(Failing& failing)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), failing_(failing) {}
  const char* Name() const override { return "FailingFileSystem"; }
  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* context) override {
    std::unique_ptr<rocksdb::FSWritableFile> below;
    auto status = FileSystemWrapper::NewWritableFile(name, options, &below, context);
    if (status.ok()) *file = std::make_unique<FailingFile>(std::move(below), failing_);
    return status;
  }

 private:
  Failing& failing_;
};

class FailingDisk : public ::testing::Test {
 protected:
  FailingDisk() : environment_(rocksdb::NewCompositeEnv(std::make_shared<FailingFileSystem>(failing_))) {
    RocksdbOptions options;
    options.environment = environment_.get();
    engine_ = std::make_unique<RocksdbEngine>(folder_.path(), options, make_silent_log());
    reopen();
  }
  void reopen() {
    store_.reset();
    auto store = engine_->open({kPlainTable});
    ASSERT_TRUE(store.ok()) << store.error().detail();
    store_ = std::move(*store);
  }

  TestFolder folder_;
  Failing failing_;
  std::unique_ptr<rocksdb::Env> environment_;
  std::unique_ptr<RocksdbEngine> engine_;
  std::unique_ptr<Store> store_;
};

TEST_F(FailingDisk, FailedSyncIsNeverTriedAgainAndEndsWriting) {
  ASSERT_TRUE(write_one(*store_, put_row("a", "1"), Durability::kSynced).ok());
  failing_.syncs = true;
  const auto failed = write_one(*store_, put_row("b", "2"), Durability::kSynced);
  ASSERT_FALSE(failed.ok());
  EXPECT_TRUE(failed.error().is(kSyncFailed));
  EXPECT_EQ(failing_.failed_syncs, 1);
  failing_.syncs = false;
  EXPECT_TRUE(write_one(*store_, put_row("c", "3"), Durability::kBuffered).error().is(kSyncFailed));
  EXPECT_TRUE(store_->flush().error().is(kSyncFailed));
  EXPECT_EQ(get_text(*store_, "a"), "1");
  reopen();
  EXPECT_EQ(get_text(*store_, "a"), "1");
  EXPECT_EQ(get_text(*store_, "c"), "absent");
  // The log was written, only its sync failed: what is there now has been written and synced anew.
  EXPECT_EQ(get_text(*store_, "b"), "2");
  EXPECT_TRUE(write_one(*store_, put_row("c", "4"), Durability::kSynced).ok());
}

TEST_F(FailingDisk, FailedAppendLeavesTheOutcomeToTheNextOpen) {
  ASSERT_TRUE(write_one(*store_, put_row("a", "1"), Durability::kSynced).ok());
  failing_.appends = true;
  const auto failed = write_one(*store_, put_row("b", "2"), Durability::kBuffered);
  ASSERT_FALSE(failed.ok());
  EXPECT_TRUE(failed.error().is(kSyncFailed));
  EXPECT_EQ(get_text(*store_, "b"), "absent");
  failing_.appends = false;
  EXPECT_TRUE(write_one(*store_, put_row("c", "3"), Durability::kBuffered).error().is(kSyncFailed));
  reopen();
  EXPECT_EQ(get_text(*store_, "a"), "1");
  EXPECT_EQ(get_text(*store_, "b"), "absent");
}

// The first write to a log and a later one: RocksDB treats them differently, we do not.
TEST_F(FailingDisk, FullDiskMetByTheLogIsGotOverByOpeningAgain) {
  for (const bool fresh_log : {false, true}) {
    SCOPED_TRACE(fresh_log);
    if (!fresh_log) {
      ASSERT_TRUE(write_one(*store_, put_row("a", "1"), Durability::kSynced).ok());
    }
    failing_.full = true;
    const auto refused = store_->write({put_row("b", "2"), put_row("c", "2")}, Durability::kSynced);
    ASSERT_FALSE(refused.ok());
    EXPECT_TRUE(refused.error().is(kFull)) << refused.error().detail();
    EXPECT_EQ(get_text(*store_, "a"), "1");
    EXPECT_EQ(get_text(*store_, "b"), "absent");
    failing_.full = false;
    EXPECT_TRUE(write_one(*store_, put_row("d", "1"), Durability::kSynced).error().is(kMustReopen));
    EXPECT_EQ(get_text(*store_, "d"), fresh_log ? "0" : "absent");
    EXPECT_TRUE(store_->flush().error().is(kSyncFailed));
    reopen();
    ASSERT_TRUE(write_one(*store_, put_row("d", std::to_string(fresh_log)), Durability::kSynced).ok());
    EXPECT_EQ(get_text(*store_, "a"), "1");
    EXPECT_EQ(get_text(*store_, "b"), "absent");
    reopen();
    EXPECT_EQ(get_text(*store_, "d"), std::to_string(fresh_log));
  }
}

}  // namespace
}  // namespace icn::storage
