#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <map>
#include <thread>

#include "base/random.h"
#include "storage/engine_rows_testing.h"
#include "storage/errors.h"
#include "storage/storage_testing.h"

// What every engine must do, against a std::map. A new engine is one row of testing::kEngines.
namespace icn::storage {
namespace {

using testing::get_text;
using testing::kIndexedTable;
using testing::kPlainTable;
using testing::number_of;
using testing::put_row;
using testing::TestFolder;
using testing::text;
using testing::write_one;

struct ModelRow {
  Bytes record;
  IndexValues indexes;
};
using ModelTable = std::map<Bytes, ModelRow>;
struct Model {
  ModelTable plain;
  ModelTable indexed;
};

struct Found {
  Bytes key;
  Bytes index_value;
  Bytes record;
  bool operator==(const Found&) const = default;
};

std::vector<Found> expected_rows(const ModelTable& table, const ScanRange& range) {
  std::vector<std::pair<Bytes, Found>> rows;  // ordered by (bounded value, key)
  for (const auto& [key, row] : table) {
    const std::optional<Bytes> value = range.index ? row.indexes[*range.index] : std::optional(key);
    if (!value || *value < range.from || (!range.to.empty() && *value >= range.to)) continue;
    rows.emplace_back(*value, Found{key, range.index ? *value : Bytes(), row.record});
  }
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Found> out;
  for (auto& row : rows) out.push_back(std::move(row.second));
  if (range.reverse) std::reverse(out.begin(), out.end());
  return out;
}

std::vector<Found> scanned_rows(const Reader& reader, const TableSchema& table, const ScanRange& range) {
  std::vector<Found> out;
  auto cursor = reader.scan(table, range);
  EXPECT_TRUE(cursor.ok());
  while (cursor.ok()) {
    const auto more = (*cursor)->next();
    EXPECT_TRUE(more.ok());
    if (!more.ok() || !*more) break;
    const auto record = (*cursor)->record();
    EXPECT_TRUE(record.ok());
    out.push_back(
        {to_bytes((*cursor)->key()), to_bytes((*cursor)->index_value()), record.ok() ? *record : Bytes()});
  }
  return out;
}

// Short strings over few letters, 0x00 and 0xFF among them, so that they collide and nest.
Bytes random_text(SeededRandom& random) {
  constexpr std::uint8_t kLetters[] = {0x00, 0x01, 'a', 'b', 0xFF};
  Bytes out(random.below(4));
  for (auto& byte : out) byte = kLetters[random.below(std::size(kLetters))];
  return out;
}

ScanRange random_range(SeededRandom& random, std::size_t index_count) {
  ScanRange range;
  if (const auto choice = random.below(index_count + 1); choice > 0) range.index = choice - 1;
  if (random.below(3) > 0) range.from = random_text(random);
  if (random.below(3) > 0) range.to = random_text(random);
  range.reverse = random.below(2) == 0;
  return range;
}

Row random_row(SeededRandom& random, Model& model) {
  const bool indexed = random.below(2) == 0;
  const TableSchema& schema = indexed ? kIndexedTable : kPlainTable;
  ModelTable& table = indexed ? model.indexed : model.plain;
  Row row{&schema, random_text(random), std::nullopt, {}, {}};
  const auto old = table.find(row.key);
  if (old != table.end()) row.stale = old->second.indexes;
  if (random.below(4) == 0) {
    if (old != table.end()) table.erase(old);
    return row;
  }
  row.record = random.bytes(random.below(300));
  for (std::size_t index = 0; index < schema.indexes.size(); ++index) {
    row.indexes.push_back(random.below(3) == 0 ? std::nullopt : std::optional(random_text(random)));
  }
  table[row.key] = {*row.record, row.indexes};
  return row;
}

void expect_same(const Reader& reader, const Model& model, SeededRandom& random) {
  for (const bool indexed : {false, true}) {
    const TableSchema& schema = indexed ? kIndexedTable : kPlainTable;
    const ModelTable& table = indexed ? model.indexed : model.plain;
    for (int i = 0; i < 4; ++i) {
      const Bytes key = random_text(random);
      const auto found = reader.get(schema, key);
      ASSERT_TRUE(found.ok());
      const auto expected = table.find(key);
      ASSERT_EQ(found->has_value(), expected != table.end()) << hex_encode(key);
      if (*found) {
        ASSERT_EQ(**found, expected->second.record);
      }
    }
    const ScanRange range = random_range(random, schema.indexes.size());
    ASSERT_EQ(scanned_rows(reader, schema, range), expected_rows(table, range))
        << "from " << hex_encode(range.from) << " to " << hex_encode(range.to) << " reverse " << range.reverse
        << " index " << (range.index ? static_cast<int>(*range.index) : -1);
  }
}

class Conformance : public ::testing::TestWithParam<testing::EngineRow> {
 protected:
  Conformance() : engine_(GetParam().make(folder_.path(), {})) {
    if (engine_) reopen();
  }
  void SetUp() override {
    if (!engine_) GTEST_SKIP() << "PostgreSQL is not installed (scripts/setup.sh test installs it)";
  }

