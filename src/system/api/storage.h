#pragma once

#include "system/api/health.h"

// For operators: what the node keeps, and a copy of it.
namespace icn::system::api {

struct GetStorage {
  using Input = NoInput;
  struct Output {
    std::vector<StoreFigures> stores;
    static constexpr auto fields() { return codec::described(codec::field("stores", &Output::stores)); }
  };
  static constexpr std::string_view summary = "Stores of this node: engine, size, rows";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// POST /system/storage/backup: both stores as they are now, as a stream (docs/formats/backup.md). The body is
// the SHA-256 of each piece the caller has already, 32 bytes each, one after another: of these only the line is
// sent. It is read on a thread of its own; an error on the way is the stream's last line.
//   malformed     the body is no list of hashes
//   unavailable   two backups are being made already
struct PostBackup {
  static constexpr std::string_view summary = "A consistent backup of this node";
  static constexpr std::string_view input_content_type = "application/octet-stream";
  static constexpr std::string_view output_content_type = "application/vnd.icn.backup";
  static constexpr bool changes_state = false;
  static void handle(const Api& api, http::ExchangePtr exchange);
};

}  // namespace icn::system::api
