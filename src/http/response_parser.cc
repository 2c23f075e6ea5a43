#include "http/response_parser.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <optional>

#include "http/errors.h"

namespace icn::http {
namespace beast = boost::beast;
using ErrorCode = beast::error_code;

namespace {

class Parser final : public beast::http::basic_parser<false> {
 public:
  Parser(ClientResponse& response, const ResponseParser::TakeBody& take) : response_(response), take_(take) {
    header_limit(64 * 1024);
    body_limit(boost::none);
    eager(true);
  }
  bool was_stopped = false;

 private:
  void on_request_impl(beast::http::verb, beast::string_view, beast::string_view, int, ErrorCode&) override {}
  void on_response_impl(int status, beast::string_view, int, ErrorCode&) override {
    response_.status = status;
  }
  void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value,
                     ErrorCode&) override {
    response_.headers.emplace_back(std::string(name), std::string(value));
  }
  void on_header_impl(ErrorCode&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode&) override {}
  void on_chunk_header_impl(std::uint64_t, beast::string_view, ErrorCode&) override {}
  void on_finish_impl(ErrorCode&) override {}
  std::size_t on_body_impl(beast::string_view body, ErrorCode& ec) override { return take(body, ec); }
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body, ErrorCode& ec) override {
    return take(body, ec);
  }
  std::size_t take(beast::string_view body, ErrorCode& ec) {
    if (!take_(response_, {body.data(), body.size()})) {
      was_stopped = true;
      ec = beast::http::error::end_of_stream;
    }
    return body.size();
  }

  ClientResponse& response_;
  const ResponseParser::TakeBody& take_;
};

}  // namespace

class ResponseParser::Impl {
 public:
  bool is_answer_to_head;
  TakeBody take;
  ClientResponse response;
  std::optional<Parser> parser;
  std::string rest;

  void begin() {
    response = {};
    parser.emplace(response, take);
    if (is_answer_to_head) parser->skip(true);
  }
};

ResponseParser::ResponseParser(bool is_answer_to_head, TakeBody take) : impl_(std::make_unique<Impl>()) {
  impl_->is_answer_to_head = is_answer_to_head;
  impl_->take = std::move(take);
  impl_->begin();
}
ResponseParser::~ResponseParser() = default;

Result<void> ResponseParser::feed(std::string_view bytes) {
  impl_->rest.append(bytes);
  std::size_t consumed = 0;
  while (consumed < impl_->rest.size() && !impl_->parser->is_done()) {
    ErrorCode ec;
    consumed += impl_->parser->put(
        boost::asio::const_buffer(impl_->rest.data() + consumed, impl_->rest.size() - consumed), ec);
    if (ec == beast::http::error::need_more) break;
    if (impl_->parser->was_stopped) break;
    if (ec) return Error(kBadResponse, "not a valid HTTP response: " + ec.message());
    // 100 Continue and other interim answers come before the real one.
    if (impl_->parser->is_done() && impl_->response.status < 200) impl_->begin();
  }
  impl_->rest.erase(0, consumed);
  return {};
}

Result<void> ResponseParser::finish() {
  ErrorCode ec;
  if (!impl_->parser->is_done() && !impl_->parser->got_some())
    return Error(kBadResponse, "the server closed without an answer");
  if (!impl_->parser->is_done()) impl_->parser->put_eof(ec);
  if (ec || !impl_->parser->is_done())
    return Error(kBadResponse, "the server closed before its answer was complete");
  return {};
}

bool ResponseParser::is_done() const { return impl_->parser->is_done(); }
bool ResponseParser::was_stopped() const { return impl_->parser->was_stopped; }
bool ResponseParser::keeps_alive() const { return impl_->parser->keep_alive() && impl_->rest.empty(); }
ClientResponse& ResponseParser::response() { return impl_->response; }

}  // namespace icn::http