  void reopen() {
    store_.reset();
    auto opened = engine_->open({kPlainTable, kIndexedTable});
    if (!opened.ok()) FAIL() << opened.error().detail();
    store_ = std::move(*opened);
  }

  TestFolder folder_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Store> store_;
};

TEST_P(Conformance, RandomOperationsMatchAMap) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    SeededRandom random(seed);
    Model model;
    for (const auto* table : {&kPlainTable, &kIndexedTable}) {  // empty what the last seed left
      std::vector<Row> rows;
      for (const Found& row : scanned_rows(*store_, *table, {})) {
        IndexValues stale(table->indexes.size());
        for (std::size_t index = 0; index < stale.size(); ++index) {
          for (const Found& each : scanned_rows(*store_, *table, {index, {}, {}, false})) {
            if (each.key == row.key) stale[index] = each.index_value;
          }
        }
        rows.push_back({table, row.key, std::nullopt, {}, stale});
      }
      ASSERT_TRUE(store_->write(rows, Durability::kBuffered).ok());
    }
    std::vector<std::pair<std::unique_ptr<Reader>, Model>> snapshots;
    for (int step = 0; step < 400; ++step) {
      std::vector<Row> rows;
      for (auto left = random.below(12); left > 0; --left) rows.push_back(random_row(random, model));
      const auto durability = random.below(20) == 0 ? Durability::kSynced : Durability::kBuffered;
      ASSERT_TRUE(store_->write(rows, durability).ok());
      if (random.below(10) == 0) snapshots.emplace_back(store_->snapshot(), model);
      if (snapshots.size() > 4) snapshots.erase(snapshots.begin() + static_cast<long>(random.below(4)));
      ASSERT_NO_FATAL_FAILURE(expect_same(*store_, model, random)) << "step " << step;
      for (const auto& [snapshot, then] : snapshots) {
        ASSERT_NO_FATAL_FAILURE(expect_same(*snapshot, then, random)) << "snapshot at step " << step;
      }
      if (random.below(100) == 0) {
        snapshots.clear();
        reopen();
      }
    }
  }
}

TEST_P(Conformance, ScanLargerThanAnyChunkKeepsItsMomentBothWays) {
  std::vector<Row> rows;
  for (std::uint32_t i = 0; i < 2000; ++i) {
    Bytes key;
    append_u32(key, i);
    rows.push_back(
        {&kIndexedTable, key, text("old"), {Bytes{static_cast<std::uint8_t>(i % 7)}, std::nullopt}, {}});
  }
  ASSERT_TRUE(store_->write(rows, Durability::kBuffered).ok());
  for (const bool reverse : {false, true}) {
    for (const std::optional<std::size_t> index :
         {std::optional<std::size_t>(), std::optional<std::size_t>(0)}) {
      auto cursor = store_->scan(kIndexedTable, {index, {}, {}, reverse});
      ASSERT_TRUE(cursor.ok());
      std::size_t count = 0;
      while (true) {
        const auto more = (*cursor)->next();
        ASSERT_TRUE(more.ok());
        if (!*more) break;
        ASSERT_EQ(to_text(*(*cursor)->record()), "old");
        if (++count == 10) {  // change everything under the cursor
          std::vector<Row> erased;
          for (const Row& row : rows) erased.push_back({row.table, row.key, std::nullopt, {}, row.indexes});
          ASSERT_TRUE(store_->write(std::move(erased), Durability::kBuffered).ok());
        }
      }
      EXPECT_EQ(count, 2000U);
      EXPECT_TRUE(scanned_rows(*store_, kIndexedTable, {}).empty());
      cursor = Error(kInputOutput);
      ASSERT_TRUE(store_->write(rows, Durability::kBuffered).ok());
    }
  }
}

TEST_P(Conformance, EmptyKeysRecordsAndIndexValuesAreRows) {
  ASSERT_TRUE(
      write_one(*store_, {&kIndexedTable, {}, Bytes(), {Bytes(), std::nullopt}, {}}, Durability::kSynced)
          .ok());
  const auto found = store_->get(kIndexedTable, {});
  ASSERT_TRUE(found.ok() && found->has_value());
  EXPECT_TRUE((*found)->empty());
  EXPECT_EQ(scanned_rows(*store_, kIndexedTable, {0, {}, {}, false}).size(), 1U);
  EXPECT_TRUE(scanned_rows(*store_, kIndexedTable, {1, {}, {}, false}).empty());
  EXPECT_FALSE(*store_->get(kPlainTable, {}));
}

