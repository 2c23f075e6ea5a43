#include "ledger/changes.h"

#include <gtest/gtest.h>

namespace icn::ledger {
namespace {

struct Thing {
  std::uint64_t value = 0;
  static constexpr auto fields() { return described(codec::field("value", &Thing::value)); }
};
const storage::Table<std::string, Thing> kThings{20, "things"};
const storage::Table<std::string, Thing> kOthers{21, "others"};

storage::Row row_of(const std::string& key) { return {&kThings.schema(), storage::key_of(key), {}, {}, {}}; }

TEST(Changes, AVersionGrowsWhenItsRowOrTableIsChanged) {
  Changes changes;
  const std::uint64_t row = changes.of(kThings, "a");
  const std::uint64_t neighbour = changes.of(kThings, "b");
  const std::uint64_t namesake = changes.of(kOthers, "a");
  const std::uint64_t table = changes.of(kThings);
  const std::uint64_t other_table = changes.of(kOthers);
  EXPECT_GT(row, 0u);
  const std::vector<storage::Row> rows{row_of("a"), row_of("c")};
  EXPECT_EQ(changes.of(kThings, "a"), row) << "nothing is noted yet";
  changes.note(rows, 7);
  EXPECT_GT(changes.of(kThings, "a"), row);
  EXPECT_GT(changes.of(kThings), table);
  EXPECT_EQ(changes.of(kThings, "b"), neighbour);
  EXPECT_EQ(changes.of(kOthers, "a"), namesake);
  EXPECT_EQ(changes.of(kOthers), other_table);
}

TEST(Changes, NotingAllChangesEveryVersion) {
  Changes changes;
  const std::uint64_t row = changes.of(kThings, "a");
  const std::uint64_t table = changes.of(kOthers);
  changes.note_all(0);
  EXPECT_GT(changes.of(kThings, "a"), row);
  EXPECT_GT(changes.of(kOthers), table);
}

TEST(Changes, WhatIsNotedAgainAtTheSameHeightAfterAllWasIsAnotherVersion) {
  Changes changes;
  changes.note({row_of("a")}, 7);
  const std::uint64_t lost = changes.of(kThings, "a");
  changes.note_all(6);  // block 7 was lost with the server
  EXPECT_NE(changes.of(kThings, "a"), lost);
  changes.note({row_of("a")}, 7);
  EXPECT_NE(changes.of(kThings, "a"), lost);
}

TEST(Changes, AFollowerThatNotesPlacesKnowsTheSameHeights) {
  Changes leader;
  Changes follower;
  for (Changes* each : {&leader, &follower}) each->share({kThings.schema().id});
  follower.note_all(5);
  const std::vector<storage::Row> rows{row_of("a"), row_of("c"), row_of("a")};
  leader.note(rows, 7);
  follower.note_places(Changes::places_of(leader.shared_tables(), rows), 7);
  EXPECT_EQ(Changes::places_of(leader.shared_tables(), rows).size(), 3u) << "two rows and their table";
  const http::AnswerVersion a = follower.answer(kThings, "a", 300);
  EXPECT_EQ(a.place, leader.answer(kThings, "a", 300).place);
  EXPECT_EQ(a.changed_height, 7u);
  EXPECT_EQ(a.known_height, 7u);
  EXPECT_EQ(a.seconds_max, 300u);
  EXPECT_EQ(follower.answer(kThings, 5).changed_height, 7u);
  EXPECT_EQ(follower.answer(kThings, "b", 0).changed_height, 5u) << "not changed since it followed";
  EXPECT_EQ(follower.answer(kOthers, "a", 0).place, 0u) << "nobody is told of this table";
  follower.note_places({0, ~std::uint64_t{0}}, 8);
  EXPECT_EQ(follower.answer(kThings, "a", 0).changed_height, 7u);
}

}  // namespace
}  // namespace icn::ledger
