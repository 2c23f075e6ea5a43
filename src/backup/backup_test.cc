#include <gtest/gtest.h>

#include <set>

#include "backup/check.h"
#include "backup/chunk.h"
#include "backup/copier.h"
#include "backup/errors.h"
#include "backup/folder.h"
#include "backup/stream.h"
#include "backup/writer.h"
#include "base/random.h"
#include "storage/memory/memory_engine.h"
#include "storage/storage_testing.h"

namespace icn::backup {
namespace {

using storage::Durability;
using storage::IndexValues;
using storage::Row;
using storage::testing::kIndexedTable;
using storage::testing::kPlainTable;
using storage::testing::read_file;
using storage::testing::TestFolder;
using storage::testing::text;
using storage::testing::write_file;

const std::vector<storage::TableSchema> kTables{kPlainTable, kIndexedTable};

// The index values of a record are its first two bytes, where it has them.
Result<IndexValues> indexes_of(ByteView record) {
  IndexValues out(2);
  if (!record.empty()) out[0] = Bytes{record[0]};
  if (record.size() > 1) out[1] = Bytes{record[1]};
  return out;
}
const Indexers kIndexers{{kIndexedTable.id, &indexes_of}};

Row indexed_row(Bytes key, Bytes record) {
  const IndexValues values = indexes_of(record).value();
  return {&kIndexedTable, std::move(key), std::move(record), values, {}};
}

// A store of the memory engine with rows in both tables.
class Kept {
 public:
  Kept() : store(engine_.open(kTables).value()) {}
  void fill(std::uint64_t seed, int count, std::size_t record_size = 100) {
    SeededRandom random(seed);
    for (int i = 0; i < count; ++i) {
      Bytes key;
      append_u64(key, random.next());
      put({&kPlainTable, key, random.bytes(random.below(record_size)), {}, {}});
      put(indexed_row(key, random.bytes(random.below(record_size))));
    }
  }
  void put(Row row) {
    std::vector<Row> rows;
    rows.push_back(std::move(row));
    ASSERT_TRUE(store->write(rows, Durability::kBuffered).ok());
  }
  std::string hash() const { return check_store(*store, kTables, kIndexers, false).rows_hash; }

 private:
  storage::MemoryEngine engine_;

