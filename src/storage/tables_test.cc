#include "storage/tables.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"

namespace icn::storage {
namespace {

struct Vote {
  std::string proposal;
  std::uint64_t time = 0;
  bool active = false;
};

struct VoteCodec {
  static Bytes encode(const Vote& vote) {
    return key_of(vote.proposal, vote.time, std::uint8_t{vote.active});
  }
  static Result<Vote> decode(ByteView bytes) {
    Vote vote;
    std::uint8_t active = 0;
    if (!parse_key(bytes, vote.proposal, vote.time, active)) return Error(kCorrupt);
    vote.active = active != 0;
    return vote;
  }
};

std::optional<Bytes> by_time(const Vote& vote) { return key_of(Descending{vote.time}); }
std::optional<Bytes> where_active(const Vote& vote) {
  return vote.active ? std::optional(key_of(vote.proposal)) : std::nullopt;
}

const Table<std::tuple<std::string, Did>, Vote, VoteCodec> kVotes{
    7, "votes", {{"idx_votes_time", &by_time}, {"idx_votes_active", &where_active}}};
const Table<std::uint64_t, Vote, VoteCodec> kPlain{8, "plain"};

// Notes what it is told and answers one row.
class RecordingSpace final : public RecordSpace {
 public:
  Result<std::optional<Bytes>> get(const TableSchema&, ByteView) const override { return row; }
  Result<std::unique_ptr<Cursor>> scan(const TableSchema&, const ScanRange&) const override {
    return Error(kInputOutput);
  }
  Result<void> put(const TableSchema&, Bytes key, Bytes record, IndexValues new_values,
                   IndexValues old_values) override {
    last_key = std::move(key);
    row = std::move(record);
    indexes = std::move(new_values);
    stale = std::move(old_values);
    return {};
  }
  Result<void> erase(const TableSchema&, Bytes key, IndexValues old_values) override {
    last_key = std::move(key);
    row.reset();
    indexes.clear();
    stale = std::move(old_values);
    return {};
  }
  std::optional<Bytes> row;
  Bytes last_key;
  IndexValues indexes;
  IndexValues stale;
};

// Expected bytes follow the grammar at the top of keys.h.
TEST(Keys, EncodeAsTheGrammarSays) {
  EXPECT_EQ(hex_encode(key_of("ab")), "61620001");
  EXPECT_EQ(hex_encode(key_of(std::string_view("a\0b", 3))), "6100ff620001");
  EXPECT_EQ(hex_encode(key_of(std::uint64_t{0x0102})), "0000000000000102");
  EXPECT_EQ(hex_encode(key_of(std::uint16_t{0x0102}, std::uint8_t{3})), "010203");
  EXPECT_EQ(hex_encode(key_of(Descending{1})), "fffffffffffffffe");
  EXPECT_EQ(hex_encode(key_of(std::int64_t{-1})), "7fffffffffffffff");
  EXPECT_EQ(hex_encode(key_of(std::int64_t{1})), "8000000000000001");
  EXPECT_EQ(hex_encode(key_of("")), "0001");
}

TEST(Keys, KeepTheOrderOfWhatTheyHold) {
  SeededRandom random(11);
  std::vector<std::tuple<std::string, std::uint64_t, std::int64_t>> values;
  const std::string alphabet(
      "\0\x01\xFE\xFF"
      "a",
      5);
  for (int i = 0; i < 400; ++i) {
    std::string text;
    for (std::uint64_t left = random.below(4); left > 0; --left)
      text += alphabet[random.below(alphabet.size())];
    values.emplace_back(text, random.below(3), static_cast<std::int64_t>(random.below(5)) - 2);
  }
  for (const auto& left : values) {
    for (const auto& right : values) {
      // std::string compares as unsigned bytes, so the tuples are their own model.
      EXPECT_EQ(left < right, key_of(left) < key_of(right));
    }
  }
}

TEST(Keys, AreReadBackAndNothingElseIs) {
  const Bytes key =
      key_of(std::string("x\0y", 3), Did("did:icn:1"), std::uint64_t{5}, Descending{6}, std::int64_t{-7});
  std::string text;
  Did did;
  std::uint64_t number = 0;
  Descending descending;
  std::int64_t negative = 0;
  ASSERT_TRUE(parse_key(key, text, did, number, descending, negative));
  EXPECT_EQ(text, std::string("x\0y", 3));
  EXPECT_EQ(did.text(), "did:icn:1");
  EXPECT_EQ(number, 5U);
  EXPECT_EQ(descending.value, 6U);
  EXPECT_EQ(negative, -7);
  EXPECT_FALSE(parse_key(ByteView(key).first(key.size() - 1), text, did, number, descending, negative));
  EXPECT_FALSE(parse_key(key, text, did, number, descending));
  EXPECT_FALSE(parse_key(Bytes{0x61, 0x00, 0x02}, text));
}

TEST(Keys, AfterPrefixIsTheFirstKeyBehindIt) {
  EXPECT_EQ(hex_encode(after_prefix(Bytes{0x01, 0x02})), "0103");
  EXPECT_EQ(hex_encode(after_prefix(Bytes{0x01, 0xFF})), "02");
  EXPECT_TRUE(after_prefix(Bytes{0xFF, 0xFF}).empty());
}

TEST(Tables, PutGivesIndexValuesAndTheStaleOnes) {
  RecordingSpace space;
  const auto key = std::make_tuple(std::string("p1"), Did("did:icn:a"));
  ASSERT_TRUE(kVotes.put(space, key, {"p1", 5, true}).ok());
  EXPECT_EQ(space.last_key, key_of("p1", "did:icn:a"));
  EXPECT_TRUE(space.stale.empty());
  EXPECT_EQ(space.indexes, (IndexValues{key_of(Descending{5}), key_of("p1")}));

  ASSERT_TRUE(kVotes.put(space, key, {"p1", 6, false}).ok());
  EXPECT_EQ(space.stale, (IndexValues{key_of(Descending{5}), key_of("p1")}));
  EXPECT_EQ(space.indexes, (IndexValues{key_of(Descending{6}), std::nullopt}));
  const auto read = kVotes.get(space, key);
  ASSERT_TRUE(read.ok() && read->has_value());
  EXPECT_EQ((*read)->time, 6U);

  ASSERT_TRUE(kVotes.erase(space, key).ok());
  EXPECT_EQ(space.stale, (IndexValues{key_of(Descending{6}), std::nullopt}));
  EXPECT_FALSE(space.row.has_value());
}

TEST(Tables, DamagedRecordIsReportedNotReturned) {
  RecordingSpace space;
  space.row = Bytes{1, 2, 3};
  const auto read = kPlain.get(space, 1);
  ASSERT_FALSE(read.ok());
  EXPECT_TRUE(read.error().is(kCorrupt));
}

TEST(Tables, SetCollectsSchemas) {
  const TableSet set(kVotes, kPlain);
  ASSERT_EQ(set.schemas().size(), 2U);
  EXPECT_EQ(set.schemas()[0].name, "votes");
  EXPECT_EQ(set.schemas()[0].indexes, (std::vector<std::string>{"idx_votes_time", "idx_votes_active"}));
}

TEST(TablesDeathTest, SetRefusesSharedIdsAndNames) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const Table<std::uint64_t, Vote, VoteCodec> same_id{8, "other"};
  const Table<std::uint64_t, Vote, VoteCodec> same_name{9, "plain"};
  const Table<std::uint64_t, Vote, VoteCodec> same_index{10, "third", {{"idx_votes_time", &by_time}}};
  EXPECT_DEATH(TableSet(kPlain, same_id), "other.id != schema.id");
  EXPECT_DEATH(TableSet(kPlain, same_name), "other.name != schema.name");
  EXPECT_DEATH(TableSet(kVotes, same_index), "has_index");
}

}  // namespace
}  // namespace icn::storage
