#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"

// The little of protobuf's wire format that DAG-PB and UnixFS use.
namespace icn::codec {

enum class WireType : std::uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

struct WireField {
  std::uint64_t number;
  WireType type;
  std::uint64_t value;  // of kVarint; else 0
  ByteView bytes;       // of kBytes, kFixed64 and kFixed32; points into the input
};

// Removes the next field from the front of `in`. Nothing: cut off, a varint above 64 bits or longer
// than it needs, a group, or field number 0.
std::optional<WireField> read_wire_field(ByteView& in);
std::optional<std::uint64_t> read_wire_varint(ByteView& in);

void append_wire_varint(Bytes& out, std::uint64_t value);
void append_wire_number(Bytes& out, std::uint8_t field, std::uint64_t value);
void append_wire_bytes(Bytes& out, std::uint8_t field, ByteView bytes);

std::size_t wire_varint_size(std::uint64_t value);

}  // namespace icn::codec
