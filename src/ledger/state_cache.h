#pragma once

#include <string>
#include <unordered_map>

#include "base/clock.h"
#include "ledger/tables.h"

namespace icn::ledger {

// The committed state with its hot rows in memory. Holds at most about `bytes_max`, in two generations:
// when the young one is full the old one is dropped, and what is read from the old one becomes young.
// Thread: the ledger's writer only.
class StateCache final : public Reader {
 public:
  StateCache(const Reader& store, std::size_t bytes_max) : store_(&store), bytes_max_(bytes_max) {}

  Result<std::optional<Bytes>> get(const storage::TableSchema& table, ByteView key) const override;
  Result<std::unique_ptr<storage::Cursor>> scan(const storage::TableSchema& table,
                                                const ScanRange& range) const override;

  // After the store has taken `rows`. What was never read is not kept: nobody may ever ask for it.
  void committed(const std::vector<storage::Row>& rows);
  // The store was opened anew: forgets everything.
  void reset(const Reader& store);

  // The key of the due row that comes first; none: nothing waits. Each block asks for it, and mostly it is
  // the one that it was.
  Result<std::optional<Bytes>> first_due() const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const { return std::hash<std::string_view>{}(key); }
  };
  using Generation = std::unordered_map<std::string, std::optional<Bytes>, Hash, std::equal_to<>>;

  // The one at `place_`, made young; null: it is not here.
  std::optional<Bytes>* find() const;
  void remember(std::optional<Bytes> record) const;
  void note_due(const storage::Row& row);

  const Reader* store_;
  std::size_t bytes_max_;
  mutable Generation young_;
  mutable Generation old_;
  mutable std::size_t young_bytes_ = 0;
  mutable std::string place_;  // table and key of the row at hand; a member, so that its memory is reused
  mutable bool is_first_due_known_ = false;
  mutable std::optional<Bytes> first_due_;
};

// Block time at which the next row is due; none: nothing waits.
Result<std::optional<TimestampSecs>> next_due(const StateCache& state);

}  // namespace icn::ledger
