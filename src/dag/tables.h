#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/mana.h"
#include "dag/block.h"
#include "ledger/view.h"

// Tables 230 to 249: what a node keeps by itself, outside the agreed state. A key "cid" is the binary CID,
// always of version 1. Format: docs/formats/dag.md.
namespace icn::dag {

// The record of a row whose key says all.
struct NoFields {};

}  // namespace icn::dag

// An empty CBOR array.
template <>
struct icn::storage::RecordCodec<icn::dag::NoFields> {
  static Bytes encode(const dag::NoFields&) { return {0x80}; }
  static Result<dag::NoFields> decode(ByteView bytes) {
    if (bytes.size() == 1 && bytes.front() == 0x80) return dag::NoFields{};
    return Error(kCorrupt, "a row without fields holds some");
  }
};

namespace icn::dag {

using ledger::Table;

inline Bytes block_key(const Cid& cid) { return to_bytes(cid.bytes()); }

// Key (cid of the child, cid of the parent): which held block links to it.
using ReferenceKey = std::tuple<Bytes, Bytes>;

// Key (cid, did): who may read a private block beside its author.
using ReaderKey = std::tuple<Bytes, Did>;

struct Pin {
  Cid cid;
  Did owner;
  bool recursive = true;
  std::optional<TimestampSecs> expires_at;
  std::string reason;
  TimestampSecs created_at = 0;
  static constexpr auto fields() {
    using codec::field;
    return described(field("cid", &Pin::cid), field("owner", &Pin::owner),
                     field("recursive", &Pin::recursive, "all below it is kept too"),
                     field("expires_at", &Pin::expires_at, "Unix seconds; absent: never"),
                     field("reason", &Pin::reason, "why", {0, 200}),
                     field("created_at", &Pin::created_at, "Unix seconds"));
  }
  bool operator==(const Pin&) const = default;
};
using PinKey = std::tuple<Bytes, Did>;  // (cid, owner)

inline std::optional<Bytes> pin_owner_index(const Pin& pin) {
  return ledger::key_of(pin.owner, ledger::Descending{pin.created_at}, block_key(pin.cid));
}
inline std::optional<Bytes> pin_expiry_index(const Pin& pin) {
  if (!pin.expires_at) return std::nullopt;
  return ledger::key_of(*pin.expires_at, block_key(pin.cid), pin.owner);
}

// Blocks that become visible together: a file or an archive. Key: its number.
struct Upload {
  bool is_committed = false;
  BlockMeta meta;  // of each block but for its size
  Did reader;      // who may read it beside the author; empty: nobody
  static constexpr auto fields() {
    using codec::field;
    return described(field("is_committed", &Upload::is_committed), field("meta", &Upload::meta),
                     field("reader", &Upload::reader));
  }
};

// A block of an upload that has no record of its own yet. Key (cid, number of the upload).
struct StagedBlock {
  Bytes cid;
  std::uint64_t upload = 0;
  std::uint64_t size = 0;
  static constexpr auto fields() {
    using codec::field;
    return described(field("cid", &StagedBlock::cid), field("upload", &StagedBlock::upload),
                     field("size", &StagedBlock::size));
  }
};
using StagedKey = std::tuple<Bytes, std::uint64_t>;

inline std::optional<Bytes> staged_upload_index(const StagedBlock& staged) {
  return ledger::key_of(staged.upload, staged.cid);
}

// One row, key "state".
struct Totals {
  std::uint64_t blocks = 0;
  std::uint64_t bytes = 0;
  std::uint64_t pins = 0;
  std::uint64_t next_log = 1;  // key of the next row of kTreeLog
  static constexpr auto fields() {
    using codec::field;
    return described(field("blocks", &Totals::blocks), field("bytes", &Totals::bytes),
                     field("pins", &Totals::pins), field("next_log", &Totals::next_log));
  }
  bool operator==(const Totals&) const = default;
};

// What one group of writes did to the set of CIDs held and the tree does not know yet.
struct TreeLog {
  std::vector<Bytes> added;
  std::vector<Bytes> removed;
  static constexpr auto fields() {
    return described(codec::field("added", &TreeLog::added), codec::field("removed", &TreeLog::removed));
  }
};

// A node of the tree over the CIDs held (merkle_tree.h). Key: its nibbles, one a byte.
struct TreeNode {
  std::vector<Bytes> keys;            // of a leaf, sorted
  std::vector<Bytes> hashes;          // of an inner node: 16
  std::vector<std::uint64_t> counts;  // of an inner node: 16
  static constexpr auto fields() {
    using codec::field;
    return described(field("keys", &TreeNode::keys), field("hashes", &TreeNode::hashes),
                     field("counts", &TreeNode::counts));
  }
};

// Fees that an account owes for block writes and was not charged yet. Key: did.
struct Owed {
  Millimana amount;
  std::uint64_t blocks = 0;
  std::uint64_t bytes = 0;
  static constexpr auto fields() {
    using codec::field;
    return described(field("amount", &Owed::amount), field("blocks", &Owed::blocks),
                     field("bytes", &Owed::bytes));
  }
  bool operator==(const Owed&) const = default;
};

// A charge that was signed and whose outcome is not known yet. Key: the id of its transaction.
struct OpenCharge {
  std::string transaction;  // signed, as JSON
  static constexpr auto fields() { return described(codec::field("transaction", &OpenCharge::transaction)); }
};

// That a block waits for a transaction to name it (awaited.h). Key: cid.
struct Awaited {
  Bytes transaction;          // its hash
  TimestampSecs expires = 0;  // no block of the ledger can hold it later
  static constexpr auto fields() {
    using codec::field;
    return described(field("transaction", &Awaited::transaction), field("expires", &Awaited::expires));
  }
};

// Key: cid. The record is the block itself. No index: who looks for a block knows its key, and an entry more
// costs a fifth of a put.
inline const storage::TableSchema kBlocks{230, "dag_blocks", {}};
inline const Table<Bytes, BlockMeta> kBlockMeta{231, "dag_block_meta"};
inline const Table<ReferenceKey, NoFields> kReferences{232, "dag_references"};
inline const Table<PinKey, Pin> kPins{
    233, "dag_pins", {{"idx_dag_pins_owner", &pin_owner_index}, {"idx_dag_pins_expires", &pin_expiry_index}}};
inline const Table<ReaderKey, NoFields> kReaders{234, "dag_readers"};
inline const Table<std::uint64_t, Upload> kUploads{235, "dag_uploads"};
inline const Table<StagedKey, StagedBlock> kStaged{
    236, "dag_staged", {{"idx_dag_staged_upload", &staged_upload_index}}};
inline const Table<std::string, Totals> kTotals{237, "dag_totals"};
inline const Table<std::uint64_t, TreeLog> kTreeLog{238, "dag_tree_log"};
inline const Table<Bytes, TreeNode> kTree{239, "dag_tree"};
inline const Table<Did, Owed> kOwed{240, "dag_owed"};
inline const Table<std::string, OpenCharge> kCharges{241, "dag_charges"};
inline const Table<Bytes, Awaited> kAwaited{242, "dag_awaited"};

inline const std::string kTotalsKey = "state";

inline std::vector<storage::TableSchema> tables() {
  storage::TableSet set(kBlockMeta, kReferences, kPins, kReaders, kUploads, kStaged, kTotals, kTreeLog, kTree,
                        kOwed, kCharges, kAwaited);
  set.add(kBlocks);
  return set.schemas();
}

}  // namespace icn::dag
