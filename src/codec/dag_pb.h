#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "codec/cid.h"

namespace icn::codec {

struct PbLink {
  Cid cid;
  std::optional<std::string> name;
  std::optional<std::uint64_t> size;  // cumulative: the block and all below it
  bool operator==(const PbLink&) const = default;
};

struct PbNode {
  std::vector<PbLink> links;
  std::optional<Bytes> data;
  bool operator==(const PbNode&) const = default;
};

// Canonical DAG-PB: links (sorted by the bytes of their names, equal names in their order) before data.
// Every link must have a CID (asserted). Source: IPLD DAG-PB specification.
Bytes encode_dag_pb(const PbNode& node);

// Fields out of order within a link, repeated fields, unknown fields and padded varints are refused.
// Data before the links is read, as the specification asks for old blocks; links keep their order.
//   bad_dag_pb
Result<PbNode> decode_dag_pb(ByteView bytes);

}  // namespace icn::codec
