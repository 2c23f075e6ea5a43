#pragma once

#include <functional>

#include "codec/unixfs_file.h"
#include "dag/block.h"

// Data of any size as content: a raw block up to 1 MiB, above it a UnixFS file. Source: domain.md 7.
namespace icn::mesh {

inline constexpr std::size_t kRawBytesMax = std::size_t{1} << 20;
inline constexpr std::uint64_t kInputBytesMax = std::uint64_t{256} << 20;

// Appends the blocks of `bytes` and answers their root.
Result<codec::Cid> add_content(ByteView bytes, std::vector<dag::NewBlock>& blocks);

// All bytes of a block or UnixFS file; the errors of `load`; too_large above `bytes_max`.
using LoadBlock = std::function<Result<Bytes>(const codec::Cid&)>;
Result<Bytes> read_content(const codec::Cid& cid, const LoadBlock& load, std::uint64_t bytes_max);

}  // namespace icn::mesh
