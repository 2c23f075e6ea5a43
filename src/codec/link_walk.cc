#include "codec/link_walk.h"

#include "codec/cbor_stream.h"
#include "codec/dag_json.h"
#include "codec/dag_pb.h"
#include "codec/errors.h"

namespace icn::codec {
namespace {

using Links = std::vector<BlockLink>;

Result<void> walk_dag_cbor(CborReader& reader, Links& links) {
  ICN_TRY_ASSIGN(kind, reader.peek());
  if (kind == CborKind::kLink) {
    ICN_TRY_ASSIGN(cid, reader.link());
    links.push_back({"", std::move(cid), 0});
    return {};
  }
  if (kind != CborKind::kMap && kind != CborKind::kArray) return reader.skip();
  const bool is_map = kind == CborKind::kMap;
  ICN_TRY_ASSIGN(count, is_map ? reader.map() : reader.array());
  for (std::uint64_t i = 0; i < count; ++i) {
    if (is_map) ICN_TRY(reader.key());
    ICN_TRY(walk_dag_cbor(reader, links));
  }
  return {};
}

void walk_value(const Value& value, Links& links) {
  if (const Cid* cid = value.link()) links.push_back({"", *cid, 0});
  if (const Value::List* list = value.list()) {
    for (const Value& item : *list) walk_value(item, links);
  }
  if (const Value::Map* map = value.map()) {
    for (const Value::Entry& entry : *map) walk_value(entry.value, links);
  }
}

Result<Links> links_of_dag_cbor(ByteView block) {
  Links links;
  CborReader reader(block);
  ICN_TRY(walk_dag_cbor(reader, links));
  ICN_TRY(reader.finish());
  return links;
}

Result<Links> links_of_dag_pb(ByteView block) {
  ICN_TRY_ASSIGN(node, decode_dag_pb(block));
  Links links;
  links.reserve(node.links.size());
  for (PbLink& link : node.links) {
    links.push_back({std::move(link.name).value_or(""), std::move(link.cid), link.size.value_or(0)});
  }
  return links;
}

}  // namespace

Result<Links> links_of(std::uint64_t codec, ByteView block) {
  switch (codec) {
    case kRaw:
      return Links();
    case kDagPb:
      return links_of_dag_pb(block);
    case kDagCbor:
      return links_of_dag_cbor(block);
    case kDagJson: {
      ICN_TRY_ASSIGN(value, decode_dag_json(as_text(block)));
      Links links;
      walk_value(value, links);
      return links;
    }
    default:
      return Error(
          errors::kUnsupportedCodec,
          "codec " + codec_name(codec) + " is not supported; allowed: raw, dag-pb, dag-cbor, dag-json");
  }
}

}  // namespace icn::codec
