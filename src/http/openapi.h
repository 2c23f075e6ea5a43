#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/route.h"

namespace icn::http {

struct OpenApiInfo {
  std::string title;
  std::string version;
  std::string description;
};

// The OpenAPI 3.1 document of these routes: indented JSON, the same bytes for the same routes.
std::string openapi_document(const std::vector<Route>& routes, const OpenApiInfo& info);

// A page that lists the endpoints of /system/openapi.json with their schemas and lets one try them.
// HTML without outside resources; its Content-Security-Policy stands in docs_page_policy().
std::string_view docs_page();
std::string_view docs_page_policy();

}  // namespace icn::http
