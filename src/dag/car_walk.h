#pragma once

#include <functional>
#include <optional>
#include <unordered_set>
#include <vector>

#include "dag/block.h"

namespace icn::dag {

// Gives a block the caller may read, or an error.
using BlockSource = std::function<Result<BlockPtr>(const Cid&)>;

enum class DagScope { kBlock, kEntity, kAll };

// `entity-bytes=from:to`: positions of the first and last byte; negative ones count from the end.
struct EntityBytes {
  std::int64_t from = 0;
  std::optional<std::int64_t> to;  // none: "*"
};

struct CarShape {
  DagScope scope = DagScope::kAll;
  std::optional<EntityBytes> bytes;  // of a file; implies scope entity
  bool has_duplicates = false;
};

// The blocks of a CAR as an IPFS gateway sends it: header, the blocks on the way to the end of the path, then
// depth first from there what the scope asks for. Holds one block and the links on the way to it, and without
// duplicates the CIDs that were sent.
// Source: IPFS Trustless Gateway specification, "CAR Responses".
class CarWalk {
 public:
  // `on_the_way`: blocks before `end`, the root first.
  CarWalk(BlockSource source, std::vector<Cid> on_the_way, const Cid& end, CarShape shape);

  // The next piece; none: the end. A block that is missing is an error: the archive breaks off there, as
  // where more links wait than memory is given for (too_large).
  Result<std::optional<Bytes>> next();

 private:
  // A block still to be sent. `file`: it belongs to a file, where its content begins at `offset`.
  struct Pending {
    Cid cid;
    bool has_children = false;
    bool is_file_part = false;
    std::uint64_t offset = 0;
    int depth = 0;
    bool is_shard = false;  // of the directory that is the entity
  };

  bool was_sent(const Cid& cid);
  Result<void> push_children(const Block& block, const Pending& pending);
  Result<void> push_file_children(const Block& block, const Pending& pending);
  Result<void> push_shards(const Block& block, const Pending& pending);
  Result<void> begin_entity(const Block& end);
  Result<void> check_pending() const;

  BlockSource source_;
  CarShape shape_;
  Cid end_;
  bool is_header_sent_ = false;
  std::uint64_t first_ = 0;  // of the content wanted
  std::uint64_t past_ = UINT64_MAX;
  std::vector<Pending> pending_;  // the next one last
  std::unordered_set<Cid> sent_;
};

// The bytes of a file of `size` that are asked for: [first, second). None: all of them lie outside.
std::optional<std::pair<std::uint64_t, std::uint64_t>> resolve_entity_bytes(const EntityBytes& bytes,
                                                                            std::uint64_t size);

}  // namespace icn::dag
