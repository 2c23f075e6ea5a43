#pragma once

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/hash.h"
#include "ledger/context.h"
#include "ledger/view.h"

// Checkpoints: now and then a Merkle root over the whole agreed state, put into the header 20 heights later,
// so that nodes have time to compute it off the write path. Format: docs/formats/checkpoint.md.
namespace icn::ledger {

inline constexpr std::uint64_t kCheckpointDelay = 20;     // heights from a checkpoint to its header
inline constexpr std::uint64_t kCheckpointsKept = 1'000;  // the newest epochs
inline constexpr std::string_view kCheckpointDue = "ledger.checkpoint";
inline constexpr std::string_view kCheckpointStep = "ledger.checkpoint_step";

// Tables `first` to `last` of the agreed state, under one root.
struct CheckpointDomain {
  std::string_view name;
  std::uint16_t first;
  std::uint16_t last;
};
inline constexpr std::array<CheckpointDomain, 7> kCheckpointDomains{{{"ledger", 1, 19},
                                                                     {"membership", 20, 39},
                                                                     {"economic", 40, 59},
                                                                     {"jobs", 60, 79},
                                                                     {"dag", 80, 99},
                                                                     {"federation", 100, 119},
                                                                     {"governance", 120, 199}}};
// Index into kCheckpointDomains; the table is of the agreed state.
std::size_t checkpoint_domain_of(std::uint16_t table);

// One row, key "checkpoint": where the making of checkpoints stands.
struct CheckpointClock {
  std::uint64_t epoch = 0;           // of the newest checkpoint; 0: none yet
  std::uint64_t pending_height = 0;  // of the one whose header has not come yet; 0: none
  std::uint64_t begun_secs = 0;      // running time of the newest one's block
  bool is_planned = false;           // a due row waits for the next one
  static constexpr auto fields() {
    using codec::field;
    return described(
        field("epoch", &CheckpointClock::epoch), field("pending_height", &CheckpointClock::pending_height),
        field("begun_secs", &CheckpointClock::begun_secs), field("is_planned", &CheckpointClock::is_planned));
  }
};

// A checkpoint whose root stands in a header. Key: its epoch.
struct Checkpoint {
  std::uint64_t epoch = 0;
  std::uint64_t height = 0;         // the state after this block
  std::uint64_t header_height = 0;  // whose header holds the root
  codec::HexBytes root;
  static constexpr auto fields() {
    using codec::field;
    return described(field("epoch", &Checkpoint::epoch), field("height", &Checkpoint::height),
                     field("header_height", &Checkpoint::header_height), field("root", &Checkpoint::root));
  }
};

struct DomainRoot {
  std::string name;
  codec::HexBytes root;  // Merkle root over the rows of its tables
  std::uint64_t rows = 0;
  static constexpr auto fields() {
    using codec::field;
    return described(field("name", &DomainRoot::name), field("root", &DomainRoot::root),
                     field("rows", &DomainRoot::rows));
  }
  bool operator==(const DomainRoot&) const = default;
};

// What a root is the hash of.
struct CheckpointSummary {
  std::string network;
  std::uint64_t epoch = 0;
  std::uint64_t height = 0;
  TimestampSecs time = 0;           // of the block at `height`
  codec::HexBytes header;           // hash of that block's header
  codec::HexBytes previous;         // root of the epoch before; of zeros for the first
  std::vector<DomainRoot> domains;  // all, in order of their tables
  Millimana total;                  // balances, of them locked, and ever burned
  Millimana locked;
  Millimana burned;
  static constexpr auto fields() {
    using codec::field;
    return described(
        field("network", &CheckpointSummary::network), field("epoch", &CheckpointSummary::epoch),
        field("height", &CheckpointSummary::height), field("time", &CheckpointSummary::time),
        field("header", &CheckpointSummary::header), field("previous", &CheckpointSummary::previous),
        field("domains", &CheckpointSummary::domains),
        field("total", &CheckpointSummary::total, "mana of all accounts as they were last written"),
        field("locked", &CheckpointSummary::locked, "of it locked"),
        field("burned", &CheckpointSummary::burned, "ever burned"));
  }
  bool operator==(const CheckpointSummary&) const = default;
};

// SHA-256 of "icn:checkpoint:v1" 0x00 and the summary as a DAG-CBOR block.
crypto::Hash checkpoint_root(const CheckpointSummary& summary);

// What the economy counts for the summary.
struct EconomicTotals {
  Millimana total;
  Millimana locked;
  Millimana burned;
};

inline const Table<std::string, CheckpointClock> kCheckpointClock{6, "ledger_checkpoint_clock"};
inline const Table<std::uint64_t, Checkpoint> kCheckpoints{7, "ledger_checkpoints"};
inline const std::string kCheckpointKey = "checkpoint";

// Outside the agreed state. Key: the epoch.
inline const Table<std::uint64_t, CheckpointSummary> kCheckpointSummaries{203, "ledger_checkpoint_summaries"};

// The root of the checkpoint at a height, for a block that must carry it: waits until it is computed.
using CheckpointRoots = std::function<Result<crypto::Hash>(std::uint64_t height)>;

Result<CheckpointClock> load_checkpoint_clock(const Reader& state);

// Makes the block at hand a checkpoint. conflict: the one before has no header yet.
Result<CheckpointClock> begin_checkpoint(View& view, const BlockContext& block);

// What a due row of these two kinds does.
Result<void> run_checkpoint_due(View& view, const BlockContext& block);
Result<void> run_checkpoint_step(View& view, const BlockContext& block);

// At the end of a block that is not genesis: plans the next checkpoint if the block changed anything, and
// when this is the block whose header names a root, records it and answers it. Errors of `roots`.
Result<std::optional<crypto::Hash>> end_checkpoint_block(View& view, const BlockContext& block,
                                                         std::uint64_t genesis_secs, bool has_changes,
                                                         const CheckpointRoots& roots);

}  // namespace icn::ledger
