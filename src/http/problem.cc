#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "codec/json.h"
#include "http/message.h"

namespace icn::http {

int status_of(Category category) {
  switch (category) {
    case Category::kMalformed:
      return 400;
    case Category::kUnauthenticated:
      return 401;
    case Category::kPayment:
      return 402;
    case Category::kForbidden:
      return 403;
    case Category::kNotFound:
      return 404;
    case Category::kConflict:
      return 409;
    case Category::kTooLarge:
      return 413;
    case Category::kRule:
      return 422;
    case Category::kRateLimited:
      return 429;
    case Category::kInternal:
      return 500;
    case Category::kUnavailable:
      return 503;
    case Category::kStorageFull:
      return 507;
  }
  return 500;
}

std::string_view status_reason(int status) {
  static constexpr std::pair<int, std::string_view> kReasons[] = {
      {100, "Continue"},
      {200, "OK"},
      {201, "Created"},
      {202, "Accepted"},
      {204, "No Content"},
      {206, "Partial Content"},
      {301, "Moved Permanently"},
      {302, "Found"},
      {304, "Not Modified"},
      {307, "Temporary Redirect"},
      {308, "Permanent Redirect"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {402, "Payment Required"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {406, "Not Acceptable"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {410, "Gone"},
      {412, "Precondition Failed"},
      {413, "Content Too Large"},
      {416, "Range Not Satisfiable"},
      {422, "Unprocessable Content"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {503, "Service Unavailable"},
      {504, "Gateway Timeout"},
      {505, "HTTP Version Not Supported"},
      {507, "Insufficient Storage"},
  };
  const auto found = std::ranges::find(kReasons, status, &std::pair<int, std::string_view>::first);
  return found == std::end(kReasons) ? "Status" : found->second;
}

Response problem(int status, std::string_view code, std::string_view title, std::string_view detail,
                 const Request& request) {
  std::string body = R"({"type":"about:blank","title":)";
  codec::append_json_string(body, title);
  body += ",\"status\":" + std::to_string(status) + ",\"detail\":";
  codec::append_json_string(body, codec::is_utf8(detail) ? detail : title);
  body += ",\"code\":";
  codec::append_json_string(body, code);
  if (!request.correlation_id.empty()) {
    body += ",\"correlation_id\":";
    codec::append_json_string(body, request.correlation_id);
  }
  if (!request.path.empty() && codec::is_utf8(request.path)) {
    body += ",\"instance\":";
    codec::append_json_string(body, request.path);
  }
  body += '}';
  Response response = Response::json(std::move(body), status);
  response.content_type = "application/problem+json";
  return response;
}

Response problem(const Error& error, const Request& request) {
  const Category category = error.category();
  Response response = problem(status_of(category), error.code(), error.kind().title, error.detail(), request);
  if (category == Category::kRateLimited || category == Category::kUnavailable)
    response.headers.emplace_back("retry-after", "1");
  if (category == Category::kUnauthenticated) response.headers.emplace_back("www-authenticate", "Bearer");
  return response;
}

}  // namespace icn::http
