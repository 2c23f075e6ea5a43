#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "codec/cid.h"

namespace icn::codec {

// A link out of a block. Only DAG-PB names its links and says their cumulative size; else "" and 0.
struct BlockLink {
  std::string name;
  Cid cid;
  std::uint64_t size = 0;
  bool operator==(const BlockLink&) const = default;
};

// The links of a block in the order they stand in it, repeated ones too, identity CIDs as well.
// The block is checked as strictly as its decoder does. raw has none.
//   unsupported_codec   not raw, dag-pb, dag-cbor or dag-json
//   bad_dag_pb, bad_dag_cbor, bad_dag_json, too_large
Result<std::vector<BlockLink>> links_of(std::uint64_t codec, ByteView block);

}  // namespace icn::codec
