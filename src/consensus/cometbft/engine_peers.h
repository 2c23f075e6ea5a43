#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "consensus/cometbft/rpc_client.h"

// What this node's engine knows of the other engines. Errors: engine_failed.
namespace icn::consensus {

struct EnginePeer {
  std::string id;           // 40 hex digits, of its key
  std::string name;         // it gives itself
  std::string address;      // "host:port" it is reached at, as it says; its host: as it is seen
  bool is_inbound = false;  // it dialled
};

struct EngineFacts {
  std::string id;               // of this engine
  std::uint64_t height = 0;     // newest block here
  std::uint64_t behind = 0;     // blocks that others have and this one does not, as far as is known
  bool is_catching_up = false;  // it fetches blocks and does not vote
  std::vector<EnginePeer> peers;
};

Result<EngineFacts> read_engine_facts(RpcClient& rpc);

// Whether the engine is connected to another one, or needs none: it is the only validator. An engine with a
// third of the votes says that it has caught up before it has seen anybody.
Result<bool> meets_others(RpcClient& rpc);

// The height that more than a third of `heights` reach: one honest peer at least says so. 0: there are none.
std::uint64_t agreed_height(std::vector<std::uint64_t> heights);

// Dials "id@host:port" now and again whenever the connection is lost, until the engine ends. The engine
// answers this on a socket of its own alone (engine_files.h).
Result<void> dial_engine_peers(RpcClient& rpc, const std::vector<std::string>& peers);

// "id@host:port" with an id of 40 lower case hex digits and a port of 1 to 65535.
bool is_engine_address(std::string_view text);

}  // namespace icn::consensus
