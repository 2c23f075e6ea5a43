#include "storage/folder_guard.h"

#include <gtest/gtest.h>

#include "base/log.h"
#include "storage/errors.h"
#include "storage/rocksdb/rocksdb_engine.h"
#include "storage/storage_testing.h"

namespace icn::storage {
namespace {

using testing::contents_of;
using testing::get_text;
using testing::kPlainTable;
using testing::put_row;
using testing::read_file;
using testing::TestFolder;
using testing::write_file;
using testing::write_one;

RocksdbEngine engine_in(const std::filesystem::path& folder, std::vector<Migration> migrations = {}) {
  return RocksdbEngine(folder, RocksdbOptions{}, make_silent_log(), std::move(migrations));
}

void make_store(const std::filesystem::path& folder) {
  auto store = engine_in(folder).open({kPlainTable});
  ASSERT_TRUE(store.ok()) << store.error().detail();
  ASSERT_TRUE(write_one(**store, put_row("a", "1"), Durability::kSynced).ok());
}

// Opening must fail with `kind`, name the folder and `hint`, and leave every file as it was.
void expect_refused(const std::filesystem::path& folder, const ErrorKind& kind, std::string_view hint) {
  const auto before = contents_of(folder);
  const auto store = engine_in(folder).open({kPlainTable});
  ASSERT_FALSE(store.ok());
  EXPECT_TRUE(store.error().is(kind)) << store.error().code();
  EXPECT_NE(store.error().detail().find(folder.string()), std::string::npos) << store.error().detail();
  EXPECT_NE(store.error().detail().find(hint), std::string::npos) << store.error().detail();
  EXPECT_EQ(before, contents_of(folder));
}

TEST(FolderGuard, MarkerIsAsItsFormatSays) {
  const TestFolder folder;
  make_store(folder.path());
  EXPECT_EQ(read_file(folder.path() / kMarkerName), "icn-store 1\nengine rocksdb\nschema 1\nstate ready\n");
}

TEST(FolderGuard, AbsentFolderIsMade) {
  const TestFolder folder;
  make_store(folder.path() / "a" / "b");
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "a" / "b" / kMarkerName));
}

TEST(FolderGuard, FolderOfAnotherProgramIsRefused) {
  const TestFolder folder;
  write_file(folder.path() / "accounts.ods", "not ours");
  expect_refused(folder.path(), kForeignFolder, "\"accounts.ods\"");
}

TEST(FolderGuard, FileInPlaceOfTheFolderIsRefused) {
  const TestFolder folder;
  write_file(folder.path() / "data", "a file");
  const auto store = engine_in(folder.path() / "data").open({kPlainTable});
  ASSERT_FALSE(store.ok());
  EXPECT_TRUE(store.error().is(kForeignFolder));
  EXPECT_EQ(read_file(folder.path() / "data"), "a file");
}

TEST(FolderGuard, NewerSchemaIsRefused) {
  const TestFolder folder;
  make_store(folder.path());
  write_file(folder.path() / kMarkerName, "icn-store 1\nengine rocksdb\nschema 2\nstate ready\n");
  expect_refused(folder.path(), kNewerSchema, "schema 2");
  write_file(folder.path() / kMarkerName, "icn-store 2\nsomething else\n");
  expect_refused(folder.path(), kNewerSchema, "update icn");
}

TEST(FolderGuard, StoreOfAnotherEngineIsRefused) {
  const TestFolder folder;
  make_store(folder.path());
  write_file(folder.path() / kMarkerName, "icn-store 1\nengine sled\nschema 1\nstate ready\n");
  expect_refused(folder.path(), kForeignFolder, "\"sled\"");
}

TEST(FolderGuard, DamagedMarkerIsRefused) {
  const TestFolder folder;
  make_store(folder.path());
  for (const char* marker : {"", "icn-store", "icn-store 1\nengine rocksdb\nschema 1\nstate ready",
                             "icn-store 1\nengine rocksdb\nschema 0\nstate ready\n",
                             "icn-store 1\nengine rocksdb\nschema -1\nstate ready\n",
                             "icn-store 1\nengine rocksdb\nschema 1\nstate done\n",
                             "icn-store 1\nengine rocksdb\nschema 1\nstate ready\n\n",
                             "icn-store 1\nengine rocksdb\nschema 99999999999\nstate ready\n"}) {
    SCOPED_TRACE(marker);
    write_file(folder.path() / kMarkerName, marker);
    expect_refused(folder.path(), kCorrupt, "restore the folder from a backup");
  }
  write_file(folder.path() / kMarkerName, std::string(5000, 'x'));
  expect_refused(folder.path(), kCorrupt, "restore the folder from a backup");
}

