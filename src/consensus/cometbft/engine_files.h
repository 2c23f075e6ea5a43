#pragma once

#include <string>
#include <vector>

#include "crypto/ed25519.h"

namespace icn::consensus {

// What the engine's folder is made from.
struct EngineSettings {
  std::string home;                // folder of the engine
  std::string name;                // for people
  std::string genesis;             // text of the network's genesis file
  std::string application;         // address of the ABCI socket
  std::string rpc;                 // address of its RPC
  std::string signer;              // where it waits for who keeps the validator's key
  std::string listen;              // "127.0.0.1:26656", for other engines
  std::string external;            // the same as others reach it; empty: they are told `listen`
  std::vector<std::string> peers;  // "node id@host:port"
  std::string rpc_listen;          // "127.0.0.1:26657", its RPC for others; empty: none, and `rpc` takes
                                   // orders to dial
  std::vector<std::string>
      state_sync_servers;               // RPC of nodes that vouch for a snapshot; empty: no state sync
  std::uint64_t state_sync_height = 0;  // a header that is trusted
  std::string state_sync_hash;          // its hash, hex
  std::uint64_t state_sync_period_secs = 604'800;
  std::size_t pool_transactions_max = 20'000;
  std::size_t peers_max = 40;  // that dial this one
  std::size_t dials_max = 4;   // that it dials, `peers` counted; these are dialled even if they are more
  std::uint64_t empty_block_interval_ms = 10'000;
};

// Writes the engine's folder (0700) and files (0600). The validator's key is not among them: the engine asks
// for signatures at `signer`. wrong_genesis: the folder was made for another genesis.
Result<void> write_engine_files(const EngineSettings& settings, const crypto::SecretKey& node_key);

// Before each start of the engine: removes what its first start had only begun to make when it was killed,
// with which it would never start again. That holds nothing yet: a key that signs nothing, databases without
// an entry point (goleveldb refuses those that have a manifest but no CURRENT).
Result<void> drop_half_made(const std::string& home);

std::string engine_config(const EngineSettings& settings);

}  // namespace icn::consensus
