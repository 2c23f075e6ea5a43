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
  changes.note(rows);
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
  changes.note_all();
  EXPECT_GT(changes.of(kThings, "a"), row);
  EXPECT_GT(changes.of(kOthers), table);
}

}  // namespace
}  // namespace icn::ledger
