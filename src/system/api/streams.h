#pragma once

#include "system/context.h"

namespace icn::system::api {

struct GetEvents {
  static constexpr std::string_view summary =
      "Server-sent events; resume with Last-Event-ID or ?since=, filter with ?types=";
  static constexpr std::string_view output_content_type = "text/event-stream";
  static http::Response handle(const Api& api, const http::Request& request);
};

struct GetOpenApi {
  static constexpr std::string_view summary = "This interface as an OpenAPI 3.1 document";
  static http::Response handle(const Api& api, const http::Request& request);
};

struct GetDocs {
  static constexpr std::string_view summary = "This interface as a page to read and try";
  static constexpr std::string_view output_content_type = "text/html";
  static http::Response handle(const Api& api, const http::Request& request);
};

}  // namespace icn::system::api
