#pragma once

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "codec/cid.h"
#include "codec/values.h"

// What a block is. Source: domain.md 9, design.md 6 "Private and public".
namespace icn::dag {

using codec::Cid;

inline constexpr std::size_t kBlockBytesMax = std::size_t{2} << 20;

enum class BlockType {
  kGenesis,
  kIdentity,
  kEconomic,
  kGovernance,
  kExecution,
  kFederation,
  kCheckpoint,
  kEmergency,
  kData,
};
constexpr auto enum_names(BlockType) {
  using enum BlockType;
  using Name = std::pair<BlockType, std::string_view>;
  return std::array{
      Name(kGenesis, "genesis"),       Name(kIdentity, "identity"),   Name(kEconomic, "economic"),
      Name(kGovernance, "governance"), Name(kExecution, "execution"), Name(kFederation, "federation"),
      Name(kCheckpoint, "checkpoint"), Name(kEmergency, "emergency"), Name(kData, "data")};
}

// Public blocks are served to all; private ones to who put them, to readers they were shared with, and
// to whom the access rules of other domains let in.
enum class Visibility { kPrivate, kPublic };
constexpr auto enum_names(Visibility) {
  return std::array{std::pair(Visibility::kPrivate, std::string_view("private")),
                    std::pair(Visibility::kPublic, std::string_view("public"))};
}

// The record beside a block, written by who put it first.
struct BlockMeta {
  Did author;  // empty: nobody signs for it (from a CAR)
  TimestampSecs time = 0;
  BlockType type = BlockType::kData;
  Visibility visibility = Visibility::kPrivate;
  std::string scope;  // empty: none
  std::uint64_t size = 0;
  static constexpr auto fields() {
    using codec::field;
    return described(field("author", &BlockMeta::author), field("time", &BlockMeta::time),
                     field("type", &BlockMeta::type), field("visibility", &BlockMeta::visibility),
                     field("scope", &BlockMeta::scope), field("size", &BlockMeta::size));
  }
  bool operator==(const BlockMeta&) const = default;
};

// A stored block as readers get it: verified, immutable, shared.
struct Block {
  Cid cid;
  BlockMeta meta;
  std::string bytes;
};
using BlockPtr = std::shared_ptr<const Block>;

// A block on its way in: bytes that its CID names, and the blocks it links to (each once, version 1, without
// identity CIDs).
struct NewBlock {
  Cid cid;
  Bytes bytes;
  std::vector<Cid> links;
};

// Hashes `bytes` and reads their links.   block_too_large, unsupported_codec, bad_dag_cbor, bad_dag_pb, ..
Result<NewBlock> make_block(std::uint64_t codec, Bytes bytes);
// The block of a CID, which may be of version 0, from bytes of a stranger. Errors of make_block() and of
// Cid::verify(): they are not what `cid` names.
Result<NewBlock> verify_block(const Cid& cid, Bytes bytes);
// The same for bytes that were made here or have been held against `cid` before: they are not hashed again.
Result<NewBlock> trusted_block(const Cid& cid, Bytes bytes);

// "raw", "dag-pb", "dag-cbor", "dag-json".   unsupported_codec
Result<std::uint64_t> codec_named(std::string_view name);

}  // namespace icn::dag
