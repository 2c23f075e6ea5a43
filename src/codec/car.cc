#include "codec/car.h"

#include <algorithm>
#include <utility>

#include "codec/cbor_stream.h"
#include "codec/errors.h"
#include "codec/varint.h"

// CARv1: section*, section = varint size, body; the first body is DAG-CBOR {roots: [CID], version: 1},
//        each other one CID, block.
// CARv2: 0a a16776657273696f6e02, 16 bytes of characteristics, then little-endian u64: data offset,
//        data size, index offset; padding; a CARv1; anything.
namespace icn::codec {
namespace {

constexpr std::size_t kVersion2HeaderSize = 40;
constexpr std::size_t kPragmaSize = 11;
constexpr std::size_t kVarintSizeMax = 9;
// Version, codec, hash function and digest size at their longest, and the longest digest.
constexpr std::size_t kCidSizeMax = 4 * kVarintSizeMax + kDigestSizeMax;

std::uint64_t read_little_endian(ByteView eight_bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 8; i-- > 0;) value = value << 8 | eight_bytes[i];
  return value;
}

struct Header {
  std::int64_t version = 0;
  std::vector<Cid> roots;
  bool has_roots = false;
};

Result<Header> decode_header(ByteView bytes) {
  Header header;
  CborReader reader(bytes);
  ICN_TRY_ASSIGN(fields, reader.map());
  for (std::uint64_t i = 0; i < fields; ++i) {
    ICN_TRY_ASSIGN(key, reader.key());
    if (key == "version") {
      ICN_TRY_ASSIGN(version, reader.integer());
      header.version = version;
    } else if (key == "roots") {
      ICN_TRY_ASSIGN(count, reader.array());
      for (std::uint64_t j = 0; j < count; ++j) {
        ICN_TRY_ASSIGN(cid, reader.link());
        header.roots.push_back(std::move(cid));
      }
      header.has_roots = true;
    } else {
      return Error(errors::kBadCar, "the header has an unknown key; allowed: roots, version");
    }
  }
  ICN_TRY(reader.finish());
  return header;
}

}  // namespace

Bytes encode_car_header(std::span<const Cid> roots) {
  CborWriter writer;
  writer.map(2);
  writer.text("roots");
  writer.array(roots.size());
  for (const Cid& root : roots) writer.link(root);
  writer.text("version");
  writer.integer(1);
  Bytes out;
  append_varint(out, writer.view().size());
  append(out, writer.view());
  return out;
}

Bytes car_block_prefix(const Cid& cid, std::size_t block_size) {
  ICN_ASSERT(!cid.empty());
  Bytes out;
  append_varint(out, cid.bytes().size() + block_size);
  append(out, cid.bytes());
  return out;
}

void append_car_block(Bytes& out, const Cid& cid, ByteView block) {
  append(out, ByteView(car_block_prefix(cid, block.size())));
  append(out, block);
}

CarReader::CarReader(OnRoots on_roots, OnBlock on_block, CarLimits limits)
    : on_roots_(std::move(on_roots)), on_block_(std::move(on_block)), limits_(limits) {}

Error CarReader::fail(std::string_view what) const {
  return Error(errors::kBadCar, "byte " + std::to_string(position_) + ": " + std::string(what));
}

void CarReader::count(std::size_t size) {
  position_ += size;
  if (payload_left_ != UINT64_MAX) payload_left_ -= size;
}

Result<void> CarReader::feed(ByteView chunk) {
  while (!chunk.empty()) ICN_TRY(step(chunk));
  return {};
}

Result<void> CarReader::step(ByteView& in) {
  if (state_ == State::kIndex) {
    position_ += in.size();
    in = {};
    return {};
  }
  if (state_ == State::kLength) return take_length(in);
  const std::size_t taken =
      static_cast<std::size_t>(std::min<std::uint64_t>(needed_ - partial_.size(), in.size()));
  const ByteView piece = in.first(taken);
  in = in.subspan(taken);
  if (state_ == State::kPadding) {
    count(taken);
    needed_ -= taken;
    if (needed_ > 0) return {};
    payload_left_ = payload_size_;
    section_done();
    return {};
  }
  // A body that lies whole in the chunk is read in place.
  if (partial_.empty() && taken == needed_) return take_body(piece);
  append(partial_, piece);
  if (partial_.size() < needed_) return {};
  const Bytes body = std::exchange(partial_, {});
  return take_body(body);
}