TEST(FolderGuard, LockedFolderIsRefused) {
  const TestFolder folder;
  make_store(folder.path());
  const auto guard = FolderGuard::claim(folder.path(), "rocksdb", 1);
  ASSERT_TRUE(guard.ok());
  expect_refused(folder.path(), kLocked, "in use by another process");
}

TEST(FolderGuard, DamagedDatabaseFilesAreRefused) {
  for (const std::string victim : {"CURRENT", "MANIFEST", "sst", "log"}) {
    for (const bool removed : {false, true}) {
      if (victim == "log" && removed) continue;  // see the case below
      SCOPED_TRACE(victim + (removed ? " removed" : " damaged"));
      const TestFolder folder;
      make_store(folder.path());
      if (victim == "log") {  // copied while open: the log still holds the row
        auto store = engine_in(folder.path() / "").open({kPlainTable});
        ASSERT_TRUE(store.ok());
        ASSERT_TRUE(write_one(**store, put_row("b", std::string(5000, 'y')), Durability::kSynced).ok());
        ASSERT_TRUE(write_one(**store, put_row("c", std::string(5000, 'z')), Durability::kSynced).ok());
        std::filesystem::copy(folder.path(), folder.path().string() + ".copy",
                              std::filesystem::copy_options::recursive);
      }
      if (victim == "log") {
        std::filesystem::remove_all(folder.path());
        std::filesystem::rename(folder.path().string() + ".copy", folder.path());
      }
      for (const auto& entry : std::filesystem::directory_iterator(folder.path() / "rocksdb")) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with(victim) && !name.ends_with("." + victim)) continue;
        std::string content = read_file(entry.path());
        if (content.empty()) continue;
        for (std::size_t at = content.size() / 3; at < content.size() / 2; ++at) content[at] ^= 0x55;
        removed ? static_cast<void>(std::filesystem::remove(entry.path()))
                : write_file(entry.path(), content);
      }
      if (victim == "sst" && !removed) {  // found when it is read, not before
        auto store = engine_in(folder.path()).open({kPlainTable});
        if (store.ok()) {
          EXPECT_FALSE((*store)->get(kPlainTable, as_bytes("a")).ok());
        }
        continue;
      }
      expect_refused(folder.path(), kCorrupt, "restore the folder from a backup");
    }
  }
}

TEST(FolderGuard, FirstOpenCutShortIsTakenUpAgain) {
  const TestFolder folder;
  write_file(folder.path() / "ICN_STORE.new", "icn-st");
  { ASSERT_TRUE(FolderGuard::claim(folder.path(), "rocksdb", 1).ok()); }
  EXPECT_EQ(read_file(folder.path() / kMarkerName),
            "icn-store 1\nengine rocksdb\nschema 1\nstate creating\n");
  make_store(folder.path());
}

TEST(FolderGuard, MigrationsRunInOrderAndOnce) {
  const TestFolder folder;
  make_store(folder.path());
  int runs = 0;
  const Migration rename = [&](Store& store) {
    ++runs;
    std::vector<Row> rows;
    rows.push_back(put_row("b", get_text(store, "a") + "+1"));
    return store.write(rows, Durability::kBuffered);
  };
  const Migration add = [&](Store& store) {
    ++runs;
    std::vector<Row> rows;
    rows.push_back(put_row("c", get_text(store, "b") + "+2"));
    return store.write(rows, Durability::kBuffered);
  };
  const Migration broken = [](Store&) { return Result<void>(Error(kFull)); };

  {
    const auto stopped = engine_in(folder.path(), {rename, broken}).open({kPlainTable});
    ASSERT_FALSE(stopped.ok());
    EXPECT_NE(stopped.error().detail().find("schema 2 to 3"), std::string::npos) << stopped.error().detail();
  }
  for (int again = 0; again < 2; ++again) {
    const auto store = engine_in(folder.path(), {rename, add}).open({kPlainTable});
    ASSERT_TRUE(store.ok()) << store.error().detail();
    EXPECT_EQ(get_text(**store, "c"), "1+1+2");
    EXPECT_EQ(runs, 2);
  }
  expect_refused(folder.path(), kNewerSchema, "schema 3");
}

TEST(FolderGuard, NewFolderStartsAtTheNewestSchema) {
  const TestFolder folder;
  const Migration never = [](Store&) { return Result<void>(Error(kCorrupt)); };
  ASSERT_TRUE(engine_in(folder.path(), {never}).open({kPlainTable}).ok());
  EXPECT_EQ(read_file(folder.path() / kMarkerName), "icn-store 1\nengine rocksdb\nschema 2\nstate ready\n");
}

}  // namespace
}  // namespace icn::storage
