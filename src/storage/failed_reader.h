#pragma once

#include "storage/store.h"

namespace icn::storage {

// For engines whose snapshot() can fail, and has no way to say so: every read answers the error.
class FailedReader final : public Reader {
 public:
  explicit FailedReader(Error error) : error_(std::move(error)) {}
  Result<std::optional<Bytes>> get(const TableSchema&, ByteView) const override { return error_; }
  Result<std::unique_ptr<Cursor>> scan(const TableSchema&, const ScanRange&) const override { return error_; }

 private:
  Error error_;
};

}  // namespace icn::storage
