#pragma once

#include "dag/api/context.h"

namespace icn::dag::api {

// GET, HEAD /ipfs/{cid}[/path]: what any IPFS client asks a gateway. Serves what this node holds and asks
// nobody else. Blocks and CAR archives that the client can check, by `format` or Accept; else files,
// directories (index.html, or a list) and the blocks of other codecs. Public blocks are for all; a private
// one is E001 (404) unless the caller's credentials may read it, and is then marked private for caches.
// Errors: bad_cid, malformed, E001, path_not_found, not_acceptable (406), not_cached (412), bad_range (416),
// E002 (500), unsupported_unixfs.
struct GetIpfs {
  static constexpr std::string_view summary =
      "A block, an archive or a file by its CID, as IPFS gateways serve it";
  static constexpr std::string_view output_content_type = "application/octet-stream";
  static void handle(const Api& api, http::ExchangePtr exchange);
};

}  // namespace icn::dag::api
