#pragma once

#include <functional>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"

// The payload of a chunk: a Zstandard frame (RFC 8878) of rows in order of key.
//   rows := (size(key) key size(record) record)*      size := u32, big-endian
namespace icn::backup {

// Gathers rows and says where a chunk ends. That depends on the key and size of the row alone, so that the
// chunks of a later backup are the same ones wherever nothing changed, also after rows were put between:
// of 256 KiB on average, of one row when rows are as large, of 4 MiB and one row at most.
class ChunkBuilder {
 public:
  // True: the chunk ends here.
  bool add(ByteView key, ByteView record);
  std::uint64_t rows() const { return rows_; }
  // The payload of what was added; begins anew.
  Result<Bytes> take();

 private:
  Bytes raw_;
  std::uint64_t rows_ = 0;
};

// Calls `row` for each row of a payload.   backup_damaged: it is none, or has another count of rows
using SeeRow = std::function<Result<void>(ByteView key, ByteView record)>;
Result<void> read_chunk(ByteView payload, std::uint64_t rows, const SeeRow& row);

}  // namespace icn::backup
