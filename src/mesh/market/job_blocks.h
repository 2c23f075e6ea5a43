#pragma once

#include <set>
#include <unordered_map>

#include "mesh/market/block_cache.h"
#include "mesh/market/peer_requests.h"

namespace icn::mesh {

// Blocks of jobs between the nodes that take part in them, and nobody else: a coordinator hands the spec, the
// module and the inputs of a job (with all that input files consist of) to the executor the ledger has
// assigned, and with the receipt to the judges it has called. What a coordinator does not have may be public:
// it looks for it by Bitswap before it asks for bids, and an executor to which it says so does too. Thread:
// the market's.
class JobBlocks {
 public:
  explicit JobBlocks(MarketSurroundings& around) : around_(around), cache_(kCacheBytesMax) {}

  // For `asker`. None: this is none of its business. Early: the ledger of this node knows of no assignment
  // yet.
  std::optional<MeshAnswer> give(const Did& asker, const BlockRequest& request);

  // Looks for what a job of this node names and is not here. False: it is all here, and `done` is not called.
  bool gather(const Job& job, std::function<void()> done);

  // From the coordinator of `job`.   E001: it has no such block, nor has anybody; F008
  using Fetched = std::function<void(Result<std::shared_ptr<const Bytes>>)>;
  void fetch(const JobId& id, const Did& coordinator, const codec::Cid& cid, Fetched done);

  void forget(const JobId& id) { shared_.erase(id); }

 private:
  static constexpr std::size_t kCacheBytesMax = std::size_t{64} << 20;

  void ask_for(const JobId& id, const Did& coordinator, const codec::Cid& cid, std::uint32_t tries,
               Fetched done);
  void look_for(const Did& coordinator, const codec::Cid& cid, Fetched done);
  std::vector<codec::Cid> named_blocks(const Job& job);
  bool is_of_receipt(const Job& job, const codec::Cid& cid) const;
  const std::set<codec::Cid>& shared_blocks(const JobId& id, const Job& job);

  MarketSurroundings& around_;
  std::map<JobId, std::set<codec::Cid>> shared_;
  std::unordered_map<codec::Cid, std::vector<codec::Cid>> named_;  // by the spec's, which never changes
  BlockCache cache_;
};

}  // namespace icn::mesh
