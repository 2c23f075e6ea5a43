#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "dag/tables.h"

namespace icn::dag {

// The store with the rows that every write reads again in memory: what accounts owe, and the totals. To find
// the newest of the many versions of such a row costs the store as much as to write a block. The group writer
// alone changes them and tells of it once a change is durable. Thread: any.
class HotRows final : public ledger::Reader {
 public:
  static constexpr std::size_t kRowsMax = 10'000;  // all go when there are more

  explicit HotRows(const ledger::Reader& store) : store_(store) {}

  Result<std::optional<Bytes>> get(const storage::TableSchema& table, ByteView key) const override;
  Result<std::unique_ptr<storage::Cursor>> scan(const storage::TableSchema& table,
                                                const ledger::ScanRange& range) const override {
    return store_.scan(table, range);
  }

  void committed(const std::vector<storage::Row>& rows);
  // What the store holds is not known.
  void clear();

 private:
  using ByKey = std::unordered_map<std::string, std::optional<Bytes>>;
  ByKey* rows_of(const storage::TableSchema& table) const;  // null: a table that is not kept

  const ledger::Reader& store_;
  mutable std::mutex mutex_;
  mutable ByKey owed_;
  mutable ByKey totals_;
  std::uint64_t changes_ = 0;  // what was read from the store before the newest of them is not kept
};

}  // namespace icn::dag
