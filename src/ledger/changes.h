#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "http/answer_version.h"
#include "storage/tables.h"

namespace icn::ledger {

// Whether committed rows may have changed since somebody looked: versions that grow with every block that
// changes a row or table, and now and then with another one (rows share places). Never 0.
//
// Take the version first, then read: what was read is then at least as new as the version, and a version
// that is still the same means that it still holds.
//
// Of shared tables other nodes are told the places that a block has changed, so that they may keep answers
// too. Thread: of() and answer() any; the others the writer's, or of whoever follows it.
class Changes {
 public:
  Changes() { note_all(0); }

  // Whose answers nodes may share. Once, before anybody asks.
  void share(std::vector<std::uint16_t> tables) { shared_tables_ = std::move(tables); }

  template <typename Key, typename Record, typename Codec>
  std::uint64_t of(const storage::Table<Key, Record, Codec>& table,
                   const std::type_identity_t<Key>& key) const {
    return rows_[row_place(table.schema().id, storage::key_of(key))].load(std::memory_order_acquire);
  }
  // Of any row of the table.
  template <typename Key, typename Record, typename Codec>
  std::uint64_t of(const storage::Table<Key, Record, Codec>& table) const {
    return tables_[table.schema().id % kTables].load(std::memory_order_acquire);
  }

  // The same for an answer of which nodes are told; kept for `seconds_max` at most (0: no bound).
  template <typename Key, typename Record, typename Codec>
  http::AnswerVersion answer(const storage::Table<Key, Record, Codec>& table,
                             const std::type_identity_t<Key>& key, std::uint32_t seconds_max) const {
    const std::size_t place = row_place(table.schema().id, storage::key_of(key));
    return answer_of(rows_[place], table.schema().id, place + 1, seconds_max);
  }
  template <typename Key, typename Record, typename Codec>
  http::AnswerVersion answer(const storage::Table<Key, Record, Codec>& table,
                             std::uint32_t seconds_max) const {
    const std::size_t place = table.schema().id % kTables;
    return answer_of(tables_[place], table.schema().id, kRows + place + 1, seconds_max);
  }

  // What the block `height` has changed; noted once readers see it and before anybody is told of it.
  void note(const std::vector<storage::Row>& rows, std::uint64_t height);
  // Everything may be another one now, also what had been read at this height.
  void note_all(std::uint64_t height);

  // The places of these tables that the rows change, each once, in order.
  static std::vector<std::uint64_t> places_of(const std::vector<std::uint16_t>& tables,
                                              const std::vector<storage::Row>& rows);
  const std::vector<std::uint16_t>& shared_tables() const { return shared_tables_; }
  // Notes places that another node has named.
  void note_places(const std::vector<std::uint64_t>& places, std::uint64_t height);
  // Whether two programs give rows the same places: they do when this is the same.
  static std::uint64_t scheme();

 private:
  static constexpr std::size_t kRows = 16'384;
  static constexpr std::size_t kTables = 256;
  static constexpr int kHeightBits = 40;
  static std::size_t row_place(std::uint16_t table, ByteView key);
  std::uint64_t tag(std::uint64_t height) const { return epoch_ << kHeightBits | height; }
  http::AnswerVersion answer_of(const std::atomic<std::uint64_t>& version, std::uint16_t table,
                                std::uint64_t place, std::uint32_t seconds_max) const;

  // A version: how often all was noted, then the height.
  std::array<std::atomic<std::uint64_t>, kRows> rows_{};
  std::array<std::atomic<std::uint64_t>, kTables> tables_{};
  std::uint64_t epoch_ = 0;
  std::atomic<std::uint64_t> height_{0};
  std::vector<std::uint16_t> shared_tables_;
};

}  // namespace icn::ledger
