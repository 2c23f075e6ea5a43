#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "codec/cid.h"

// Content addressable archives. Sources: IPLD CARv1 and CARv2 specifications.
namespace icn::codec {

// The header of a CARv1 with these roots, and one block behind it: a CARv1 is a header and any number
// of blocks, so that pieces may be sent as they are made.
Bytes encode_car_header(std::span<const Cid> roots);
void append_car_block(Bytes& out, const Cid& cid, ByteView block);

// What append_car_block() puts before the bytes of the block, for callers that send those by themselves.
Bytes car_block_prefix(const Cid& cid, std::size_t block_size);

struct CarLimits {
  std::size_t header_size_max = std::size_t{64} << 10;
  std::size_t block_size_max = std::size_t{2} << 20;
};

// Reads CARv1 and CARv2 from a stream in chunks of any size, and holds at most one block. Each block is
// held against its CID before it is handed out; the index of a CARv2 is read over.
// `on_roots` is called once, before the first block. An error of a callback ends the reading and comes
// back from feed(); after an error the reader must not be used. Blocks already handed out are the
// caller's to undo.
//   bad_car             not a CAR, cut off, sections of no bytes, sizes that do not agree
//   E002                bytes that their CID does not name
//   unsupported_codec   a hash function that cannot be checked
//   too_large           a header or block above the limits
class CarReader {
 public:
  using OnRoots = std::function<Result<void>(const std::vector<Cid>& roots)>;
  using OnBlock = std::function<Result<void>(const Cid&, ByteView block)>;

  CarReader(OnRoots on_roots, OnBlock on_block, CarLimits limits = {});

  Result<void> feed(ByteView chunk);
  // The stream has ended. Refuses an archive that is cut off.
  Result<void> finish() const;

 private:
  enum class State { kLength, kBody, kVersion2Header, kPadding, kIndex };

  Result<void> step(ByteView& in);
  Result<void> take_length(ByteView& in);
  Result<void> take_body(ByteView body);
  Result<void> take_header(ByteView header);
  Result<void> take_version2_header(ByteView header);
  Result<void> take_block(ByteView section);
  Result<void> expect(State state, std::uint64_t size);
  void section_done();
  void count(std::size_t size);
  Error fail(std::string_view what) const;

  OnRoots on_roots_;
  OnBlock on_block_;
  CarLimits limits_;

  State state_ = State::kLength;
  std::uint64_t needed_ = 0;  // bytes that make the current state whole
  Bytes partial_;             // those of them that have come
  std::uint64_t position_ = 0;
  bool version2_ = false;
  bool have_roots_ = false;
  // Of the CARv1 inside a CARv2; "left" counts once its first byte is next.
  std::uint64_t payload_size_ = 0;
  std::uint64_t payload_left_ = UINT64_MAX;
};

}  // namespace icn::codec