 public:
  std::unique_ptr<storage::Store> store;
};

WriterParts parts_of(const Kept& kept) {
  WriterParts parts;
  parts.begin.network = "net";
  parts.begin.height = 7;
  parts.stores.push_back({"ledger", "memory", 1, kept.store->snapshot(), kTables});
  parts.files.emplace_back("keys.json", text("{}"));
  parts.finish = [](End& end) { end.state_hash = "of " + std::to_string(end.stores[0].rows); };
  return parts;
}

std::string stream_of(const Kept& kept) {
  StreamWriter stream;
  std::string out = stream.begin();
  EXPECT_TRUE(write_backup(parts_of(kept), [&](Entry& entry) -> Result<void> {
                out += stream.add(entry);
                return {};
              }).ok());
  return out + stream.end();
}

// Restores into an empty store; what went wrong, or "".
std::string restore(Kept& into, const std::function<Result<void>(const Take&)>& feed) {
  Copier copier(*into.store, kTables, kIndexers);
  auto done = feed([&](Entry& entry) -> Result<void> {
    if (!entry.problem.empty()) return Error(kDamaged, entry.problem);
    if (entry.kind != Kind::kChunk) return {};
    return read_chunk(entry.payload, entry.rows,
                      [&](ByteView key, ByteView record) { return copier.add(entry.table, key, record); });
  });
  if (!done.ok()) return done.error().detail();
  const auto counts = copier.finish();
  return counts.ok() ? "" : counts.error().detail();
}

std::string restore_stream(Kept& into, const std::string& stream) {
  return restore(into, [&](const Take& take) -> Result<void> {
    StreamReader reader(take);
    // In pieces of odd sizes, as a network brings them.
    for (std::size_t at = 0; at < stream.size(); at += 777)
      ICN_TRY(reader.feed(as_bytes(std::string_view(stream).substr(at, 777))));
    return reader.finish();
  });
}

Result<std::string> back_up(const Kept& kept, const std::filesystem::path& folder, FolderWriter** seen = nullptr) {
  static std::optional<FolderWriter> last;
  last.reset();
  auto writer = FolderWriter::begin(folder);
  if (!writer.ok()) return writer.error();
  last.emplace(std::move(*writer));
  const KnownPieces known = last->known();
  WriterParts parts = parts_of(kept);
  parts.known = &known;
  ICN_TRY(write_backup(std::move(parts), [&](Entry& entry) { return last->add(entry); }));
  auto name = last->finish();
  if (seen != nullptr) *seen = &*last;
  else last.reset();
  return name;
}

TEST(Chunk, RowsComeBackAndWhatIsNoChunkIsRefused) {
  ChunkBuilder builder;
  builder.add(text("a"), text(""));
  builder.add(text(""), text("record"));
  EXPECT_EQ(builder.rows(), 2U);
  const Bytes payload = builder.take().value();
  std::string seen;
  const SeeRow see = [&](ByteView key, ByteView record) -> Result<void> {
    seen += to_text(key) + "=" + to_text(record) + ";";
    return {};
  };
  ASSERT_TRUE(read_chunk(payload, 2, see).ok());
  EXPECT_EQ(seen, "a=;=record;");
  EXPECT_TRUE(read_chunk(payload, 3, see).error().is(kDamaged));
  EXPECT_TRUE(read_chunk(ByteView(payload).first(payload.size() - 1), 2, see).error().is(kDamaged));
  EXPECT_TRUE(read_chunk(text("no zstd"), 2, see).error().is(kDamaged));
}

std::set<Bytes> chunks_of(const std::map<std::uint64_t, Bytes>& rows) {
  std::set<Bytes> out;
  ChunkBuilder builder;
  for (const auto& [number, record] : rows) {
    Bytes key;
    append_u64(key, number);
    if (builder.add(key, record)) out.insert(builder.take().value());
  }
  if (builder.rows() > 0) out.insert(builder.take().value());
  return out;
}

// 200 B and 64 KiB records: the sizes the performance guide measures with.
TEST(Chunk, ARowMoreChangesTheChunkItIsInAlone) {
  for (const auto& [count, size] : {std::pair(20'000, 200), std::pair(200, 64 << 10)}) {
    SeededRandom random(1);
    std::map<std::uint64_t, Bytes> rows;
    for (int i = 0; i < count; ++i) rows[random.next()] = random.bytes(static_cast<std::size_t>(size));
    const auto before = chunks_of(rows);
    EXPECT_GT(before.size(), 8U);
    for (int i = 0; i < 5; ++i) {
      rows[random.next()] = random.bytes(static_cast<std::size_t>(size));
      std::size_t fresh = 0;
      for (const Bytes& chunk : chunks_of(rows)) fresh += before.contains(chunk) ? 0 : 1;
      EXPECT_LE(fresh, 2U * static_cast<std::size_t>(i + 1));
    }
  }
}

TEST(Stream, AStoreComesBackWithItsIndexes) {
  Kept kept;
  kept.fill(1, 3000);
  Kept restored;
  EXPECT_EQ(restore_stream(restored, stream_of(kept)), "");
  EXPECT_EQ(restored.hash(), kept.hash());
  EXPECT_EQ(check_store(*restored.store, kTables, kIndexers, true).problems, std::vector<std::string>());
}

TEST(Stream, EveryFlippedByteAndEveryMissingEndIsFound) {
  Kept kept;
  kept.fill(2, 5);
  const std::string stream = stream_of(kept);
  for (std::size_t at = 0; at < stream.size(); ++at) {
    std::string flipped = stream;
    flipped[at] = static_cast<char>(flipped[at] ^ 1);
    Kept into;
    ASSERT_NE(restore_stream(into, flipped), "") << "byte " << at << " of " << stream.size();
    ASSERT_NE(restore_stream(into, stream.substr(0, at)), "") << "cut at " << at;
  }
  Kept into;
  EXPECT_NE(restore_stream(into, stream + "x"), "");
  EXPECT_EQ(restore_stream(into, stream), "");
}

TEST(Stream, WhatTheMakerMetIsSaid) {
  Kept into;
  const std::string said = restore_stream(into, std::string(kFirstLine) + StreamWriter::failed("disk gone\n"));
  EXPECT_NE(said.find("disk gone"), std::string::npos) << said;
}

TEST(Writer, AnErrorOfTheReceiverEndsIt) {
  Kept kept;
  kept.fill(3, 10);
  int taken = 0;
  const auto done = write_backup(parts_of(kept), [&](Entry&) -> Result<void> {
    if (++taken == 2) return Error(kFolder, "no room");
    return {};
  });
  EXPECT_EQ(done.error().detail(), "no room");
  EXPECT_EQ(taken, 2);
}

class FolderTest : public ::testing::Test {
 protected:
  std::string restore_from(Kept& into, const std::string& name) {
    return restore(into, [&](const Take& take) { return read_folder(path_, name, take); });
  }
  std::vector<std::filesystem::path> pieces() const {
    std::vector<std::filesystem::path> out;
    for (const auto& each : std::filesystem::recursive_directory_iterator(path_ / "pieces"))
      if (each.is_regular_file()) out.push_back(each.path());
    return out;
  }

  TestFolder folder_;
  const std::filesystem::path path_ = folder_.path() / "backups";
};

TEST_F(FolderTest, WhatDidNotChangeIsStoredOnce) {
  Kept kept;
  kept.fill(4, 20'000, 400);
  FolderWriter* writer = nullptr;
  ASSERT_EQ(back_up(kept, path_, &writer).value(), "backup-000001");
  const std::uint64_t all = writer->pieces_written();
  EXPECT_EQ(writer->pieces_reused(), 0U);
  const std::string before = kept.hash();
  kept.put({&kPlainTable, text("one"), text("more"), {}, {}});
  ASSERT_EQ(back_up(kept, path_, &writer).value(), "backup-000002");
  // Its chunk, the beginning is the same, the end is new.
  EXPECT_LE(writer->pieces_written(), 3U);
  EXPECT_GE(writer->pieces_reused(), all - 3);
  Kept first;
  EXPECT_EQ(restore_from(first, "backup-000001"), "");
  EXPECT_EQ(first.hash(), before);
  Kept second;
  EXPECT_EQ(restore_from(second, "backup-000002"), "");
  EXPECT_EQ(second.hash(), kept.hash());
}

TEST_F(FolderTest, ARunThatWasCutOffIsNoBackupAndTheNextOneUsesItsPieces) {
  Kept kept;
  kept.fill(5, 20'000, 400);
  std::uint64_t written = 0;
  {
    auto writer = FolderWriter::begin(path_).value();
    int left = 10;
    ASSERT_FALSE(write_backup(parts_of(kept), [&](Entry& entry) -> Result<void> {
                   if (left-- == 0) return Error(kFolder, "killed");
                   return writer.add(entry);
                 }).ok());
    written = writer.pieces_written();
  }
  EXPECT_TRUE(backups_in(path_).empty());
  FolderWriter* writer = nullptr;
  ASSERT_TRUE(back_up(kept, path_, &writer).ok());
  EXPECT_EQ(writer->pieces_reused(), written);
  Kept into;
  EXPECT_EQ(restore_from(into, "backup-000001"), "");
  EXPECT_EQ(into.hash(), kept.hash());
}

TEST_F(FolderTest, AFlippedBitIsNamedByItsFileAndMendedByTheNextBackup) {
  Kept kept;
  kept.fill(6, 5000);
  ASSERT_TRUE(back_up(kept, path_).ok());
  for (const std::filesystem::path& piece : pieces()) {
    const std::string whole = read_file(piece);
    std::string flipped = whole;
    flipped[flipped.size() / 2] = static_cast<char>(flipped[flipped.size() / 2] ^ 4);
    write_file(piece, flipped);
    Kept into;
    EXPECT_NE(restore_from(into, "backup-000001").find(piece.string()), std::string::npos);
    write_file(piece, whole);
  }
  const std::filesystem::path victim = pieces().front();
  std::filesystem::remove(victim);
  Kept into;
  EXPECT_NE(restore_from(into, "backup-000001").find(victim.string()), std::string::npos);
  write_file(victim, "wrong");
  ASSERT_TRUE(back_up(kept, path_).ok());
  EXPECT_EQ(restore_from(into, "backup-000001"), "");
  EXPECT_EQ(into.hash(), kept.hash());
}

TEST_F(FolderTest, AChangedListingIsFoundBeforeAnythingIsGiven) {
  Kept kept;
  kept.fill(7, 10);
  ASSERT_TRUE(back_up(kept, path_).ok());
  const std::string listing = read_file(path_ / "backup-000001");
  for (std::size_t at = 0; at < listing.size(); ++at) {
    std::string flipped = listing;
    flipped[at] = static_cast<char>(flipped[at] ^ 1);
    write_file(path_ / "backup-000001", flipped);
    int given = 0;
    const auto read = read_folder(path_, "backup-000001", [&](Entry&) -> Result<void> {
      ++given;
      return {};
    });
    ASSERT_FALSE(read.ok()) << at;
    ASSERT_EQ(given, 0) << at;
  }
}

TEST_F(FolderTest, CollectingKeepsWhatTheKeptBackupsName) {
  Kept kept;
  kept.fill(8, 3000);
  ASSERT_TRUE(back_up(kept, path_).ok());
  kept.fill(9, 3000);
  ASSERT_TRUE(back_up(kept, path_).ok());
  EXPECT_EQ(collect_garbage(path_, 0).value().pieces, 0U);
  const auto removed = collect_garbage(path_, 1).value();
  EXPECT_EQ(removed.backups, 1U);
  EXPECT_GT(removed.pieces, 0U);
  EXPECT_EQ(backups_in(path_), std::vector<std::string>{"backup-000002"});
  Kept into;
  EXPECT_EQ(restore_from(into, "backup-000002"), "");
  EXPECT_EQ(into.hash(), kept.hash());
}

TEST_F(FolderTest, OnlyOneWritesAndOnlyIntoAFolderOfBackups) {
  const auto held = FolderWriter::begin(path_);
  ASSERT_TRUE(held.ok());
  EXPECT_TRUE(FolderWriter::begin(path_).error().is(kInUse));
  const std::filesystem::path other = folder_.path() / "other";
  std::filesystem::create_directory(other);
  write_file(other / "letter.txt", "dear");
  EXPECT_TRUE(FolderWriter::begin(other).error().is(kFolder));
  EXPECT_FALSE(collect_garbage(folder_.path() / "nowhere", 1).ok());
}

TEST(Copier, MakesAnyStoreEqualToAnyOtherAndWritesOnlyWhatDiffers) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    SCOPED_TRACE(seed);
    Kept source;
    source.fill(seed, 2000);
    Kept target;
    target.fill(seed % 2 == 0 ? seed : seed + 100, 1000);  // the same rows in part, or others
    for (int round = 0; round < 2; ++round) {
      Copier copier(*target.store, kTables, kIndexers);
      ASSERT_TRUE(copy_rows(*source.store->snapshot(), kTables, copier).ok());
      const CopyCounts counts = copier.finish().value();
      EXPECT_EQ(counts.rows, 4000U);
      if (round == 1) EXPECT_EQ(counts.written + counts.erased, 0U);
      EXPECT_EQ(target.hash(), source.hash());
      EXPECT_EQ(check_store(*target.store, kTables, kIndexers, true).problems, std::vector<std::string>());
    }
  }
}

TEST(Copier, GoesOnWhereItWasCutOff) {
  Kept source;
  source.fill(1, 20'000);
  Kept target;
  {
    Copier copier(*target.store, kTables, kIndexers);
    int left = 23'456;
    auto rows = source.store->scan(kPlainTable, {}).value();
    while (rows->next().value() && left-- > 0)
      ASSERT_TRUE(copier.add(kPlainTable.id, rows->key(), rows->record().value()).ok());
  }
  Copier copier(*target.store, kTables, kIndexers);
  ASSERT_TRUE(copy_rows(*source.store->snapshot(), kTables, copier).ok());
  const CopyCounts counts = copier.finish().value();
  EXPECT_LT(counts.written, 30'000U);
  EXPECT_EQ(target.hash(), source.hash());
}

TEST(Copier, RefusesRowsOutOfOrderAndTablesItDoesNotKnow) {
  Kept target;
  Copier copier(*target.store, kTables, kIndexers);
  ASSERT_TRUE(copier.add(kIndexedTable.id, text("b"), text("x")).ok());
  EXPECT_TRUE(copier.add(kIndexedTable.id, text("b"), text("x")).error().is(kDamaged));
  EXPECT_TRUE(copier.add(kIndexedTable.id, text("a"), text("x")).error().is(kDamaged));
  EXPECT_TRUE(copier.add(kPlainTable.id, text("c"), text("x")).error().is(kDamaged));
  EXPECT_TRUE(copier.add(99, text("c"), text("x")).error().is(kNewer));
}

TEST(Check, AnIndexThatIsNotThatOfTheRowsIsNamed) {
  Kept kept;
  kept.fill(1, 100);
  EXPECT_EQ(check_store(*kept.store, kTables, kIndexers, true).problems, std::vector<std::string>());
  kept.put({&kIndexedTable, text("wrong"), text("ab"), {text("a"), text("c")}, {}});
  const StoreCheck check = check_store(*kept.store, kTables, kIndexers, true);
  ASSERT_EQ(check.problems.size(), 1U);
  EXPECT_NE(check.problems[0].find("idx_indexed_second"), std::string::npos) << check.problems[0];
  EXPECT_EQ(check.tables[1].rows, 101U);
}

}  // namespace
}  // namespace icn::backup
