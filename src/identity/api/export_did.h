#pragma once

#include "identity/api/context.h"

namespace icn::identity::api {

// GET /identity/did/{did}/export: what the ledger holds of a DID (every version of its document, and what
// other domains add) as a CAR, for who may act as it.   I001, unsupported_did_method, did_not_found,
// forbidden
struct ExportDid {
  static constexpr std::string_view summary = "All of one's own data, as a CAR";
  static constexpr std::string_view output_content_type = "application/vnd.ipld.car";
  static http::Response handle(const Api& api, const http::Request& request);
};

}  // namespace icn::identity::api
