#include "ledger/watched_reader.h"

#include <gtest/gtest.h>

#include "storage/errors.h"

namespace icn::ledger {
namespace {

const storage::TableSchema kTable{1, "things", {}};

// Fails when told to, at the place told.
class FailingReader final : public storage::Reader {
 public:
  Result<std::optional<Bytes>> get(const storage::TableSchema&, ByteView) const override {
    if (fails) return Error(storage::kInputOutput, "first");
    return std::optional<Bytes>();
  }
  Result<std::unique_ptr<storage::Cursor>> scan(const storage::TableSchema&,
                                                const storage::ScanRange&) const override {
    return std::unique_ptr<storage::Cursor>(std::make_unique<FailingCursor>());
  }
  bool fails = false;

 private:
  class FailingCursor final : public storage::Cursor {
   public:
    Result<bool> next() override { return Error(storage::kInputOutput, "while scanning"); }
    ByteView key() const override { return {}; }
    ByteView index_value() const override { return {}; }
    Result<Bytes> record() const override { return Bytes(); }
  };
};

TEST(WatchedReader, KeepsTheFirstErrorOfAGet) {
  FailingReader below;
  const WatchedReader watched(below);
  EXPECT_TRUE(watched.get(kTable, {}).ok());
  EXPECT_TRUE(watched.check().ok());
  below.fails = true;
  EXPECT_FALSE(watched.get(kTable, {}).ok());
  below.fails = false;
  EXPECT_TRUE(watched.get(kTable, {}).ok());
  ASSERT_FALSE(watched.check().ok());
  EXPECT_EQ(watched.check().error().detail(), "first");
}

TEST(WatchedReader, KeepsWhatACursorMet) {
  const FailingReader below;
  const WatchedReader watched(below);
  const auto rows = watched.scan(kTable, {});
  ASSERT_TRUE(rows.ok());
  EXPECT_TRUE(watched.check().ok());
  EXPECT_FALSE((*rows)->next().ok());
  EXPECT_EQ(watched.check().error().detail(), "while scanning");
}

}  // namespace
}  // namespace icn::ledger
