#include "codec/unixfs_shard.h"

#include <bit>
#include <charconv>

#include "codec/errors.h"

namespace icn::codec {
namespace {

constexpr int kHashBits = 64;

Error bad(std::string_view what) { return Error(errors::kBadUnixFs, std::string(what)); }

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<std::uint8_t>(bytes[i]);
  return value;
}

constexpr std::uint64_t kFirst = 0x87c37b91114253d5;
constexpr std::uint64_t kSecond = 0x4cf5ad432745937f;

std::uint64_t mixed_first(std::uint64_t k) { return std::rotl(k * kFirst, 31) * kSecond; }
std::uint64_t mixed_second(std::uint64_t k) { return std::rotl(k * kSecond, 33) * kFirst; }

std::uint64_t finished(std::uint64_t h) {
  h ^= h >> 33;
  h *= 0xff51afd7ed558ccd;
  h ^= h >> 33;
  h *= 0xc4ceb9fe1a85ec53;
  return h ^ (h >> 33);
}

int bits_of(const UnixFsNode& shard) { return std::countr_zero(shard.fanout); }

// How many hexadecimal digits a place takes: those of the last one.
std::size_t place_size(const UnixFsNode& shard) {
  return static_cast<std::size_t>(std::bit_width(shard.fanout - 1) + 3) / 4;
}

Result<UnixFsNode> read_shard(const Cid& cid, const UnixFsNode& above, ByteView block) {
  ICN_TRY_ASSIGN(node, decode_unixfs(cid.codec(), block));
  if (node.kind != UnixFsNode::Kind::kShard || node.fanout != above.fanout)
    return bad(cid.to_string() + " is no part of the directory above it");
  return node;
}

Result<UnixFsNode> load_shard(const Cid& cid, const UnixFsNode& above, const BlockLoader& load) {
  ICN_TRY_ASSIGN(block, load_block(cid, load));
  return read_shard(cid, above, block);
}

// A few small blocks whose links lead to each other again and again would make a list without an end: each
// shard is there for entries, and no larger than they need.
constexpr std::uint64_t kShardsAtFirst = 64;
constexpr std::uint64_t kShardsPerEntry = 2;
constexpr std::uint64_t kShardBytesAtFirst = 4 << 20;
constexpr std::uint64_t kShardBytesPerEntry = 4 << 10;

class ShardList {
 public:
  ShardList(const BlockLoader& load, const TakeEntry& take) : load_(load), take_(take) {}

  Result<void> add(const UnixFsNode& shard, int used_bits) {
    if (used_bits + bits_of(shard) > kHashBits) return bad("the shards of a directory nest too deep");
    for (const UnixFsChild& child : shard.children) {
      const auto link = read_shard_link(shard, child);
      if (!link) return bad("a link of a shard does not begin with a place");
      if (!link->name.empty()) {
        ++entries_;
        is_enough_ = !take_({std::string(link->name), child.cid, child.size});
      } else {
        ICN_TRY_ASSIGN(block, load_block(child.cid, load_));
        ICN_TRY(count(block));
        ICN_TRY_ASSIGN(below, read_shard(child.cid, shard, block));
        ICN_TRY(add(below, used_bits + bits_of(shard)));
      }
      if (is_enough_) return {};
    }
    return {};
  }

 private:
  Result<void> count(ByteView block) {
    bytes_ += block.size();
    const bool has_entries = ++shards_ <= kShardsAtFirst + kShardsPerEntry * entries_ &&
                             bytes_ <= kShardBytesAtFirst + kShardBytesPerEntry * entries_;
    return has_entries ? Result<void>() : bad("the shards of a directory hold too few entries");
  }

  const BlockLoader& load_;
  const TakeEntry& take_;
  std::uint64_t entries_ = 0;
  std::uint64_t shards_ = 0;
  std::uint64_t bytes_ = 0;
  bool is_enough_ = false;
};

}  // namespace

std::uint64_t name_hash(std::string_view name) {
  std::uint64_t h1 = 0, h2 = 0;
  std::string_view rest = name;
  for (; rest.size() >= 16; rest.remove_prefix(16)) {
    h1 ^= mixed_first(little_endian(rest.substr(0, 8)));
    h1 = (std::rotl(h1, 27) + h2) * 5 + 0x52dce729;
    h2 ^= mixed_second(little_endian(rest.substr(8, 8)));
    h2 = (std::rotl(h2, 31) + h1) * 5 + 0x38495ab5;
  }
  if (rest.size() > 8) h2 ^= mixed_second(little_endian(rest.substr(8)));
  h1 ^= mixed_first(little_endian(rest.substr(0, 8)));
  h1 ^= name.size();
  h2 ^= name.size();
  h1 += h2;
  h2 += h1;
  return finished(h1) + finished(h2);
}

std::optional<ShardLink> read_shard_link(const UnixFsNode& shard, const UnixFsChild& child) {
  const std::size_t size = place_size(shard);
  if (child.name.size() < size) return std::nullopt;
  ShardLink link;
  const char* const end = child.name.data() + size;
  const auto [rest, problem] = std::from_chars(child.name.data(), end, link.place, 16);
  if (problem != std::errc() || rest != end || link.place >= shard.fanout) return std::nullopt;
  link.name = std::string_view(child.name).substr(size);
  return link;
}

Result<std::optional<Cid>> find_in_shard(const UnixFsNode& shard, std::string_view name,
                                         const BlockLoader& load) {
  const std::uint64_t hash = name_hash(name);
  UnixFsNode below;
  const UnixFsNode* at = &shard;
  for (int used_bits = 0; used_bits + bits_of(*at) <= kHashBits; used_bits += bits_of(*at)) {
    const std::uint64_t place = (hash << used_bits) >> (kHashBits - bits_of(*at));
    const UnixFsChild* next = nullptr;
    for (const UnixFsChild& child : at->children) {
      const auto link = read_shard_link(*at, child);
      if (!link) return bad("a link of a shard does not begin with a place");
      if (link->place != place) continue;
      if (link->name.empty()) {
        next = &child;
        break;
      }
      if (link->name == name) return std::optional(child.cid);
    }
    if (next == nullptr) return std::optional<Cid>();
    ICN_TRY_ASSIGN(loaded, load_shard(next->cid, *at, load));
    below = std::move(loaded);
    at = &below;
  }
  return bad("the shards of a directory nest too deep");
}

Result<void> list_shard(const UnixFsNode& shard, const BlockLoader& load, const TakeEntry& take) {
  return ShardList(load, take).add(shard, 0);
}

}  // namespace icn::codec
