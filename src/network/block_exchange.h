#pragma once

#include "dag/block_store.h"
#include "network/network.h"

namespace icn::network {

struct FetchOptions {
  bool is_recursive = true;           // all it links to as well
  std::uint64_t timeout_ms = 30'000;  // of each block
  std::size_t blocks_max = 10'000;
  std::uint64_t bytes_max = std::uint64_t{256} << 20;
};

struct Fetched {
  std::uint64_t blocks = 0;  // that were not held before
  std::uint64_t bytes = 0;
};

// Blocks between this node's store and its peers: public ones are served and told of, those of others are
// fetched, held against their CIDs and kept as public ones. Of a private block a peer hears that it is not
// here. Outlives the network's callbacks: it goes after Network::stop(). Thread: any.
class BlockExchange {
 public:
  BlockExchange(Network& network, dag::BlockStore& blocks, const Clock& clock);

  // Fetches what is missing of `cid`, and answers on `executor` when it is durable.
  //   block_not_fetched, too_large, network_off, and what the store and the block's form refuse
  void fetch(const Cid& cid, const FetchOptions& options, Executor& executor, Done<Fetched> done);

  // Whether the block is held, and for everybody.
  bool is_public(const Cid& cid) const;

 private:
  struct Run;
  std::optional<Bytes> public_block(const Cid& cid) const;
  void fetch_more(const std::shared_ptr<Run>& run);
  void arrived(const std::shared_ptr<Run>& run, const Cid& cid, Result<Bytes> bytes);

  Network& network_;
  dag::BlockStore& blocks_;
  const Clock& clock_;
};

}  // namespace icn::network
