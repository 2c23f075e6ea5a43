#pragma once

#include <functional>

#include "ledger/block.h"
#include "ledger/checkpoint.h"
#include "ledger/merkle.h"
#include "ledger/rules.h"

namespace icn::ledger {

// The tables of the agreed state, by id.
std::vector<const storage::TableSchema*> agreed_tables(const std::vector<storage::TableSchema>& tables);

// A row of the agreed state as its leaf is hashed and as snapshots hold it: DAG-CBOR [table, key, record].
Bytes state_item(std::uint16_t table, ByteView key, ByteView record);

struct StateItem {
  std::uint16_t table = 0;
  ByteView key;     // into the bytes that were read
  ByteView record;  // the same
};
// Takes one item off the front of `bytes`. malformed: something else stands there.
Result<StateItem> take_state_item(ByteView& bytes);

// A DAG-CBOR byte string off the front of `bytes`.
Result<ByteView> take_cbor_bytes(ByteView& bytes);

// The roots of the domains of rows that come in order of table and key.
class StateDigest {
 public:
  // malformed: not after the row before, or of no table of the agreed state.
  Result<void> add(std::uint16_t table, ByteView key, const crypto::Hash& item_hash);
  std::vector<DomainRoot> finish() const;

 private:
  std::array<MerkleStream, kCheckpointDomains.size()> streams_;
  std::uint16_t last_table_ = 0;
  Bytes last_key_;
};

// Sees each row of the state; an error ends the scan and is returned.
using SeeRow =
    std::function<Result<void>(std::uint16_t table, ByteView key, ByteView item, const crypto::Hash& hash)>;

// The summary of the checkpoint that `state` has pending; `header` is the header of its block.
Result<CheckpointSummary> summarise(const Rules& rules, const Reader& state,
                                    const std::vector<storage::TableSchema>& tables,
                                    const BlockHeader& header, const SeeRow& see);

}  // namespace icn::ledger
