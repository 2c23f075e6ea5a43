#pragma once

#include <map>
#include <mutex>
#include <string>

#include "base/log.h"
#include "dag/block_store.h"
#include "network/block_exchange.h"

namespace icn::network {

struct ContentKeeperOptions {
  Did owner;  // of the pins: this node
  std::string reason = "named by a record of the ledger";
  std::size_t parallel = 8;
  std::size_t waiting_max = 10'000;
  std::uint64_t timeout_ms = 10'000;   // of each block
  std::uint64_t pause_ms_min = 1'000;  // after the first failure; each further one doubles it
  std::uint64_t pause_ms_max = 600'000;
  // Of one CID and all it links to. What is larger is kept without what it links to.
  std::size_t blocks_max = 64;
  std::uint64_t bytes_max = std::uint64_t{4} << 20;
  std::uint64_t hour_bytes_max = std::uint64_t{256} << 20;  // of everything together
};

// Sees to it that public content which records name lies at this node, pinned. What is missing is asked of
// peers, a few at a time; what nobody had is asked for again after growing pauses, and at once when there are
// more peers than before, what was asked for least coming first. Anybody can have anything named: so much
// counts against the hour as may have come, and past that everything waits. A block that this node holds as a
// private one is left alone.
// Outlives what the network and the blocks' writer still have to answer. Thread: any; waits for nothing, but
// want() and tick() read the store: not on an io thread.
class ContentKeeper {
 public:
  ContentKeeper(Network& network, BlockExchange& exchange, dag::BlockStore& blocks, const Clock& clock,
                std::shared_ptr<Log> log, ContentKeeperOptions options);

  // False: too many wait, this one was not taken.
  bool want(const Cid& cid);
  // Begins what is due.
  void tick();
  std::size_t waiting() const;

 private:
  struct Waiting {
    bool is_busy = false;
    bool has_come = false;  // the block itself, just now: what is left costs the hour little
    std::uint32_t failures = 0;
    std::uint64_t due_ms = 0;  // monotonic
  };

  std::vector<Cid> take_due();
  void proceed(const Cid& cid);
  void fetch(const Cid& cid, bool is_recursive);
  void fetched(const Cid& cid, bool is_recursive, const Result<Fetched>& result);
  void pin(const Cid& cid, bool is_recursive);
  void forget(const Cid& cid);
  void failed(const Cid& cid, const Error& error);
  std::uint64_t now_ms() const { return clock_.monotonic_ns() / 1'000'000; }

  Network& network_;
  BlockExchange& exchange_;
  dag::BlockStore& blocks_;
  const Clock& clock_;
  const std::shared_ptr<Log> log_;
  const ContentKeeperOptions options_;
  InlineExecutor inline_executor_;
  mutable std::mutex mutex_;
  std::map<Cid, Waiting> waiting_;
  std::size_t busy_ = 0;
  std::size_t peers_ = 0;
  std::uint64_t hour_began_ms_;
  std::uint64_t hour_bytes_ = 0;
};

}  // namespace icn::network
