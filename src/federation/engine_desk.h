#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "base/clock.h"
#include "consensus/cometbft/engine_peers.h"

namespace icn::federation {

struct EngineDeskParts {
  const Clock& clock;
  std::optional<std::string> rpc;  // address of the engine's own socket; none: this node is alone
  bool can_dial = false;           // whether the engine takes the order to dial
  bool is_elsewhere = false;       // the engines are those of validators, which this node reads from
  // Peers that the engine dials at its start: settings, and those added. "node id@host:port".
  std::function<std::vector<std::string>()> peers;
  // Makes it durable that the engine dials it from its next start on.
  std::function<Result<void>(const std::string& peer)> keep_peer;
};

// Asks this node's engine on a thread of its own, one after the other, so that an engine that does not answer
// holds up nobody else. Thread: any; what is given is called on the desk's thread, or at once when refused.
class EngineDesk {
 public:
  template <typename T>
  using Done = std::function<void(const Result<T>&)>;
  static constexpr std::uint64_t kKeptMs = 500;  // facts are asked for no oftener

  explicit EngineDesk(EngineDeskParts parts);
  ~EngineDesk();  // stop()

  std::vector<std::string> known_peers() const { return parts_.peers(); }

  // Of a node that is alone: nothing, at height 0.   engine_failed; unavailable: stopping, too many ask, or
  // the engine is elsewhere, as for the next two
  void facts(Done<consensus::EngineFacts> done);
  // Keeps the peer, has the engine dial it and waits up to 3 s for the connection: the facts after that.
  void add_peer(std::string peer, Done<consensus::EngineFacts> done);
  // Has the engine dial all known peers it is not connected to: the facts before that.
  void meet_peers(Done<consensus::EngineFacts> done);
  void stop();

 private:
  using Work = std::function<void()>;
  bool push(Work work);
  void run();
  Result<consensus::EngineFacts> read();  // the desk's thread, as the next
  Result<void> check_own() const;
  Result<consensus::EngineFacts> read_fresh();
  Result<consensus::EngineFacts> dial_and_wait(const std::string& peer);

  EngineDeskParts parts_;
  std::optional<consensus::RpcClient> rpc_;
  std::optional<consensus::EngineFacts> newest_;
  std::uint64_t read_ms_ = 0;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::deque<Work> work_;
  std::thread thread_;
};

}  // namespace icn::federation
