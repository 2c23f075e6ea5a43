#include "backup/chunk.h"

#include <zstd.h>

#include "backup/entry.h"
#include "backup/errors.h"

namespace icn::backup {
namespace {

constexpr std::uint64_t kMeanBytes = 256 << 10;
constexpr std::size_t kMaxBytes = 4 << 20;
constexpr int kLevel = 3;

Error damaged(const std::string& what) { return Error(kDamaged, what); }

bool take_field(ByteView& rest, ByteView& field) {
  if (rest.size() < 4) return false;
  const std::size_t size = read_u32(rest.first(4));
  rest = rest.subspan(4);
  if (rest.size() < size) return false;
  field = rest.first(size);
  rest = rest.subspan(size);
  return true;
}

Result<Bytes> decompress(ByteView payload) {
  const auto size = ZSTD_getFrameContentSize(payload.data(), payload.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > kPayloadBytesMax)
    return damaged("its rows are not compressed as they should be");
  Bytes raw(size);
  const std::size_t done = ZSTD_decompress(raw.data(), raw.size(), payload.data(), payload.size());
  if (ZSTD_isError(done) != 0 || done != raw.size()) return damaged("its rows cannot be decompressed");
  return raw;
}

}  // namespace

bool ChunkBuilder::add(ByteView key, ByteView record) {
  append_u32(raw_, static_cast<std::uint32_t>(key.size()));
  append(raw_, key);
  append_u32(raw_, static_cast<std::uint32_t>(record.size()));
  append(raw_, record);
  ++rows_;
  if (raw_.size() >= kMaxBytes) return true;
  // A row ends a chunk with the probability that makes chunks of the mean size, whatever the size of rows.
  const std::uint64_t drawn = read_u64(ByteView(crypto::sha256(key)).first(8)) % kMeanBytes;
  return drawn < key.size() + record.size() + 8;
}

Result<Bytes> ChunkBuilder::take() {
  Bytes out(ZSTD_compressBound(raw_.size()));
  const std::size_t size = ZSTD_compress(out.data(), out.size(), raw_.data(), raw_.size(), kLevel);
  if (ZSTD_isError(size) != 0) return damaged("rows cannot be compressed");
  out.resize(size);
  raw_.clear();
  rows_ = 0;
  return out;
}

Result<void> read_chunk(ByteView payload, std::uint64_t rows, const SeeRow& row) {
  ICN_TRY_ASSIGN(raw, decompress(payload));
  ByteView rest = raw;
  std::uint64_t count = 0;
  for (; !rest.empty(); ++count) {
    ByteView key;
    ByteView record;
    if (!take_field(rest, key) || !take_field(rest, record)) return damaged("a row of it is cut off");
    ICN_TRY(row(key, record));
  }
  if (count != rows) return damaged("it has " + std::to_string(count) + " rows");
  return {};
}

}  // namespace icn::backup
