#include "storage/held_store.h"

#include <chrono>
#include <thread>

#include "base/errors.h"

namespace icn::storage {
namespace {

constexpr auto kPatience = std::chrono::seconds(10);

class HeldSnapshot final : public Reader {
 public:
  explicit HeldSnapshot(std::shared_ptr<Store> store)
      : store_(std::move(store)), snapshot_(store_->snapshot()) {}

  Result<std::optional<Bytes>> get(const TableSchema& table, ByteView key) const override {
    return snapshot_->get(table, key);
  }
  Result<std::vector<std::optional<Bytes>>> get_several(const TableSchema& table,
                                                        const std::vector<ByteView>& keys) const override {
    return snapshot_->get_several(table, keys);
  }
  Result<std::unique_ptr<Cursor>> scan(const TableSchema& table, const ScanRange& range) const override {
    return snapshot_->scan(table, range);
  }

 private:
  std::shared_ptr<Store> store_;
  std::unique_ptr<Reader> snapshot_;
};

}  // namespace

std::unique_ptr<Reader> held_snapshot(std::shared_ptr<Store> store) {
  return std::make_unique<HeldSnapshot>(std::move(store));
}

Result<void> wait_for_readers(const std::weak_ptr<Store>& store) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!store.expired()) {
    if (std::chrono::steady_clock::now() > deadline)
      return Error(errors::kUnavailable, "readers hold the store open; it cannot be opened again");
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return {};
}

}  // namespace icn::storage