Result<void> CarReader::take_length(ByteView& in) {
  while (!in.empty()) {
    if (payload_left_ == 0) return fail("the CARv1 inside is cut off");
    partial_.push_back(in[0]);
    in = in.subspan(1);
    count(1);
    if ((partial_.back() & 0x80) == 0) break;
    if (partial_.size() >= kVarintSizeMax) return fail("the size of a section is longer than 9 bytes");
  }
  if ((partial_.back() & 0x80) != 0) return {};
  ByteView varint = partial_;
  const Result<std::uint64_t> size = read_varint(varint);
  if (!size.ok()) return fail(size.error().detail());
  partial_.clear();
  return expect(State::kBody, *size);
}

Result<void> CarReader::expect(State state, std::uint64_t size) {
  if (state == State::kBody) {
    const std::size_t size_max = have_roots_ ? limits_.block_size_max + kCidSizeMax : limits_.header_size_max;
    if (size == 0) return fail("a section of no bytes is not allowed");
    if (size > size_max) {
      return Error(errors::kTooLarge, "byte " + std::to_string(position_) + ": a section has " +
                                          std::to_string(size) + " bytes; at most " +
                                          std::to_string(size_max) + " are allowed");
    }
    if (size > payload_left_) return fail("a section is longer than the CARv1 inside");
  }
  state_ = state;
  needed_ = size;
  return {};
}

void CarReader::section_done() { state_ = payload_left_ == 0 ? State::kIndex : State::kLength; }

Result<void> CarReader::take_body(ByteView body) {
  count(body.size());
  if (state_ == State::kVersion2Header) return take_version2_header(body);
  if (!have_roots_) return take_header(body);
  ICN_TRY(take_block(body));
  section_done();
  return {};
}

Result<void> CarReader::take_header(ByteView bytes) {
  Result<Header> header = decode_header(bytes);
  if (!header.ok()) return fail("the header: " + header.error().detail());
  if (header->version == 2 && !version2_ && !header->has_roots) {
    version2_ = true;
    return expect(State::kVersion2Header, kVersion2HeaderSize);
  }
  if (header->version != 1) {
    return fail("CAR version " + std::to_string(header->version) + " is unknown; allowed: 1 and 2");
  }
  if (!header->has_roots) return fail("the header has no roots");
  have_roots_ = true;
  ICN_TRY(on_roots_(header->roots));
  section_done();
  return {};
}

Result<void> CarReader::take_version2_header(ByteView bytes) {
  const std::uint64_t offset = read_little_endian(bytes.subspan(16, 8));
  const std::uint64_t size = read_little_endian(bytes.subspan(24, 8));
  constexpr std::uint64_t kOffsetMin = kPragmaSize + kVersion2HeaderSize;
  if (offset < kOffsetMin || offset > kVarintMax || size == 0 || size > kVarintMax) {
    return fail("the place of the CARv1 inside is not possible");
  }
  payload_size_ = size;
  if (offset > kOffsetMin) return expect(State::kPadding, offset - kOffsetMin);
  payload_left_ = payload_size_;
  section_done();
  return {};
}

Result<void> CarReader::take_block(ByteView section) {
  ByteView block = section;
  Result<Cid> cid = Cid::read(block);
  if (!cid.ok()) return fail(cid.error().detail());
  if (block.size() > limits_.block_size_max) {
    return Error(errors::kTooLarge, cid->to_string() + " has " + std::to_string(block.size()) +
                                        " bytes; at most " + std::to_string(limits_.block_size_max) +
                                        " are allowed");
  }
  ICN_TRY(cid->verify(block));
  return on_block_(*cid, block);
}

Result<void> CarReader::finish() const {
  const bool payload_whole = payload_left_ == 0 || payload_left_ == UINT64_MAX;
  const bool between = state_ == State::kIndex || (state_ == State::kLength && partial_.empty());
  if (have_roots_ && between && payload_whole) return {};
  return fail(position_ == 0 ? "the archive is empty" : "the archive is cut off");
}

}  // namespace icn::codec
