#pragma once

#include <filesystem>
#include <fstream>

#include "ledger/block.h"
#include "ledger/state_digest.h"

// Snapshots of the agreed state at checkpoints, as files: what light answers are read from, what a node that
// joins fetches, and where `icn ledger verify` may begin. One folder a checkpoint, named by its epoch.
//   manifest      Manifest as a record
//   rows-<n>      state_item* in order of table and key; a new file at 4 MiB and for each domain
//   tail-<n>      TailBlock* as byte strings: recent blocks up to the one whose header holds the root
//   tree-<domain> 32-byte nodes of its Merkle tree, level after level, the leaves first
// Equal on every node, byte for byte. Format: docs/formats/checkpoint.md.
namespace icn::ledger {

inline constexpr std::size_t kSnapshotChunkBytes = 4 << 20;  // a chunk is ended once it has as many

struct SnapshotChunk {
  codec::HexBytes hash;  // SHA-256
  std::uint64_t bytes = 0;
  std::uint16_t table = 0;  // of its first row; 0: of blocks
  Bytes first_key;
  std::uint64_t first_row = 0;  // number of its first row within the domain
  static constexpr auto fields() {
    using codec::field;
    return described(field("hash", &SnapshotChunk::hash), field("bytes", &SnapshotChunk::bytes),
                     field("table", &SnapshotChunk::table), field("first_key", &SnapshotChunk::first_key),
                     field("first_row", &SnapshotChunk::first_row));
  }
};

struct Manifest {
  CheckpointSummary summary;
  std::vector<SnapshotChunk> tail;  // empty until the header with the root is there
  std::vector<SnapshotChunk> rows;
  static constexpr auto fields() {
    using codec::field;
    return described(field("summary", &Manifest::summary), field("tail", &Manifest::tail),
                     field("rows", &Manifest::rows));
  }
};

// A block as a snapshot carries it: up to the checkpoint the ids of its transactions (until they expire the
// ledger must know them), after it the transactions themselves, to be executed.
struct TailBlock {
  BlockHeader header;
  std::vector<codec::HexBytes> ids;
  std::vector<StoredTransaction> transactions;
  std::vector<Misconduct> misconduct;  // of blocks to be executed
  static constexpr auto fields() {
    using codec::field;
    return described(field("header", &TailBlock::header), field("ids", &TailBlock::ids),
                     field("transactions", &TailBlock::transactions),
                     field("misconduct", &TailBlock::misconduct));
  }
};

// The id of a stored transaction.
crypto::Hash stored_id(const StoredTransaction& transaction);

std::string chunk_name(bool is_tail, std::size_t number);

// Writes rows and trees of one snapshot into `<folder>/<epoch>.partial`. Errors: input_output-like internals
// with path and reason; the caller goes on without files then.
class SnapshotWriter {
 public:
  static Result<SnapshotWriter> begin(const std::string& folder, std::uint64_t epoch);

  Result<void> row(std::uint16_t table, ByteView key, ByteView item, const crypto::Hash& hash);
  // Makes everything durable under its name, without a tail.
  Result<Manifest> finish(const CheckpointSummary& summary);

 private:
  SnapshotWriter() = default;
  Result<void> end_chunk();

  std::filesystem::path folder_;
  std::uint64_t epoch_ = 0;
  Manifest manifest_;
  Bytes chunk_;
  std::array<std::ofstream, kCheckpointDomains.size()> trees_;
  std::array<std::uint64_t, kCheckpointDomains.size()> rows_{};
};

// Adds the tail to a snapshot that has none. `store` holds the block whose header names the root. Not
// `is_for_joiners`: without the blocks before the checkpoint.
Result<void> write_tail(const std::string& folder, std::uint64_t epoch, bool is_for_joiners,
                        const Reader& store);

// The same for a tail that was received.
Result<void> write_tail_chunks(const std::string& folder, const Manifest& manifest,
                               const std::vector<Bytes>& tail);

Result<Manifest> read_manifest(const std::string& folder, std::uint64_t epoch);
// The chunk's bytes. internal: missing or not what the manifest says.
Result<Bytes> read_chunk(const std::string& folder, std::uint64_t epoch, const std::string& name,
                         const SnapshotChunk& chunk);
// Epochs that have a manifest, ascending.
std::vector<std::uint64_t> snapshot_epochs(const std::string& folder);
// Removes all snapshots but the newest `kept`, and what was left half done before the newest of them.
void remove_old_snapshots(const std::string& folder, std::size_t kept);

// A row of a snapshot and the way to the root of its domain. None: there is no such row.
struct RowProof {
  std::uint64_t index = 0;
  Bytes record;
  std::vector<crypto::Hash> path;
};
Result<std::optional<RowProof>> prove_row(const std::string& folder, const Manifest& manifest,
                                          std::uint16_t table, ByteView key);

}  // namespace icn::ledger
