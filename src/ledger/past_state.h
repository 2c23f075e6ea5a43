#pragma once

#include <map>
#include <memory>

#include "ledger/tables.h"

// The state as it was after an earlier block, while it is still needed: blocks that follow keep the rows they
// change as they were. It survives a crash: the old rows are part of the batch of the block that changes
// them.
namespace icn::ledger {

// A row of the agreed state before the first block after `height` that changed it. Key (height, table,
// SHA-256 of the key).
struct OldRow {
  Bytes key;
  std::optional<Bytes> record;  // none: there was no row
  static constexpr auto fields() {
    return described(codec::field("key", &OldRow::key), codec::field("record", &OldRow::record));
  }
};
using OldRowKey = std::tuple<std::uint64_t, std::uint16_t, Bytes>;
inline const Table<OldRowKey, OldRow> kOldRows{204, "ledger_old_rows"};

// What a batch of `rows` must also write so that the state after `height` stays readable. `store` is as it
// was before the batch.
Result<std::vector<storage::Row>> old_rows(const Reader& store, std::uint64_t height,
                                           const std::vector<storage::Row>& rows);

// Rows that erase all of them up to `height`.
Result<std::vector<storage::Row>> erase_old_rows(const Reader& store, std::uint64_t height);

// The agreed state after block `height`, read from a snapshot of any later moment until erase_old_rows().
// Scans whole tables forwards by key; no indexes (asserted). Thread: one at a time.
class PastState final : public Reader {
 public:
  static Result<std::unique_ptr<PastState>> open(std::shared_ptr<const Reader> snapshot,
                                                 std::uint64_t height);

  Result<std::optional<Bytes>> get(const storage::TableSchema& table, ByteView key) const override;
  Result<std::unique_ptr<storage::Cursor>> scan(const storage::TableSchema& table,
                                                const ScanRange& range) const override;

  using Old = std::map<Bytes, std::optional<Bytes>, BytesLess>;

 private:
  explicit PastState(std::shared_ptr<const Reader> snapshot) : snapshot_(std::move(snapshot)) {}

  std::shared_ptr<const Reader> snapshot_;
  std::map<std::uint16_t, Old> old_;
};

}  // namespace icn::ledger