TEST_P(Conformance, MebibyteRecordsComeBack) {
  SeededRandom random(4);
  const Bytes large = random.bytes(1 << 20);
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(write_one(*store_, {&kPlainTable, Bytes{static_cast<std::uint8_t>(i)}, large, {}, {}},
                          Durability::kBuffered)
                    .ok());
  }
  ASSERT_TRUE(store_->flush().ok());
  reopen();
  const auto rows = scanned_rows(*store_, kPlainTable, {});
  ASSERT_EQ(rows.size(), 4U);
  for (const Found& row : rows) EXPECT_EQ(row.record, large);
}

TEST_P(Conformance, TooLongKeyRefusesTheWholeBatch) {
  std::vector<Row> rows;
  rows.push_back(put_row("first", "1"));
  rows.push_back({&kPlainTable, Bytes(kKeySizeMax + 1, 'x'), Bytes(), {}, {}});
  const auto written = store_->write(rows, Durability::kBuffered);
  ASSERT_FALSE(written.ok());
  EXPECT_TRUE(written.error().is(kBadRow));
  EXPECT_EQ(get_text(*store_, "first"), "absent");
  EXPECT_TRUE(
      write_one(*store_, {&kPlainTable, Bytes(kKeySizeMax, 'x'), Bytes(), {}, {}}, Durability::kBuffered)
          .ok());
}

// What other programs would take for SQL, the end of a text or a name, as keys, records and index values.
TEST_P(Conformance, OddDataComesBackAsItWas) {
  const std::vector<Bytes> odd{
      text("'; DROP TABLE plain; --"),
      text("\" OR \"1\"=\"1"),
      text("\\x00'); DELETE FROM indexed; --"),
      text(std::string_view("a\0b", 3)),
      text(std::string_view("\0", 1)),
      text("$1"),
      text("?1"),
      text("%s%n"),
      text("{a,NULL,\"b\"}"),
      text("\\N"),
      text("NULL"),
      Bytes{0xC0, 0x80, 0xFF, 0xFE},
      Bytes(kKeySizeMax, 0x00),
      Bytes(kKeySizeMax, 0xFF),
  };
  std::vector<Row> rows;
  for (const Bytes& each : odd) rows.push_back({&kIndexedTable, each, each, {each, std::nullopt}, {}});
  ASSERT_TRUE(store_->write(rows, Durability::kSynced).ok());
  reopen();
  auto sorted = odd;
  std::sort(sorted.begin(), sorted.end());
  for (const std::optional<std::size_t> index :
       {std::optional<std::size_t>(), std::optional<std::size_t>(0)}) {
    std::vector<Bytes> found;
    for (const Found& row : scanned_rows(*store_, kIndexedTable, {index, {}, {}, false})) {
      EXPECT_EQ(row.record, row.key);
      found.push_back(row.key);
    }
    EXPECT_EQ(found, sorted);
  }
  for (const Bytes& each : odd) {
    EXPECT_EQ(*store_->get(kIndexedTable, each), std::optional(each));
    EXPECT_EQ(scanned_rows(*store_, kIndexedTable,
                           {0, each,
                            [&] {
                              Bytes next = each;
                              next.push_back(0);
                              return next;
                            }(),
                            false})
                  .size(),
              1U);
  }
  // A key no engine takes is absent from each, and refused by each.
  const Bytes large(1 << 20, 'k');
  EXPECT_EQ(*store_->get(kPlainTable, large), std::nullopt);
  EXPECT_TRUE(
      write_one(*store_, {&kPlainTable, large, Bytes(), {}, {}}, Durability::kSynced).error().is(kBadRow));
}

// A store of an older schema goes forward step by step, each step once; a newer one is refused and left
// alone.
TEST_P(Conformance, AnOlderSchemaGoesForwardAndANewerOneIsRefused) {
  if (!GetParam().is_kept) GTEST_SKIP() << "keeps nothing";
  ASSERT_TRUE(write_one(*store_, put_row("a", "1"), Durability::kSynced).ok());
  store_.reset();
  int runs = 0;
  const auto step = [&runs](const char* from, const char* to) -> Migration {
    return [&runs, from, to](Store& store) {
      ++runs;
      return write_one(store, put_row(to, get_text(store, from) + "+"), Durability::kBuffered);
    };
  };
  const Migration broken = [](Store&) { return Result<void>(Error(kFull)); };
  const auto stopped =
      GetParam().make(folder_.path(), {step("a", "b"), broken})->open({kPlainTable, kIndexedTable});
  ASSERT_FALSE(stopped.ok());
  EXPECT_NE(stopped.error().detail().find("schema 2 to 3"), std::string::npos) << stopped.error().detail();
  for (int again = 0; again < 2; ++again) {
    const auto store =
        GetParam().make(folder_.path(), {step("a", "b"), step("b", "c")})->open({kPlainTable, kIndexedTable});
    ASSERT_TRUE(store.ok()) << store.error().detail();
    EXPECT_EQ(get_text(**store, "c"), "1++");
    EXPECT_EQ(runs, 2);
  }
  const auto newer = engine_->open({kPlainTable, kIndexedTable});
  ASSERT_FALSE(newer.ok());
  EXPECT_TRUE(newer.error().is(kNewerSchema));
}

