#include "codec/unixfs.h"

#include <algorithm>
#include <bit>
#include <optional>

#include "codec/errors.h"
#include "codec/protobuf_wire.h"
#include "codec/utf8.h"

// Data: Type = 1 enum, Data = 2 bytes, filesize = 3 uint64, blocksizes = 4 repeated uint64,
//       hashType = 5 uint64, fanout = 6 uint64 (of shards), mode = 7, mtime = 8 (read over)
namespace icn::codec {
namespace {

constexpr std::uint8_t kTypeField = 1;
constexpr std::uint8_t kDataField = 2;
constexpr std::uint8_t kFileSizeField = 3;
constexpr std::uint8_t kBlockSizesField = 4;
constexpr std::uint8_t kHashTypeField = 5;
constexpr std::uint8_t kFanoutField = 6;

constexpr std::uint64_t kMurmur3 = 0x22;  // murmur3-x64-64 of the multicodec table

enum class Type : std::uint64_t { kRaw, kDirectory, kFile, kMetadata, kSymlink, kHamtShard };

constexpr std::size_t kFileChildrenMax = 65536;
constexpr std::uint64_t kFileSizeMax = std::uint64_t{1} << 62;
constexpr std::size_t kDirectoryBlockMax = std::size_t{1} << 20;

Error bad(std::string_view what) { return Error(errors::kBadUnixFs, std::string(what)); }

struct Message {
  std::optional<std::uint64_t> type;
  std::optional<ByteView> data;
  std::optional<std::uint64_t> file_size;
  std::optional<std::uint64_t> hash_type;
  std::optional<std::uint64_t> fanout;
  std::vector<std::uint64_t> block_sizes;

  // Null: a field that is read over.
  std::optional<std::uint64_t>* number_of(std::uint64_t field) {
    switch (field) {
      case kTypeField:
        return &type;
      case kFileSizeField:
        return &file_size;
      case kHashTypeField:
        return &hash_type;
      case kFanoutField:
        return &fanout;
      default:
        return nullptr;
    }
  }
};

Result<void> take_block_sizes(const WireField& field, Message& message) {
  if (field.type == WireType::kVarint) {
    message.block_sizes.push_back(field.value);
    return {};
  }
  if (field.type != WireType::kBytes) return bad("blocksizes has the wrong type");
  ByteView packed = field.bytes;
  while (!packed.empty()) {
    const std::optional<std::uint64_t> size = read_wire_varint(packed);
    if (!size) return bad("blocksizes is cut off");
    message.block_sizes.push_back(*size);
  }
  return {};
}

Result<Message> decode_message(ByteView in) {
  Message message;
  while (!in.empty()) {
    const std::optional<WireField> field = read_wire_field(in);
    if (!field) return bad("the data of the node is cut off or not protobuf");
    if (field->number == kBlockSizesField) {
      ICN_TRY(take_block_sizes(*field, message));
      continue;
    }
    if (field->number == kDataField) {
      if (field->type != WireType::kBytes || message.data)
        return bad("Data stands twice or has the wrong type");
      message.data = field->bytes;
      continue;
    }
    std::optional<std::uint64_t>* const number = message.number_of(field->number);
    if (number == nullptr) continue;
    if (field->type != WireType::kVarint || *number)
      return bad("a number of the node stands twice or has the wrong type");
    *number = field->value;
  }
  if (!message.type) return bad("the node has no Type");
  return message;
}

Result<UnixFsNode> file_node(PbNode pb, const Message& message) {
  if (pb.links.size() > kFileChildrenMax) return bad("the file node has more than 65536 links");
  if (pb.links.size() != message.block_sizes.size())
    return bad("the file node has not one block size a link");
  UnixFsNode node;
  if (message.data) node.data = to_bytes(*message.data);
  node.size = node.data.size();
  for (std::size_t i = 0; i < pb.links.size(); ++i) {
    const std::uint64_t size = message.block_sizes[i];
    if (size > kFileSizeMax - node.size) return bad("the sizes of the file overflow");
    node.size += size;
    node.children.push_back({"", std::move(pb.links[i].cid), size});
  }
  if (message.file_size.value_or(node.size) != node.size) return bad("filesize is not the sum of the parts");
  return node;
}

Result<UnixFsNode> directory_node(PbNode pb) {
  UnixFsNode node;
  node.kind = UnixFsNode::Kind::kDirectory;
  node.children.reserve(pb.links.size());
  for (PbLink& link : pb.links) {
    node.children.push_back({std::move(link.name).value_or(""), std::move(link.cid), link.size.value_or(0)});
  }
  return node;
}

Result<UnixFsNode> shard_node(PbNode pb, const Message& message) {
  const std::uint64_t fanout = message.fanout.value_or(0);
  if (message.hash_type != kMurmur3) {
    return Error(errors::kUnsupportedUnixFs, "a shard whose names are not placed by murmur3-x64-64");
  }
  if (fanout < 8 || fanout > 1024 || !std::has_single_bit(fanout))
    return bad("the fanout of a shard must be a power of two from 8 to 1024");
  ICN_TRY_ASSIGN(node, directory_node(std::move(pb)));
  node.kind = UnixFsNode::Kind::kShard;
  node.fanout = static_cast<std::uint32_t>(fanout);
  return std::move(node);
}

bool allowed_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == name.npos &&
         name.find('\0') == name.npos && is_utf8(name);
}

UnixFsBlock finish_block(const PbNode& node) {
  UnixFsBlock block;
  block.bytes = encode_dag_pb(node);
  block.cid = Cid::of(kDagPb, block.bytes);
  block.cumulative_size = block.bytes.size();
  for (const PbLink& link : node.links) block.cumulative_size += link.size.value_or(0);
  return block;
}

}  // namespace

