#include "http/request_parser.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <optional>

#include "http/errors.h"

namespace icn::http {
namespace beast = boost::beast;
using ErrorCode = beast::error_code;

namespace {

struct Failure {
  int status;
  std::string code, title, detail;
};

// "http://host/path" is the form for proxies; servers must take it too (RFC 9112, 3.2.2).
std::string_view origin_form(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    const auto slash = target.find('/', scheme.size());
    return slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
  }
  return target;
}

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kHostCharacters =  // RFC 3986, 3.2.2: reg-name
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~%!$&'()*+,;=";

bool consists_of(std::string_view text, std::string_view characters) {
  return text.find_first_not_of(characters) == std::string_view::npos;
}

// RFC 9110, 7.2: uri-host [ ":" port ]; empty when the target has no authority.
bool is_host(std::string_view text) {
  std::size_t end = std::min(text.find(':'), text.size());
  if (text.starts_with('[')) {
    const std::size_t bracket = text.find(']');
    if (bracket == std::string_view::npos || bracket == 1) return false;
    if (!consists_of(text.substr(1, bracket - 1), "0123456789abcdefABCDEF:.")) return false;
    end = bracket + 1;
  } else if (!consists_of(text.substr(0, end), kHostCharacters)) {
    return false;
  }
  const std::string_view port = text.substr(end);
  return port.empty() || (port.front() == ':' && consists_of(port.substr(1), kDigits));
}

bool is_visible(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f) return false;
  }
  return true;
}

class Parser final : public beast::http::basic_parser<true> {
 public:
  Parser(Request& request, const ParserLimits& limits) : request_(request), limits_(limits) {
    header_limit(static_cast<std::uint32_t>(limits.header_bytes_max));
    body_limit(boost::none);
  }

  std::optional<Failure> failure;
  std::optional<Error> refusal;  // in place of a failure
  std::uint64_t body_bytes_max = 0;
  std::uint64_t body_bytes = 0;
  std::function<Result<void>(ByteView)> sink;
  bool expects_continue = false;

 private:
  void fail(ErrorCode& ec, Failure why) {
    failure = std::move(why);
    ec = beast::http::error::bad_value;
  }
  void refuse(ErrorCode& ec, std::string detail) {
    fail(ec, {400, kBadRequest.code, kBadRequest.title, std::move(detail)});
  }

  void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target, int version,
                       ErrorCode& ec) override {
    request_.method_text.assign(method.data(), method.size());
    request_.method = method_named(request_.method_text);
    request_.is_http11 = version >= 11;
    const std::string_view text(target.data(), target.size());
    if (request_.method == Method::kOptions && text == "*") {  // of the server as a whole
      request_.target = request_.path = text;
      return;
    }
    if (!is_visible(text) || !request_.set_target(origin_form(text)))
      refuse(ec, "the request target must be a path that starts with '/'");
  }

  void on_response_impl(int, beast::string_view, int, ErrorCode&) override {}

  void on_field_impl(beast::http::field field, beast::string_view name, beast::string_view value,
                     ErrorCode& ec) override {
    // What stands behind the body came when all was decided: it is counted and forgotten (RFC 9110, 6.5.1).
    if (is_head_over_) ++trailers_;
    if (request_.headers.size() + trailers_ >= limits_.headers_max)
      return fail(ec, {431, "too_many_headers", "too many header fields",
                       "at most " + std::to_string(limits_.headers_max) + " header fields are taken"});
    if (is_head_over_) return;
    if (field == beast::http::field::host) {
      ++hosts_;
      if (!is_host({value.data(), value.size()})) return refuse(ec, "Host must be a host and its port");
    }
    // The end of a body in another coding cannot be known (RFC 9112, 6.3).
    if (field == beast::http::field::transfer_encoding && !beast::iequals(value, "chunked"))
      return refuse(ec, "the only transfer coding taken is chunked");
    if (field == beast::http::field::expect)
      expects_continue = beast::iequals(value, "100-continue") && request_.is_http11;
    request_.headers.add({name.data(), name.size()}, {value.data(), value.size()});
  }

  void on_header_impl(ErrorCode& ec) override {
    if (hosts_ > 1 || (hosts_ == 0 && request_.is_http11)) refuse(ec, "exactly one Host header is needed");
    is_head_over_ = true;
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode&) override {}

  std::size_t take(beast::string_view body, ErrorCode& ec) {
    body_bytes += body.size();
    if (body_bytes > body_bytes_max) {
      fail(ec, {413, kBodyTooLarge.code, kBodyTooLarge.title,
                "this path takes at most " + std::to_string(body_bytes_max) + " bytes"});
      return 0;
    }
    const ByteView bytes = as_bytes({body.data(), body.size()});
    if (!sink) {
      append(request_.body, bytes);
    } else if (auto written = sink(bytes); !written.ok()) {
      refusal = written.error();
      ec = beast::http::error::bad_value;
      return 0;
    }
    return body.size();
  }

  std::size_t on_body_impl(beast::string_view body, ErrorCode& ec) override { return take(body, ec); }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, ErrorCode&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body, ErrorCode& ec) override {
    return take(body, ec);
  }
  void on_finish_impl(ErrorCode&) override {}

  Request& request_;
  const ParserLimits& limits_;
  int hosts_ = 0;
  std::size_t trailers_ = 0;
  bool is_head_over_ = false;
};

