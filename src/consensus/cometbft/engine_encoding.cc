#include "consensus/cometbft/engine_encoding.h"

#include "codec/protobuf_wire.h"
#include "ledger/merkle.h"

namespace icn::consensus {

void append_number(Bytes& out, std::uint8_t field, std::uint64_t value) {
  if (value != 0) codec::append_wire_number(out, field, value);
}

void append_bytes(Bytes& out, std::uint8_t field, ByteView value) {
  if (!value.empty()) codec::append_wire_bytes(out, field, value);
}

Bytes encode(const EngineTime& time) {
  Bytes out;
  append_number(out, 1, static_cast<std::uint64_t>(time.seconds));
  append_number(out, 2, time.nanos);
  return out;
}

Bytes encode(const EngineBlockId& id) {
  Bytes parts;
  append_number(parts, 1, id.parts);
  append_bytes(parts, 2, id.parts_hash.bytes);
  Bytes out;
  append_bytes(out, 1, id.hash.bytes);
  codec::append_wire_bytes(out, 2, parts);  // also when it is empty
  return out;
}

crypto::Hash engine_root(const std::vector<Bytes>& leaves) {
  if (leaves.empty()) return crypto::sha256(ByteView());
  const std::uint8_t zero = 0;
  std::vector<crypto::Hash> level;
  for (const Bytes& leaf : leaves) level.push_back(crypto::sha256(ByteView(&zero, 1), ByteView(leaf)));
  while (level.size() > 1) {
    std::size_t out = 0;
    for (std::size_t i = 0; i < level.size(); i += 2)
      level[out++] = i + 1 < level.size() ? ledger::merkle_node(level[i], level[i + 1]) : level[i];
    level.resize(out);
  }
  return level.front();
}

}  // namespace icn::consensus
