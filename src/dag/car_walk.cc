#include "dag/car_walk.h"

#include <algorithm>

#include "codec/car.h"
#include "codec/errors.h"
#include "codec/link_walk.h"
#include "codec/unixfs_shard.h"

namespace icn::dag {
namespace {

constexpr int kFileDepthMax = 16;
constexpr std::size_t kPendingMax = 500'000;  // some 50 MB; a block has at most 52,000 links

Error too_deep() {
  return Error(codec::errors::kBadUnixFs,
               "nodes nest deeper than " + std::to_string(kFileDepthMax) + " below their root");
}

bool is_unixfs(const Cid& cid) { return cid.codec() == codec::kRaw || cid.codec() == codec::kDagPb; }

}  // namespace

std::optional<std::pair<std::uint64_t, std::uint64_t>> resolve_entity_bytes(const EntityBytes& bytes,
                                                                            std::uint64_t size) {
  const auto end = static_cast<std::int64_t>(std::min<std::uint64_t>(size, INT64_MAX));
  std::int64_t from = bytes.from < 0 ? std::max<std::int64_t>(end + bytes.from, 0) : bytes.from;
  std::int64_t past = end;
  if (bytes.to) past = *bytes.to < 0 ? end + *bytes.to + 1 : (*bytes.to < end ? *bytes.to + 1 : end);
  if (from >= past) return std::nullopt;
  return std::pair(static_cast<std::uint64_t>(from), static_cast<std::uint64_t>(past));
}

CarWalk::CarWalk(BlockSource source, std::vector<Cid> on_the_way, const Cid& end, CarShape shape)
    : source_(std::move(source)), shape_(std::move(shape)), end_(end) {
  if (shape_.bytes) shape_.scope = DagScope::kEntity;
  pending_.push_back({end, shape_.scope != DagScope::kBlock, false, 0, 0});
  for (auto each = on_the_way.rbegin(); each != on_the_way.rend(); ++each) {
    pending_.push_back({std::move(*each), false, false, 0, 0});
  }
}

bool CarWalk::was_sent(const Cid& cid) {
  if (shape_.has_duplicates) return false;
  return !sent_.insert(cid).second;
}

Result<std::optional<Bytes>> CarWalk::next() {
  if (!is_header_sent_) {
    is_header_sent_ = true;
    return std::optional(codec::encode_car_header(std::span(&end_, 1)));
  }
  while (!pending_.empty()) {
    const Pending pending = std::move(pending_.back());
    pending_.pop_back();
    // A block that was on the way to the end of the path is not sent again, but what is below it may be.
    const bool is_repeat = was_sent(pending.cid);
    if (is_repeat && !(pending.cid == end_ && pending.has_children && !pending.is_file_part)) continue;
    ICN_TRY_ASSIGN(block, source_(pending.cid));
    if (pending.has_children) {
      if (pending.is_file_part)
        ICN_TRY(push_file_children(*block, pending));
      else if (pending.is_shard)
        ICN_TRY(push_shards(*block, pending));
      else if (shape_.scope == DagScope::kEntity)
        ICN_TRY(begin_entity(*block));
      else
        ICN_TRY(push_children(*block, pending));
    }
    if (is_repeat || pending.cid.inline_data()) continue;
    Bytes piece;
    codec::append_car_block(piece, pending.cid, as_bytes(block->bytes));
    return std::optional(std::move(piece));
  }
  return std::optional<Bytes>();
}

Result<void> CarWalk::push_children(const Block& block, const Pending&) {
  ICN_TRY_ASSIGN(links, codec::links_of(block.cid.codec(), as_bytes(block.bytes)));
  for (auto link = links.rbegin(); link != links.rend(); ++link) {
    if (!link->cid.inline_data()) pending_.push_back({link->cid, true, false, 0, 0});
  }
  return check_pending();
}

// A DAG can be made that is small to store and whose links on the way to its deepest block fill the memory.
Result<void> CarWalk::check_pending() const {
  if (pending_.size() <= kPendingMax) return {};
  return Error(errors::kTooLarge, "more than " + std::to_string(kPendingMax) + " links wait on the way");
}

// All of a file, or the range of it; all shards of a directory spread over them; of everything else the one
// block.
Result<void> CarWalk::begin_entity(const Block& end) {
  if (!is_unixfs(end.cid)) return {};
  const auto node = codec::decode_unixfs(end.cid.codec(), as_bytes(end.bytes));
  if (node.ok() && node->kind == codec::UnixFsNode::Kind::kShard) return push_shards(end, {end.cid, true});
  if (!node.ok() || node->kind != codec::UnixFsNode::Kind::kFile) return {};
  if (shape_.bytes) {
    const auto range = resolve_entity_bytes(*shape_.bytes, node->size);
    if (!range) return {};
    std::tie(first_, past_) = *range;
  }
  return push_file_children(end, {end.cid, true, true, 0, 0});
}

Result<void> CarWalk::push_shards(const Block& block, const Pending& pending) {
  ICN_TRY_ASSIGN(node, codec::decode_unixfs(block.cid.codec(), as_bytes(block.bytes)));
  if (node.kind != codec::UnixFsNode::Kind::kShard) return {};
  if (pending.depth > kFileDepthMax) return too_deep();
  for (auto child = node.children.rbegin(); child != node.children.rend(); ++child) {
    const auto link = codec::read_shard_link(node, *child);
    if (link && link->name.empty()) pending_.push_back({child->cid, true, false, 0, pending.depth + 1, true});
  }
  return check_pending();
}

Result<void> CarWalk::push_file_children(const Block& block, const Pending& pending) {
  ICN_TRY_ASSIGN(node, codec::decode_unixfs(block.cid.codec(), as_bytes(block.bytes)));
  if (pending.depth > kFileDepthMax) return too_deep();
  std::uint64_t offset = pending.offset + node.data.size();
  std::vector<Pending> children;
  for (codec::UnixFsChild& child : node.children) {
    const std::uint64_t end = offset + child.size;
    const bool is_wanted = end > first_ && offset < past_;
    const bool is_leaf = child.cid.codec() == codec::kRaw;
    if (is_wanted && !child.cid.inline_data()) {
      children.push_back({std::move(child.cid), !is_leaf, true, offset, pending.depth + 1});
    }
    offset = end;
  }
  pending_.insert(pending_.end(), std::make_move_iterator(children.rbegin()),
                  std::make_move_iterator(children.rend()));
  return check_pending();
}

}  // namespace icn::dag
