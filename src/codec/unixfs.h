#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "codec/cid.h"
#include "codec/dag_pb.h"

// UnixFS version 1: files and directories as DAG-PB nodes, as IPFS clients read and write them.
// Source: IPFS UnixFS specification.
namespace icn::codec {

// Gives the bytes of a block, already held against its CID, or an error (not found, not now).
// It is never asked for an identity CID.
using BlockLoader = std::function<Result<Bytes>(const Cid&)>;
// Takes a finished block. An error ends what is being built.
using BlockSink = std::function<Result<void>(const Cid&, ByteView block)>;

struct UnixFsChild {
  std::string name;  // "" in files; in shards with its place in front (unixfs_shard.h)
  Cid cid;
  std::uint64_t size = 0;  // files: bytes of content below; directories: the cumulative size it says
};

// One block understood as UnixFS. A raw block is a file of its bytes.
struct UnixFsNode {
  enum class Kind { kFile, kDirectory, kShard };  // a shard: one node of a directory spread over many (HAMT)

  Kind kind = Kind::kFile;
  Bytes data;                         // content of the file before that of its children
  std::uint64_t size = 0;             // of a file: its content altogether
  std::vector<UnixFsChild> children;  // at most 65,536 in files
  std::uint32_t fanout = 0;           // of a shard: a power of two, 8 to 1024
};

// Understands a block of codec raw or dag-pb. That a file's sizes add up is checked here.
//   bad_dag_pb, bad_unixfs
//   unsupported_unixfs   a symbolic link or metadata node, a shard by another hash than murmur3, another codec
Result<UnixFsNode> decode_unixfs(std::uint64_t codec, ByteView block);

// The block, and what a parent must know about it.
struct UnixFsBlock {
  Cid cid;
  Bytes bytes;
  std::uint64_t cumulative_size = 0;  // of it and all below it
};

// A file node over children, in their order. `cumulative_size` of `children` goes into the links.
struct UnixFsPart {
  Cid cid;
  std::uint64_t content_size = 0;
  std::uint64_t cumulative_size = 0;
};
UnixFsBlock encode_unixfs_file(const std::vector<UnixFsPart>& children);

struct DirectoryEntry {
  std::string name;
  Cid cid;
  std::uint64_t cumulative_size = 0;
};

// A directory of one block; order of `entries` does not matter.
//   bad_unixfs   a name that is empty, ".", "..", no UTF-8, holds '/' or 0, or stands twice
//   too_large    more than 1 MiB: IPFS clients would shard it
Result<UnixFsBlock> encode_unixfs_directory(const std::vector<DirectoryEntry>& entries);

// What a path leads to. When it ends inside a DAG-CBOR block, `inner_path` is the way within the block.
struct ResolvedPath {
  Cid cid;
  std::string inner_path;
};

// Follows `path` ("a/b/c"; leading, trailing and double slashes are ignored) from `root` through UnixFS
// directories, sharded ones too, and DAG-CBOR maps and lists. Links at the end of a path are followed too.
//   path_not_found, too_large (more than 256 parts), and the errors of decode_unixfs and the loader
Result<ResolvedPath> resolve_path(const Cid& root, std::string_view path, const BlockLoader& load);

// `load`, but identity CIDs give the bytes they carry.
Result<Bytes> load_block(const Cid& cid, const BlockLoader& load);

}  // namespace icn::codec
