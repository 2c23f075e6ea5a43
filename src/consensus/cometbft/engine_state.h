#pragma once

#include "ledger/tables.h"

// What a node notes about the engine that orders its blocks. Outside the agreed state: an engine's block that
// changes nothing is no block of ours (docs/formats/federation.md).
namespace icn::consensus {

// One row, key "engine". Written in the batch of the block it belongs to.
struct EngineNote {
  std::string chain;          // the engine's chain id
  std::uint64_t height = 0;   // newest engine block that was committed here
  std::uint64_t time_ms = 0;  // its time
  // By which a follower knows the next one; absent: it was fetched as a state, or by an older version.
  std::optional<codec::HexBytes> hash = {};
  std::optional<codec::HexBytes> next_validators_hash = {};
  static constexpr auto fields() {
    return described(codec::field("chain", &EngineNote::chain), codec::field("height", &EngineNote::height),
                     codec::field("time_ms", &EngineNote::time_ms), codec::field("hash", &EngineNote::hash),
                     codec::field("next_validators_hash", &EngineNote::next_validators_hash));
  }
};

// Key: our height. Which engine block became that block.
struct EngineBlock {
  std::uint64_t height = 0;
  static constexpr auto fields() { return described(codec::field("height", &EngineBlock::height)); }
};

inline const std::string kEngineKey = "engine";
inline const ledger::Table<std::string, EngineNote> kEngineNote{210, "ledger_engine"};
inline const ledger::Table<std::uint64_t, EngineBlock> kEngineBlocks{211, "ledger_engine_blocks"};

std::vector<storage::TableSchema> cometbft_tables();

}  // namespace icn::consensus
