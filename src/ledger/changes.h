#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "storage/tables.h"

namespace icn::ledger {

// Whether committed rows may have changed since somebody looked: versions that grow with every block that
// changes a row or table, and now and then with another one (rows share places). Never 0.
//
// Take the version first, then read: what was read is then at least as new as the version, and a version
// that is still the same means that it still holds.
// Thread: of() any; the others the writer's.
class Changes {
 public:
  Changes() { note_all(); }

  template <typename Key, typename Record, typename Codec>
  std::uint64_t of(const storage::Table<Key, Record, Codec>& table,
                   const std::type_identity_t<Key>& key) const {
    return rows_[place_of(table.schema().id, storage::key_of(key))].load(std::memory_order_acquire);
  }
  // Of any row of the table.
  template <typename Key, typename Record, typename Codec>
  std::uint64_t of(const storage::Table<Key, Record, Codec>& table) const {
    return tables_[table.schema().id % kTables].load(std::memory_order_acquire);
  }

  // What a block has changed; noted once readers see it and before anybody is told of it.
  void note(const std::vector<storage::Row>& rows);
  void note_all();

 private:
  static constexpr std::size_t kRows = 16'384;
  static constexpr std::size_t kTables = 256;
  static std::size_t place_of(std::uint16_t table, ByteView key);

  std::array<std::atomic<std::uint64_t>, kRows> rows_{};
  std::array<std::atomic<std::uint64_t>, kTables> tables_{};
};

}  // namespace icn::ledger
