#include "node/metered_store.h"

#include <gtest/gtest.h>

#include "storage/storage_testing.h"

namespace icn::node {
namespace {

using storage::testing::kPlainTable;
using storage::testing::put_row;

// A store that can be asked several things at once; it answers nothing and counts the questions.
class Several final : public storage::Store {
 public:
  explicit Several(int& questions) : questions_(questions) {}
  Result<std::optional<Bytes>> get(const storage::TableSchema&, ByteView) const override {
    ++questions_;
    return std::optional<Bytes>();
  }
  Result<std::vector<std::optional<Bytes>>> get_several(const storage::TableSchema&,
                                                        const std::vector<ByteView>& keys) const override {
    ++questions_;
    return std::vector<std::optional<Bytes>>(keys.size());
  }
  Result<std::unique_ptr<storage::Cursor>> scan(const storage::TableSchema&,
                                                const storage::ScanRange&) const override {
    return Error(storage::kInputOutput, "no rows");
  }
  Result<void> write(const std::vector<storage::Row>&, storage::Durability) override { return {}; }
  std::unique_ptr<storage::Reader> snapshot() const override { return std::make_unique<Several>(questions_); }
  Result<void> flush() override { return {}; }
  storage::StoreStats stats() const override { return {}; }

 private:
  int& questions_;
};

class SeveralEngine final : public storage::Engine {
 public:
  explicit SeveralEngine(int& questions) : questions_(questions) {}
  Result<std::unique_ptr<storage::Store>> open(const std::vector<storage::TableSchema>&) override {
    return std::unique_ptr<storage::Store>(std::make_unique<Several>(questions_));
  }

 private:
  int& questions_;
};

TEST(MeteredStore, AsksSeveralThingsAtOnceAndCountsWrites) {
  const ManualClock clock;
  telemetry::Metrics metrics(clock);
  int questions = 0;
  const auto engine = metered(std::make_unique<SeveralEngine>(questions), "several", clock, metrics);
  const auto store = *engine->open({kPlainTable});
  const std::vector<ByteView> keys(5, as_bytes("a"));
  EXPECT_EQ(store->get_several(kPlainTable, keys)->size(), 5u);
  EXPECT_EQ(store->snapshot()->get_several(kPlainTable, keys)->size(), 5u);
  EXPECT_EQ(questions, 2);

  ASSERT_TRUE(store->write({put_row("a", "1")}, storage::Durability::kSynced).ok());
  ASSERT_TRUE(store->write({put_row("a", "2")}, storage::Durability::kBuffered).ok());
  ASSERT_TRUE(store->flush().ok());
  const std::string text = metrics.render();
  for (const char* op : {"write_synced", "write", "flush"}) {
    const std::string row =
        "icn_storage_op_seconds_count{backend=\"several\",op=\"" + std::string(op) + "\"} 1\n";
    EXPECT_NE(text.find(row), std::string::npos) << op;
  }
}

}  // namespace
}  // namespace icn::node
