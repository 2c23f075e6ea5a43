#include "codec/dag_cbor.h"
#include "codec/errors.h"
#include "codec/unixfs.h"
#include "codec/unixfs_shard.h"

namespace icn::codec {
namespace {

constexpr std::size_t kPartsMax = 256;

Result<std::vector<std::string_view>> parts_of(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const std::size_t end = path.find('/');
    const std::string_view part = path.substr(0, end);
    if (!part.empty()) parts.push_back(part);
    path = end == path.npos ? std::string_view() : path.substr(end + 1);
    if (parts.size() > kPartsMax) return Error(errors::kTooLarge, "the path has more than 256 parts");
  }
  return parts;
}

Error not_found(std::string_view part, const Cid& cid) {
  return Error(errors::kPathNotFound, "there is no \"" + std::string(part) + "\" in " + cid.to_string());
}

Result<Cid> step_through_directory(const Cid& cid, ByteView block, std::string_view part,
                                   const BlockLoader& load) {
  ICN_TRY_ASSIGN(node, decode_unixfs(cid.codec(), block));
  if (node.kind == UnixFsNode::Kind::kShard) {
    ICN_TRY_ASSIGN(found, find_in_shard(node, part, load));
    if (!found) return not_found(part, cid);
    return std::move(*found);
  }
  if (node.kind != UnixFsNode::Kind::kDirectory) return not_found(part, cid);
  for (UnixFsChild& child : node.children) {
    if (child.name == part) return std::move(child.cid);
  }
  return not_found(part, cid);
}

// Follows parts[at...] within one DAG-CBOR block, up to a link or the end of the path; moves `at`.
Result<ResolvedPath> step_through_value(const Cid& cid, ByteView block,
                                        const std::vector<std::string_view>& parts, std::size_t& at) {
  ICN_TRY_ASSIGN(root, decode_dag_cbor(block));
  std::string inner;
  const Value* value = &root;
  while (at < parts.size()) {
    const std::string_view part = parts[at];
    value = value->find(part);
    if (value == nullptr) return not_found(part, cid);
    ++at;
    if (const Cid* link = value->link()) return ResolvedPath{*link, ""};
    inner += inner.empty() ? "" : "/";
    inner += part;
  }
  return ResolvedPath{cid, std::move(inner)};
}

}  // namespace

Result<Bytes> load_block(const Cid& cid, const BlockLoader& load) {
  if (cid.empty()) return Error(errors::kBadCid, "an empty CID names no block");
  if (const std::optional<ByteView> data = cid.inline_data()) return to_bytes(*data);
  return load(cid);
}

Result<ResolvedPath> resolve_path(const Cid& root, std::string_view path, const BlockLoader& load) {
  ICN_TRY_ASSIGN(parts, parts_of(path));
  ResolvedPath place{root, ""};
  std::size_t at = 0;
  while (at < parts.size()) {
    ICN_TRY_ASSIGN(block, load_block(place.cid, load));
    if (place.cid.codec() == kDagCbor) {
      ICN_TRY_ASSIGN(next, step_through_value(place.cid, block, parts, at));
      place = std::move(next);
      continue;
    }
    ICN_TRY_ASSIGN(next, step_through_directory(place.cid, block, parts[at], load));
    place.cid = std::move(next);
    ++at;
  }
  return place;
}

}  // namespace icn::codec
