#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "codec/unixfs.h"

// UnixFS directories that are spread over many blocks: hash array mapped tries, as IPFS clients make them of
// directories above about 256 KiB. A name's murmur3-x64-64 hash says at which place of each node it lies,
// most significant bits first. A link's name begins with its place in hexadecimal; what follows is the name
// of an entry, or nothing: then it leads to a node further down. Source: IPFS UnixFS specification, "HAMT
// Directories".
namespace icn::codec {

// The 64 bits that place a name. Source: MurmurHash3_x64_128 with seed 0, first half.
std::uint64_t name_hash(std::string_view name);

// The link without its place. None: the link is not named as those of a shard are.
struct ShardLink {
  std::uint32_t place = 0;
  std::string_view name;  // of an entry; empty: a shard further down
};
std::optional<ShardLink> read_shard_link(const UnixFsNode& shard, const UnixFsChild& child);

// The entry `name` of a sharded directory; none: it has no such one. Loads one block a level.
//   bad_unixfs   a link that is none of a shard, nodes deeper than the hash reaches; errors of the loader
Result<std::optional<Cid>> find_in_shard(const UnixFsNode& shard, std::string_view name,
                                         const BlockLoader& load);

// Takes entries, their names without places, until it answers false.
using TakeEntry = std::function<bool(const UnixFsChild&)>;
// Gives all entries in the order of their places. Errors as find_in_shard(), and
//   bad_unixfs   many more shards, or bytes of them, than their entries need
Result<void> list_shard(const UnixFsNode& shard, const BlockLoader& load, const TakeEntry& take);

}  // namespace icn::codec
