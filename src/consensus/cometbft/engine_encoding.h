#pragma once

#include "consensus/cometbft/attestation.h"

// CometBFT's structures as the bytes it signs and hashes. Source: its specification, "Encoding".
namespace icn::consensus {

// Protobuf leaves out what is 0 or empty.
void append_number(Bytes& out, std::uint8_t field, std::uint64_t value);
void append_bytes(Bytes& out, std::uint8_t field, ByteView value);

Bytes encode(const EngineTime& time);
Bytes encode(const EngineBlockId& id);

// Of a tree over leaves of any length. Source: RFC 6962, 2.1.
crypto::Hash engine_root(const std::vector<Bytes>& leaves);

}  // namespace icn::consensus