TEST_P(Conformance, LaterRowOfABatchWins) {
  std::vector<Row> rows;
  rows.push_back(put_row("a", "1"));
  rows.push_back(put_row("b", "2"));
  rows.push_back(put_row("a", "3"));
  rows.push_back({&kPlainTable, text("b"), std::nullopt, {}, {}});
  ASSERT_TRUE(store_->write(rows, Durability::kSynced).ok());
  EXPECT_EQ(get_text(*store_, "a"), "3");
  EXPECT_EQ(get_text(*store_, "b"), "absent");
}

TEST_P(Conformance, WrittenRowsAreThereAfterReopening) {
  ASSERT_TRUE(write_one(*store_, put_row("synced", "1"), Durability::kSynced).ok());
  ASSERT_TRUE(write_one(*store_, put_row("buffered", "2"), Durability::kBuffered).ok());
  reopen();
  EXPECT_EQ(get_text(*store_, "synced"), "1");
  EXPECT_EQ(get_text(*store_, "buffered"), "2");
}

TEST_P(Conformance, SecondOpenOfTheSameStoreIsLocked) {
  const auto second = engine_->open({kPlainTable});
  ASSERT_FALSE(second.ok());
  EXPECT_TRUE(second.error().is(kLocked));
  EXPECT_TRUE(write_one(*store_, put_row("still", "works"), Durability::kSynced).ok());
}

TEST_P(Conformance, StatsNameTheEngineAndGrow) {
  ASSERT_FALSE(store_->stats().engine.empty());
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(
        write_one(*store_, put_row(std::to_string(i), std::string(1000, 'x')), Durability::kBuffered).ok());
  }
  EXPECT_GE(store_->stats().bytes, 30'000U);
  EXPECT_EQ(store_->stats().keys, 100U);
}

// A batch moves an amount from one row to the other: whoever reads both at one moment sees 1000 in all.
TEST_P(Conformance, ReadersNeverSeeHalfABatch) {
  ASSERT_TRUE(store_->write({put_row("a", "1000"), put_row("b", "0")}, Durability::kBuffered).ok());
  std::atomic<bool> stop{false};
  std::atomic<int> wrong{0};
  std::atomic<int> reads{0};
  const auto check = [&](const Reader& reader) {
    std::uint64_t sum = 0;
    for (const Found& row : scanned_rows(reader, kPlainTable, {})) sum += number_of(to_text(row.record));
    if (sum != 1000) ++wrong;
    ++reads;
  };
  std::thread by_snapshot([&] {
    while (!stop) check(*store_->snapshot());
  });
  std::thread by_scan([&] {
    while (!stop) check(*store_);
  });
  std::thread flusher([&] {
    while (!stop) {
      if (!store_->flush().ok()) ++wrong;
    }
  });
  SeededRandom random(5);
  for (int i = 0; i < 2000 || reads < 50; ++i) {
    const auto part = random.below(1001);
    ASSERT_TRUE(store_
                    ->write({put_row("a", std::to_string(part)), put_row("b", std::to_string(1000 - part))},
                            Durability::kBuffered)
                    .ok());
  }
  stop = true;
  by_snapshot.join();
  by_scan.join();
  flusher.join();
  EXPECT_EQ(wrong, 0);
}

TEST_P(Conformance, ManyWritersAllGetThrough) {
  std::vector<std::thread> writers;
  std::atomic<int> failed{0};
  for (int writer = 0; writer < 4; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 0; i < 50; ++i) {
        const std::string key = std::to_string(writer) + "/" + std::to_string(i);
        if (!write_one(*store_, put_row(key, key), Durability::kSynced).ok()) ++failed;
      }
    });
  }
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(failed, 0);
  reopen();
  EXPECT_EQ(scanned_rows(*store_, kPlainTable, {}).size(), 200U);
}

INSTANTIATE_TEST_SUITE_P(Engines, Conformance, ::testing::ValuesIn(testing::kEngines),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace icn::storage
