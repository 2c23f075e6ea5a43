#include "system/api/streams.h"

#include "http/openapi.h"

namespace icn::system::api {

http::Response GetEvents::handle(const Api& api, const http::Request& request) {
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
