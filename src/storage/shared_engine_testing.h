#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "storage/store.h"

namespace icn::storage::testing {

// Opens the stores of an engine that outlives it, as what lies on a disk outlives a node.
class SharedEngine final : public Engine {
 public:
  explicit SharedEngine(std::shared_ptr<Engine> shared) : shared_(std::move(shared)) {}
  Result<std::unique_ptr<Store>> open(const std::vector<TableSchema>& tables) override {
    return shared_->open(tables);
  }

 private:
  std::shared_ptr<Engine> shared_;
};

}  // namespace icn::storage::testing
