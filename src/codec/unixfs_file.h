#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "codec/unixfs.h"

namespace icn::codec {

// The defaults of `ipfs add --cid-version=1`: other values give other CIDs for the same file.
struct FileLayout {
  std::size_t leaf_size = 256 * 1024;
  std::size_t links_max = 174;  // at least 2
};

struct BuiltFile {
  Cid cid;
  std::uint64_t size = 0;             // of the content
  std::uint64_t cumulative_size = 0;  // of all blocks, for the link of a directory
};

// Cuts a stream into the blocks of a balanced UnixFS file with raw leaves; holds one leaf and the
// links of one unfinished node a level. A file of at most one leaf is that raw block alone.
// Blocks go to the sink children first, the root last. After an error the builder must not be used.
class FileBuilder {
 public:
  explicit FileBuilder(BlockSink sink, FileLayout layout = {});

  Result<void> write(ByteView content);
  Result<BuiltFile> finish();

 private:
  Result<void> add_leaf(ByteView leaf);
  Result<void> add_part(std::size_t level, UnixFsPart part);
  Result<void> close_node(std::size_t level);

  BlockSink sink_;
  FileLayout layout_;
  Bytes leaf_;
  std::vector<std::vector<UnixFsPart>> levels_;  // unfinished nodes, leaves' parents first
};

// Reads a UnixFS file piece by piece; holds one block and the links on the way to it. Blocks are loaded
// in depth-first order, and only those that the range needs.
// Errors: those of the loader and of decode_unixfs; bad_unixfs when the sizes in the nodes do not agree
// with what lies below, or nodes nest deeper than 16.
class FileReader {
 public:
  // Loads the root block.   unsupported_unixfs   a directory, among others
  static Result<FileReader> open(const Cid& root, BlockLoader load);

  std::uint64_t size() const { return size_; }

  // next() will give the bytes [begin, end) of the file, cut at its size.
  void select(std::uint64_t begin, std::uint64_t end);

  // The next piece, never empty; nothing at the end.
  Result<std::optional<Bytes>> next();

 private:
  struct Pending {
    Cid cid;
    std::uint64_t offset;
    std::uint64_t size;
    int depth;
  };

  FileReader(Cid root, Bytes root_block, std::uint64_t size, BlockLoader load);

  Result<UnixFsNode> load_node(const Pending& pending);
  void push_children(UnixFsNode& node, const Pending& pending);
  Bytes cut(Bytes data, std::uint64_t offset) const;

  Cid root_;
  Bytes root_block_;
  std::uint64_t size_;
  BlockLoader load_;
  std::uint64_t begin_ = 0;
  std::uint64_t end_;
  std::vector<Pending> pending_;  // the next one last
};

}  // namespace icn::codec
