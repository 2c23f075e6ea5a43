#include "mesh/content.h"

#include "base/errors.h"

namespace icn::mesh {
namespace {

Error too_large(std::uint64_t size, std::uint64_t bytes_max) {
  return Error(errors::kTooLarge, std::to_string(size) + " bytes, allowed are " + std::to_string(bytes_max));
}

}  // namespace

Result<codec::Cid> add_content(ByteView bytes, std::vector<dag::NewBlock>& blocks) {
  if (bytes.size() <= kRawBytesMax) {
    const codec::Cid cid = codec::Cid::of(codec::kRaw, bytes);
    blocks.push_back({cid, to_bytes(bytes), {}});
    return cid;
  }
  codec::FileBuilder builder([&](const codec::Cid& cid, ByteView block) -> Result<void> {
    ICN_TRY_ASSIGN(made, dag::trusted_block(cid, to_bytes(block)));
    blocks.push_back(std::move(made));
    return {};
  });
  ICN_TRY(builder.write(bytes));
  ICN_TRY_ASSIGN(file, builder.finish());
  return file.cid;
}

Result<Bytes> read_content(const codec::Cid& cid, const LoadBlock& load, std::uint64_t bytes_max) {
  if (cid.codec() != codec::kDagPb) {
    if (const auto inside = cid.inline_data()) return to_bytes(*inside);
    ICN_TRY_ASSIGN(bytes, load(cid));
    if (bytes.size() > bytes_max) return too_large(bytes.size(), bytes_max);
    return std::move(bytes);
  }
  ICN_TRY_ASSIGN(reader, codec::FileReader::open(cid, load));
  if (reader.size() > bytes_max) return too_large(reader.size(), bytes_max);
  Bytes out;
  out.reserve(reader.size());
  while (true) {
    ICN_TRY_ASSIGN(piece, reader.next());
    if (!piece) return out;
    append(out, *piece);
  }
}

}  // namespace icn::mesh
