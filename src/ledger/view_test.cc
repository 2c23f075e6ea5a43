#include "ledger/view.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "ledger/merkle.h"
#include "ledger/toy_domain.h"
#include "storage/memory/memory_engine.h"

namespace icn::ledger {
namespace {

struct Item {
  std::string group;
  std::uint64_t size = 0;
  static constexpr auto fields() {
    return described(codec::field("group", &Item::group), codec::field("size", &Item::size));
  }
};

const Table<std::string, Item> kItems{
    191,
    "test_items",
    {{"idx_test_group", [](const Item& item) { return std::optional(key_of(item.group, item.size)); }}}};

using Model = std::map<std::string, Item>;

std::vector<std::string> keys_by_group(const Model& model) {
  std::vector<std::tuple<std::string, std::uint64_t, std::string>> order;
  for (const auto& [key, item] : model) order.emplace_back(item.group, item.size, key);
  std::ranges::sort(order);
  std::vector<std::string> keys;
  for (const auto& each : order) keys.push_back(std::get<2>(each));
  return keys;
}

std::vector<std::string> scan_keys(const Reader& reader, const ScanRange& range) {
  std::vector<std::string> keys;
  auto cursor = reader.scan(kItems.schema(), range);
  EXPECT_TRUE(cursor.ok());
  while (true) {
    auto more = (*cursor)->next();
    EXPECT_TRUE(more.ok());
    if (!*more) return keys;
    std::string key;
    EXPECT_TRUE(storage::parse_key((*cursor)->key(), key));
    keys.push_back(key);
  }
}

void expect_equal(const Reader& reader, const Model& model) {
  std::vector<std::string> keys;
  for (const auto& [key, item] : model) keys.push_back(key);
  EXPECT_EQ(scan_keys(reader, {}), keys);
  std::ranges::reverse(keys);
  EXPECT_EQ(scan_keys(reader, {.index = {}, .from = {}, .to = {}, .reverse = true}), keys);
  auto by_group = keys_by_group(model);
  EXPECT_EQ(scan_keys(reader, {.index = 0, .from = {}, .to = {}}), by_group);
  std::ranges::reverse(by_group);
  EXPECT_EQ(scan_keys(reader, {.index = 0, .from = {}, .to = {}, .reverse = true}), by_group);
}

// Random puts, erases, savepoints and rollbacks over a store that already holds rows, against a std::map.
TEST(View, AgreesWithAMapThroughSavepointsAndCommits) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    SeededRandom random(seed);
    storage::MemoryEngine engine;
    auto store = engine.open({kItems.schema()}).value();
    Model model;
    for (int block = 0; block < 4; ++block) {
      View view(*store);
      std::vector<std::pair<View::Savepoint, Model>> savepoints;
      for (int step = 0; step < 60; ++step) {
        const std::string key = "k" + std::to_string(random.below(12));
        const std::uint64_t choice = random.below(10);
        if (choice < 5) {
          const Item item{"g" + std::to_string(random.below(3)), random.below(5)};
          ASSERT_TRUE(kItems.put(view, key, item).ok());
          model[key] = item;
        } else if (choice < 8) {
          ASSERT_TRUE(kItems.erase(view, key).ok());
          model.erase(key);
        } else if (choice == 8 || savepoints.empty()) {
          savepoints.emplace_back(view.savepoint(), model);
        } else {
          view.rollback(savepoints.back().first);
          model = savepoints.back().second;
          savepoints.pop_back();
        }
      }
      expect_equal(view, model);
      ASSERT_TRUE(store->write(view.take_rows(), storage::Durability::kSynced).ok());
      expect_equal(*store, model);
    }
  }
}

TEST(View, TellsWhatChangedSinceASavepoint) {
  storage::MemoryEngine engine;
  auto store = engine.open({kItems.schema()}).value();
  View view(*store);
  ASSERT_TRUE(kItems.put(view, "a", {"g", 1}).ok());
  const View::Savepoint savepoint = view.savepoint();
  ASSERT_TRUE(kItems.put(view, "a", {"g", 2}).ok());
  ASSERT_TRUE(kItems.put(view, "a", {"g", 3}).ok());
  ASSERT_TRUE(kItems.put(view, "b", {"g", 4}).ok());
  std::vector<std::string> seen;
  ASSERT_TRUE(view.changes_since(savepoint, kItems.schema(),
                                 [&](ByteView, const auto& before, const auto& after) -> Result<void> {
                                   const auto size = [](const std::optional<Bytes>& record) {
                                     return record ? std::to_string(codec::decode_record<Item>(*record)->size)
                                                   : std::string("none");
                                   };
                                   seen.push_back(size(before) + ">" + size(after));
                                   return {};
                                 })
                  .ok());
  EXPECT_EQ(seen, (std::vector<std::string>{"1>3", "none>4"}));
}

// RFC 6962, 2.1: the tree of three leaves is H(1, H(1, l0, l1), l2).
TEST(Merkle, FollowsRfc6962) {
  const std::uint8_t zero = 0, one = 1;
  std::vector<crypto::Hash> leaves, hashed;
  for (const char* text : {"a", "b", "c"}) {
    leaves.push_back(crypto::sha256(as_bytes(text)));
    hashed.push_back(crypto::sha256(ByteView(&zero, 1), ByteView(leaves.back())));
  }
  const auto node = [&](const crypto::Hash& a, const crypto::Hash& b) {
    return crypto::sha256(ByteView(&one, 1), ByteView(a), ByteView(b));
  };
  EXPECT_EQ(merkle_root(leaves), node(node(hashed[0], hashed[1]), hashed[2]));
  EXPECT_EQ(hex_encode(merkle_root({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(merkle_path(leaves, 2), std::vector{node(hashed[0], hashed[1])});
  EXPECT_EQ(merkle_path(leaves, 0), (std::vector{hashed[1], hashed[2]}));
}

}  // namespace
}  // namespace icn::ledger
