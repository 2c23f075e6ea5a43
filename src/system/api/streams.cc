#include "system/api/streams.h"

#include <algorithm>

#include "base/errors.h"
#include "http/input.h"
#include "http/openapi.h"

namespace icn::system::api {

namespace {

Result<void> check_types(const Api& api, const http::Request& request) {
  for (const std::string& type : http::split_commas(request.query_parameter("types").value_or(""))) {
    if (std::ranges::find(api.event_types, type) != api.event_types.end()) continue;
    std::string names;
    for (const std::string& each : api.event_types) names += (names.empty() ? "" : ", ") + each;
    return Error(errors::kMalformed,
                 "types: there is no event \"" + type.substr(0, 60) + "\"; there are " + names);
  }
  return {};
}

}  // namespace

http::Response GetEvents::handle(const Api& api, const http::Request& request) {
  if (const auto known = check_types(api, request); !known.ok()) return http::problem(known.error(), request);
  auto response = api.events.open(request);
  return response.ok() ? std::move(response).value() : http::problem(response.error(), request);
}

http::Response GetOpenApi::handle(const Api& api, const http::Request&) {
  return http::Response::cached("application/json", api.openapi);
}

http::Response GetDocs::handle(const Api&, const http::Request&) {
  http::Response response = http::Response::text(std::string(http::docs_page()));
  response.content_type = "text/html; charset=utf-8";
  response.headers.emplace_back("content-security-policy", std::string(http::docs_page_policy()));
  return response;
}

}  // namespace icn::system::api
