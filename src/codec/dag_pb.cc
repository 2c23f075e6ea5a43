#include "codec/dag_pb.h"

#include <algorithm>

#include "codec/errors.h"
#include "codec/protobuf_wire.h"
#include "codec/utf8.h"

// PBLink: Hash = 1 bytes, Name = 2 string, Tsize = 3 uint64
// PBNode: Links = 2 repeated PBLink, Data = 1 bytes      (in this order on the wire)
namespace icn::codec {
namespace {

constexpr std::uint8_t kHash = 1;
constexpr std::uint8_t kName = 2;
constexpr std::uint8_t kSize = 3;
constexpr std::uint8_t kData = 1;
constexpr std::uint8_t kLinks = 2;

Error bad(std::string_view what) { return Error(errors::kBadDagPb, std::string(what)); }

std::size_t link_size(const PbLink& link) {
  const std::size_t cid_size = link.cid.bytes().size();
  std::size_t size = 1 + wire_varint_size(cid_size) + cid_size;
  if (link.name) size += 1 + wire_varint_size(link.name->size()) + link.name->size();
  if (link.size) size += 1 + wire_varint_size(*link.size);
  return size;
}

void append_link(Bytes& out, const PbLink& link) {
  ICN_ASSERT(!link.cid.empty());
  append_wire_varint(out, kLinks << 3 | static_cast<std::uint8_t>(WireType::kBytes));
  append_wire_varint(out, link_size(link));
  append_wire_bytes(out, kHash, link.cid.bytes());
  if (link.name) append_wire_bytes(out, kName, as_bytes(*link.name));
  if (link.size) append_wire_number(out, kSize, *link.size);
}

// Takes one field of a link; `last` is the number of the field before it.
Result<void> take_link_field(const WireField& field, std::uint64_t last, PbLink& link) {
  const WireType wanted = field.number == kSize ? WireType::kVarint : WireType::kBytes;
  if (field.number > kSize) return bad("a link has an unknown field; allowed: Hash, Name, Tsize");
  if (field.type != wanted) return bad("a field of a link has the wrong type");
  if (field.number <= last) return bad("the fields of a link must be Hash, Name, Tsize, each once");
  if (field.number == kSize) {
    link.size = field.value;
    return {};
  }
  if (field.number == kName) {
    if (!is_utf8(as_text(field.bytes))) return bad("the name of a link must be valid UTF-8");
    link.name = to_text(field.bytes);
    return {};
  }
  Result<Cid> cid = Cid::from_bytes(field.bytes);
  if (!cid.ok()) return bad("the Hash of a link: " + cid.error().detail());
  link.cid = std::move(cid).value();
  return {};
}

Result<PbLink> decode_link(ByteView in) {
  PbLink link;
  std::uint64_t last = 0;
  while (!in.empty()) {
    const std::optional<WireField> field = read_wire_field(in);
    if (!field) return bad("a link is cut off or not protobuf");
    ICN_TRY(take_link_field(*field, last, link));
    last = field->number;
  }
  if (link.cid.empty()) return bad("a link has no Hash");
  return link;
}

}  // namespace

Bytes encode_dag_pb(const PbNode& node) {
  std::vector<const PbLink*> links;
  links.reserve(node.links.size());
  std::size_t size = node.data ? node.data->size() + 11 : 0;
  for (const PbLink& link : node.links) {
    links.push_back(&link);
    size += link_size(link) + 6;
  }
  constexpr auto kNameOf = [](const PbLink* link) -> std::string_view {
    return link->name ? std::string_view(*link->name) : std::string_view();
  };
  std::ranges::stable_sort(links, {}, kNameOf);
  Bytes out;
  out.reserve(size);
  for (const PbLink* link : links) append_link(out, *link);
  if (node.data) append_wire_bytes(out, kData, *node.data);
  return out;
}

Result<PbNode> decode_dag_pb(ByteView in) {
  PbNode node;
  bool links_ended = false;
  while (!in.empty()) {
    const std::optional<WireField> field = read_wire_field(in);
    if (!field) return bad("the node is cut off or not protobuf");
    if (field->type != WireType::kBytes || field->number > kLinks) {
      return bad("the node has an unknown field; allowed: Links, Data");
    }
    if (field->number == kData) {
      if (node.data) return bad("the node has Data twice");
      node.data = to_bytes(field->bytes);
      links_ended = !node.links.empty();
      continue;
    }
    if (links_ended) return bad("the node has Data between its Links");
    ICN_TRY_ASSIGN(link, decode_link(field->bytes));
    node.links.push_back(std::move(link));
  }
  return node;
}

}  // namespace icn::codec
