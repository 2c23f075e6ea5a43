#pragma once

#include <memory>
#include <string>
#include <vector>

#include "backup/copier.h"
#include "backup/entry.h"
#include "node/stores.h"

namespace icn::node {

// Gives the rows of a backup to the stores they are of, which become equal to it; its files are passed over.
// The stores outlive it. Thread: one at a time.
class RowTaker {
 public:
  void add(const KeptStore& kept, storage::Store& store);
  // The rows of this one go nowhere.
  void pass_over(const std::string& store) { copiers_.emplace_back(store, nullptr); }

  // backup_damaged, backup_newer (a store it was not told of), what the stores say.
  Result<void> take(backup::Entry& entry);
  // Of all stores; after the end of the backup was taken.
  const backup::CopyCounts& counts() const { return counts_; }
  const backup::End& end() const { return end_; }

 private:
  const backup::Indexers indexers_ = all_indexers();
  std::vector<std::pair<std::string, std::unique_ptr<backup::Copier>>> copiers_;
  backup::CopyCounts counts_;
  backup::End end_;
};

}  // namespace icn::node
