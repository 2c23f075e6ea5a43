#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ledger/block_executor.h"
#include "ledger/snapshot_files.h"

// A ledger from the snapshot of a checkpoint, as others send it: nothing of it is believed before it agrees
// with one header that is trusted, the one whose checkpoint_root it must have.
namespace icn::ledger {

// A row here, key "restoring", says that the store is half made: whoever opens it begins anew.
struct Restoring {
  std::uint64_t height = 0;  // of the checkpoint
  static constexpr auto fields() { return described(codec::field("height", &Restoring::height)); }
};
inline const Table<std::string, Restoring> kRestoring{206, "ledger_restoring"};
inline const std::string kRestoringKey = "restoring";

// Puts the rows of a snapshot into `store`, which has no row of the agreed state. malformed: they have not
// the roots of the manifest's summary; the detail names the first domain that differs.
Result<void> load_rows(const std::string& folder, const Manifest& manifest, const Rules& rules,
                       const std::vector<storage::TableSchema>& tables, storage::Store& store);

// Removes every row of every table.
Result<void> wipe(const Rules& rules, const std::vector<storage::TableSchema>& tables, storage::Store& store);

// A snapshot that was received whole and agrees with the trusted header.
struct ReceivedSnapshot {
  std::string folder;
  Manifest manifest;
  std::vector<TailBlock> tail;
  Head head;  // the newest block
};

// Receives a snapshot chunk by chunk: the tail's first, then the rows'. Writes it into `folder` as a snapshot
// of this node's own. Thread: one at a time.
class SnapshotReceiver {
 public:
  // `trusted` is the hash of the header that must name the root. malformed: no manifest, or one that cannot
  // be right.
  static Result<SnapshotReceiver> begin(std::string folder, ByteView manifest, std::size_t chunks,
                                        const crypto::Hash& trusted);

  // True: that was the last one, and all is confirmed. wrong_chunk: its bytes are not those that the manifest
  // names; another sender may have them. snapshot_differs: the snapshot is not what the trusted header says.
  Result<bool> add(std::size_t index, ByteView chunk);
  const ReceivedSnapshot& snapshot() const { return received_; }

 private:
  explicit SnapshotReceiver(SnapshotWriter writer) : writer_(std::move(writer)) {}
  Result<void> check_tail();
  Result<void> add_rows(ByteView chunk);
  Result<void> finish();

  SnapshotWriter writer_;
  StateDigest digest_;
  ReceivedSnapshot received_;
  crypto::Hash trusted_{};
  std::vector<Bytes> tail_chunks_;
  std::size_t next_ = 0;
};

// Makes the store hold that ledger, block 0 as it is there and `extra` rows with it; nothing else is left. A
// crash on the way leaves kRestoring behind. snapshot_differs: its last blocks do not lead to the trusted
// one.
Result<void> restore_ledger(const ReceivedSnapshot& snapshot, const Rules& rules,
                            const std::vector<storage::TableSchema>& tables,
                            const std::vector<storage::Row>& extra, storage::Store& store);

}  // namespace icn::ledger