Result<UnixFsNode> decode_unixfs(std::uint64_t codec, ByteView block) {
  if (codec == kRaw) {
    UnixFsNode node;
    node.data = to_bytes(block);
    node.size = block.size();
    return node;
  }
  if (codec != kDagPb) {
    return Error(errors::kUnsupportedUnixFs,
                 "a block of codec " + codec_name(codec) + " is no file or directory");
  }
  ICN_TRY_ASSIGN(pb, decode_dag_pb(block));
  if (!pb.data) return bad("the DAG-PB node has no data, so it is no UnixFS node");
  const Bytes data = std::move(*pb.data);
  ICN_TRY_ASSIGN(message, decode_message(data));
  switch (static_cast<Type>(*message.type)) {
    case Type::kRaw:
    case Type::kFile:
      return file_node(std::move(pb), message);
    case Type::kDirectory:
      return directory_node(std::move(pb));
    case Type::kHamtShard:
      return shard_node(std::move(pb), message);
    case Type::kSymlink:
      return Error(errors::kUnsupportedUnixFs, "symbolic links are not supported");
    case Type::kMetadata:
      return Error(errors::kUnsupportedUnixFs, "metadata nodes are not supported");
  }
  return bad("UnixFS type " + std::to_string(*message.type) + " is unknown");
}

UnixFsBlock encode_unixfs_file(const std::vector<UnixFsPart>& children) {
  PbNode node;
  std::uint64_t size = 0;
  Bytes sizes;
  for (const UnixFsPart& child : children) {
    node.links.push_back({child.cid, "", child.cumulative_size});
    append_wire_number(sizes, kBlockSizesField, child.content_size);
    size += child.content_size;
  }
  Bytes data;
  append_wire_number(data, kTypeField, static_cast<std::uint64_t>(Type::kFile));
  append_wire_number(data, kFileSizeField, size);
  append(data, ByteView(sizes));
  node.data = std::move(data);
  return finish_block(node);
}

Result<UnixFsBlock> encode_unixfs_directory(const std::vector<DirectoryEntry>& entries) {
  PbNode node;
  for (const DirectoryEntry& entry : entries) {
    if (!allowed_name(entry.name))
      return bad("the name \"" + entry.name + "\" is not allowed in a directory");
    if (entry.cid.empty()) return bad("\"" + entry.name + "\" has no CID");
    node.links.push_back({entry.cid, entry.name, entry.cumulative_size});
  }
  std::ranges::sort(node.links, {}, &PbLink::name);
  const auto twice = std::ranges::adjacent_find(node.links, {}, &PbLink::name);
  if (twice != node.links.end()) return bad("the directory has \"" + *twice->name + "\" twice");
  Bytes data;
  append_wire_number(data, kTypeField, static_cast<std::uint64_t>(Type::kDirectory));
  node.data = std::move(data);
  UnixFsBlock block = finish_block(node);
  if (block.bytes.size() > kDirectoryBlockMax) {
    return Error(errors::kTooLarge, "the directory takes " + std::to_string(block.bytes.size()) +
                                        " bytes; one block may take 1048576");
  }
  return block;
}

}  // namespace icn::codec
