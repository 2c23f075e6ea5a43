#include "codec/unixfs_file.h"

#include <algorithm>
#include <utility>

#include "codec/errors.h"

namespace icn::codec {
namespace {

constexpr int kDepthMax = 16;

}  // namespace

FileBuilder::FileBuilder(BlockSink sink, FileLayout layout) : sink_(std::move(sink)), layout_(layout) {
  ICN_ASSERT(layout_.leaf_size > 0 && layout_.links_max >= 2);
}

Result<void> FileBuilder::write(ByteView content) {
  while (!content.empty()) {
    if (leaf_.empty() && content.size() >= layout_.leaf_size) {
      ICN_TRY(add_leaf(content.first(layout_.leaf_size)));
      content = content.subspan(layout_.leaf_size);
      continue;
    }
    const std::size_t taken = std::min(layout_.leaf_size - leaf_.size(), content.size());
    append(leaf_, content.first(taken));
    content = content.subspan(taken);
    if (leaf_.size() < layout_.leaf_size) continue;
    ICN_TRY(add_leaf(leaf_));
    leaf_.clear();
  }
  return {};
}

Result<void> FileBuilder::add_leaf(ByteView leaf) {
  const Cid cid = Cid::of(kRaw, leaf);
  ICN_TRY(sink_(cid, leaf));
  return add_part(0, {cid, leaf.size(), leaf.size()});
}

// A full node is closed only when a sibling follows: the last one may turn out to be the root.
Result<void> FileBuilder::add_part(std::size_t level, UnixFsPart part) {
  if (levels_.size() == level) levels_.emplace_back();
  if (levels_[level].size() == layout_.links_max) ICN_TRY(close_node(level));
  levels_[level].push_back(std::move(part));
  return {};
}

Result<void> FileBuilder::close_node(std::size_t level) {
  const std::vector<UnixFsPart> parts = std::exchange(levels_[level], {});
  std::uint64_t content_size = 0;
  for (const UnixFsPart& part : parts) content_size += part.content_size;
  const UnixFsBlock block = encode_unixfs_file(parts);
  ICN_TRY(sink_(block.cid, block.bytes));
  return add_part(level + 1, {block.cid, content_size, block.cumulative_size});
}

Result<BuiltFile> FileBuilder::finish() {
  if (!leaf_.empty() || levels_.empty()) ICN_TRY(add_leaf(leaf_));
  // Closing a level can open the one above it, so that the count of levels is read anew.
  for (std::size_t level = 0; level + 1 < levels_.size() || levels_[level].size() > 1; ++level) {
    ICN_TRY(close_node(level));
  }
  const UnixFsPart& root = levels_.back().front();
  return BuiltFile{root.cid, root.content_size, root.cumulative_size};
}

FileReader::FileReader(Cid root, Bytes root_block, std::uint64_t size, BlockLoader load)
    : root_(std::move(root)),
      root_block_(std::move(root_block)),
      size_(size),
      load_(std::move(load)),
      end_(size) {
  select(0, size);
}

Result<FileReader> FileReader::open(const Cid& root, BlockLoader load) {
  ICN_TRY_ASSIGN(block, load_block(root, load));
  ICN_TRY_ASSIGN(node, decode_unixfs(root.codec(), block));
  if (node.kind != UnixFsNode::Kind::kFile) {
    return Error(errors::kUnsupportedUnixFs, root.to_string() + " is a directory, not a file");
  }
  return FileReader(root, std::move(block), node.size, std::move(load));
}

void FileReader::select(std::uint64_t begin, std::uint64_t end) {
  end_ = std::min(end, size_);
  begin_ = std::min(begin, end_);
  pending_.clear();
  if (begin_ < end_) pending_.push_back({root_, 0, size_, 0});
}

Result<UnixFsNode> FileReader::load_node(const Pending& pending) {
  if (pending.depth == 0) return decode_unixfs(root_.codec(), root_block_);
  if (pending.depth > kDepthMax) return Error(errors::kBadUnixFs, "the file's nodes nest deeper than 16");
  ICN_TRY_ASSIGN(block, load_block(pending.cid, load_));
  if (pending.cid.codec() == kRaw) {
    UnixFsNode leaf;
    leaf.size = block.size();
    leaf.data = std::move(block);
    return leaf;
  }
  return decode_unixfs(pending.cid.codec(), block);
}

void FileReader::push_children(UnixFsNode& node, const Pending& pending) {
  std::uint64_t offset = pending.offset + pending.size;
  for (std::size_t i = node.children.size(); i-- > 0;) {
    UnixFsChild& child = node.children[i];
    offset -= child.size;
    const bool wanted = child.size > 0 && offset < end_ && offset + child.size > begin_;
    if (wanted) pending_.push_back({std::move(child.cid), offset, child.size, pending.depth + 1});
  }
}

// The part of `data`, which begins at `offset` of the file, that lies in the range.
Bytes FileReader::cut(Bytes data, std::uint64_t offset) const {
  const std::uint64_t from = std::clamp(begin_, offset, offset + data.size()) - offset;
  const std::uint64_t to = std::clamp(end_, offset, offset + data.size()) - offset;
  if (from == 0 && to == data.size()) return data;
  return to_bytes(ByteView(data).subspan(from, to - from));
}

Result<std::optional<Bytes>> FileReader::next() {
  while (!pending_.empty()) {
    const Pending pending = std::move(pending_.back());
    pending_.pop_back();
    ICN_TRY_ASSIGN(node, load_node(pending));
    if (node.kind != UnixFsNode::Kind::kFile || node.size != pending.size) {
      return Error(errors::kBadUnixFs,
                   pending.cid.to_string() + " is not a file of the size its parent says");
    }
    push_children(node, pending);
    Bytes piece = cut(std::move(node.data), pending.offset);
    if (!piece.empty()) return std::optional<Bytes>(std::move(piece));
  }
  return std::optional<Bytes>();
}

}  // namespace icn::codec
