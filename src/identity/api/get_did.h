#pragma once

#include "identity/api/context.h"

namespace icn::identity::api {

// GET /identity/did/{did}?version=N. The plain document (W3C DID Core 1.0 JSON), or for
// `Accept: application/did-resolution` the resolution result, then with the status of DID Resolution:
// 410 for a deactivated DID, 501 for a method that is not resolved. A did:web is read from the web, for
// callers with credentials.
struct GetDid {
  static constexpr std::string_view summary = "Resolve a DID";
  static constexpr std::string_view output_content_type = "application/did+ld+json";
  static http::AnswerVersion answer_version(const Api& api, const http::Request& request);
  static void handle(const Api& api, http::ExchangePtr exchange);
};

}  // namespace icn::identity::api
