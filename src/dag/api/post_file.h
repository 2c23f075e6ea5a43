#pragma once

#include "dag/api/context.h"

namespace icn::dag::api {

// POST /dag/files?visibility=private|public&pin=true|false&owner=: the body, of any type and size, becomes a
// UnixFS file as `ipfs add --cid-version=1` would make it. Streamed: holds a few blocks at a time, reads no
// faster than the disk takes them, and nothing is visible before all is durable. 201.
// Errors: E005, E008, malformed, forbidden, dag_queue_full; too large: dag.file_bytes_max.
struct PostFile {
  struct Output {
    Cid cid;
    std::uint64_t size = 0;
    std::uint64_t blocks = 0;
    Millimana fee;
    static constexpr std::string_view schema_name = "FileResult";
    static constexpr auto fields() {
      using codec::field;
      return described(field("cid", &Output::cid), field("size", &Output::size, "bytes of the file"),
                       field("blocks", &Output::blocks),
                       field("fee", &Output::fee, "mana owed for new blocks"));
    }
  };
  static constexpr std::string_view summary = "Store a file of any size";
  static constexpr std::string_view input_content_type = "application/octet-stream";
  static constexpr int success_status = 201;
  static Result<std::unique_ptr<http::UploadSession>> handle(const Api& api, http::Exchange& exchange);
};

}  // namespace icn::dag::api
