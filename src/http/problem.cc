#include <string>

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
  switch (status) {
    case 100:
      return "Continue";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 402:
      return "Payment Required";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 416:
      return "Range Not Satisfiable";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    case 507:
      return "Insufficient Storage";
    default:
      return "Status";
  }
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