Failure header_too_large(std::string_view what, const ParserLimits& limits) {
  return {431, "header_too_large", "the request head is too large",
          std::string(what) + " at most " + std::to_string(limits.header_bytes_max) + " bytes"};
}

Failure failure_of(const ErrorCode& ec, const ParserLimits& limits) {
  if (ec == beast::http::error::header_limit || ec == beast::http::error::buffer_overflow)
    return header_too_large("the request line and the header fields have", limits);
  if (ec == beast::http::error::bad_version)
    return {505, "bad_version", "HTTP version not supported", "HTTP/1.1 and HTTP/1.0 are taken"};
  return {400, kBadRequest.code, kBadRequest.title, "not a valid HTTP request: " + ec.message()};
}

}  // namespace

class RequestParser::Impl {
 public:
  ParserLimits limits;
  Request* request = nullptr;
  std::optional<Parser> parser;
  bool is_head_told = false;
};

RequestParser::RequestParser(const ParserLimits& limits) : impl_(std::make_unique<Impl>()) {
  impl_->limits = limits;
}
RequestParser::~RequestParser() = default;

void RequestParser::begin(Request& request) {
  impl_->request = &request;
  impl_->is_head_told = false;
  impl_->parser.emplace(request, impl_->limits);
}

RequestParser::Fed RequestParser::feed(std::string_view bytes) {
  Parser& parser = *impl_->parser;
  std::size_t consumed = 0;
  while (true) {
    if (parser.is_header_done() && !impl_->is_head_told) {
      impl_->is_head_told = true;
      return {consumed, Step::kHead};
    }
    if (parser.is_done()) return {consumed, Step::kDone};
    if (consumed == bytes.size()) return {consumed, Step::kNeedMore};
    ErrorCode ec;
    const std::string_view rest = bytes.substr(consumed);
    const std::size_t used = parser.put(boost::asio::const_buffer(rest.data(), rest.size()), ec);
    consumed += used;
    if (ec == beast::http::error::need_more) return {consumed, Step::kNeedMore};
    if (ec) {
      if (!parser.failure && !parser.refusal) parser.failure = failure_of(ec, impl_->limits);
      return {consumed, Step::kFailed};
    }
  }
}

void RequestParser::set_body_max(std::uint64_t bytes_max) { impl_->parser->body_bytes_max = bytes_max; }

void RequestParser::set_body_sink(std::function<Result<void>(ByteView)> sink) {
  impl_->parser->sink = std::move(sink);
}

std::optional<std::uint64_t> RequestParser::content_length() const {
  if (impl_->parser->chunked()) return std::nullopt;
  const auto length = impl_->parser->content_length();
  return length ? *length : 0;
}

// A server of HTTP/1.0 that stands between may not know chunks: what follows them may be meant otherwise
// (RFC 9112, 6.1).
bool RequestParser::keeps_alive() const {
  const bool may_be_misread = impl_->parser->chunked() && !impl_->request->is_http11;
  return impl_->parser->keep_alive() && !may_be_misread;
}
bool RequestParser::expects_continue() const { return impl_->parser->expects_continue; }

void RequestParser::refuse_line() {
  impl_->parser->failure =
      header_too_large("the size line of a chunk, and the trailers together, have", impl_->limits);
}

void RequestParser::refuse_body(const Error& error) { impl_->parser->refusal = error; }

Response RequestParser::failure() const {
  if (impl_->parser->refusal) return problem(*impl_->parser->refusal, *impl_->request);
  const Failure& failure = *impl_->parser->failure;
  return problem(failure.status, failure.code, failure.title, failure.detail, *impl_->request);
}

}  // namespace icn::http
