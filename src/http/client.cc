#include "http/client.h"

#include <algorithm>
#include <cstdio>

#include "http/client_stream.h"
#include "http/errors.h"
#include "http/response_parser.h"

namespace icn::http {
namespace {

bool equal_without_case(std::string_view left, std::string_view right) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return left.size() == right.size() && std::equal(left.begin(), left.end(), right.begin(),
                                                   [&](char a, char b) { return lower(a) == lower(b); });
}

Result<ClientAddress> parse_base_url(std::string_view url) {
  ClientAddress address;
  if (url.starts_with("https://")) {
    address.is_tls = true;
    url.remove_prefix(8);
  } else if (url.starts_with("http://")) {
    url.remove_prefix(7);
  } else {
    return Error(errors::kMalformed, "the node's address must start with http:// or https://");
  }
  if (url.ends_with('/')) url.remove_suffix(1);
  if (url.empty() || url.find('/') != std::string_view::npos)
    return Error(errors::kMalformed, "the node's address must be SCHEME://HOST:PORT");
  const std::size_t bracket = url.front() == '[' ? url.find(']') : 0;
  const std::size_t colon = bracket == std::string_view::npos ? bracket : url.find(':', bracket);
  address.host = url.substr(0, colon);
  address.port =
      colon == std::string_view::npos ? (address.is_tls ? "443" : "80") : std::string(url.substr(colon + 1));
  if (address.host.starts_with('[') && address.host.ends_with(']'))
    address.host = address.host.substr(1, address.host.size() - 2);
  if (address.host.empty() || address.port.empty())
    return Error(errors::kMalformed, "the node's address must be SCHEME://HOST:PORT");
  return address;
}

// Takes server-sent events out of text as it comes (WHATWG HTML, 9.2.6).
class EventReader {
 public:
  explicit EventReader(const std::function<bool(const ServerSentEvent&)>& on_event) : on_event_(on_event) {}

  bool take(std::string_view text) {
    rest_ += text;
    std::size_t end = 0;
    std::size_t from = 0;
    while ((end = rest_.find('\n', from)) != std::string::npos) {
      std::string_view line(rest_.data() + from, end - from);
      if (line.ends_with('\r')) line.remove_suffix(1);
      from = end + 1;
      if (!take_line(line)) return false;
    }
    rest_.erase(0, from);
    return true;
  }

 private:
  bool take_line(std::string_view line) {
    if (line.empty()) {
      ServerSentEvent event = std::exchange(event_, ServerSentEvent{event_.id, "", ""});
      if (event.data.ends_with('\n')) event.data.pop_back();
      return event.data.empty() || on_event_(event);
    }
    const std::size_t colon = line.find(':');
    const std::string_view name = line.substr(0, colon);
    std::string_view value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (name == "id") event_.id = value;
    if (name == "event") event_.type = value;
    if (name == "data") event_.data.append(value).append("\n");
    return true;
  }

  const std::function<bool(const ServerSentEvent&)>& on_event_;
  std::string rest_;
  ServerSentEvent event_;
};

}  // namespace

std::string ClientResponse::header(std::string_view name) const {
  for (const auto& [each, value] : headers) {
    if (equal_without_case(each, name)) return value;
  }
  return "";
}

class Client::Impl {
 public:
  ClientAddress address;
  ClientOptions options;
  std::string authority;
  std::unique_ptr<ClientStream> stream;
  bool was_sent = false;
  const std::atomic<bool>* is_cut = nullptr;

  Result<ClientResponse> send(const ClientRequest& request, const ResponseParser::TakeBody& take) {
    const bool was_open = stream != nullptr;
    bool is_answered = false;
    auto response = attempt(request, take, is_answered);
    if (response.ok()) return response;
    stream.reset();
    // The server may have closed a kept connection just now. What may have been done already is not
    // sent a second time: only requests without effect are.
    const bool is_safe = request.method == "GET" || request.method == "HEAD";
    const bool was_closed = response.error().is(kUnreachable) || response.error().is(kBadResponse);
    if (!was_open || !is_safe || is_answered || !was_closed) return response;
    return attempt(request, take, is_answered);
  }

 private:
  std::string head_of(const ClientRequest& request) const {
    std::string head = request.method + " " + request.target +
                       " HTTP/1.1\r\nhost: " + (request.host.empty() ? authority : request.host) + "\r\n";
    for (const auto& [name, value] : request.headers) head += name + ": " + value + "\r\n";
    if (request.body_source)
      head += "transfer-encoding: chunked\r\n";
    else if (!request.body.empty() || request.method == "POST" || request.method == "PUT")
      head += "content-length: " + std::to_string(request.body.size()) + "\r\n";
    return head + "\r\n";
  }

  Result<void> write_body(const ClientRequest& request) {
    if (!request.body_source) return stream->write(request.body, options.timeout_ms);
    while (true) {
      ICN_TRY_ASSIGN(bytes, request.body_source());
      char size[24];
      std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
      ICN_TRY(stream->write(size + to_text(bytes) + "\r\n", options.timeout_ms));
      if (bytes.empty()) return {};
    }
  }

  Result<ClientResponse> attempt(const ClientRequest& request, const ResponseParser::TakeBody& take,
                                 bool& is_answered) {
    was_sent = false;
    if (stream && !stream->is_quiet()) stream.reset();  // closed while nobody looked
    if (!stream) {
      const ClientTls tls{options.is_certificate_checked, options.ca_file};
      ICN_TRY_ASSIGN(opened, ClientStream::connect(address, tls, options.connect_timeout_ms));
      stream = std::move(opened);
    }
    stream->set_cut(is_cut);
    was_sent = true;
    const std::string head = head_of(request);
    const bool is_small = !request.body_source && request.body.size() < 64 * 1024;
    auto written = stream->write(is_small ? head + request.body : head, options.timeout_ms);
    if (written.ok() && !is_small) written = write_body(request);
    // A server that refuses a request closes before it has read it all; its answer still counts.
    ResponseParser parser(request.method == "HEAD", take);
    while (!parser.is_done()) {
      auto bytes = stream->read(options.timeout_ms);
      if (!bytes.ok()) return written.ok() ? bytes.error() : written.error();
      if (bytes->empty()) {
        ICN_TRY(parser.finish());
        stream.reset();
        return std::move(parser.response());
      }
      is_answered = true;
      ICN_TRY(parser.feed(*bytes));
      if (parser.was_stopped()) {
        stream.reset();
        return std::move(parser.response());
      }
    }
    if (!parser.keeps_alive() || !written.ok()) stream.reset();
    return std::move(parser.response());
  }
};

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

Result<Client> Client::make(std::string_view base_url, const ClientOptions& options) {
  auto impl = std::make_unique<Impl>();
  ICN_TRY_ASSIGN(address, parse_base_url(base_url));
  impl->address = std::move(address);
  impl->options = options;
  const bool is_ipv6 = impl->address.host.find(':') != std::string::npos;
  impl->authority =
      (is_ipv6 ? "[" + impl->address.host + "]" : impl->address.host) + ":" + impl->address.port;
  return Client(std::move(impl));
}

Result<ClientResponse> Client::send(const ClientRequest& request) {
  std::string body;
  bool is_too_large = false;
  auto response = impl_->send(request, [&](const ClientResponse& head, std::string_view bytes) {
    if (request.answer_sink) return request.answer_sink(head, bytes);
    if (request.body_sink && head.status < 300) return request.body_sink(bytes);
    is_too_large = body.size() + bytes.size() > impl_->options.body_bytes_max;
    if (!is_too_large) body += bytes;
    return !is_too_large;
  });
  if (is_too_large) return Error(kBadResponse, "the answer is larger than expected");
  if (response.ok()) response->body = std::move(body);
  return response;
}

Result<ClientResponse> Client::get(std::string target) {
  ClientRequest request;
  request.target = std::move(target);
  return send(request);
}

Result<ClientResponse> Client::post(std::string target, std::string json) {
  ClientRequest request;
  request.method = "POST";
  request.target = std::move(target);
  request.headers = {{"content-type", "application/json"}};
  request.body = std::move(json);
  return send(request);
}

Result<void> Client::events(std::string target, std::string last_event_id,
                            const std::function<bool(const ServerSentEvent&)>& on_event) {
  ClientRequest request;
  request.target = std::move(target);
  request.headers = {{"accept", "text/event-stream"}};
  if (!last_event_id.empty()) request.headers.emplace_back("last-event-id", std::move(last_event_id));
  EventReader reader(on_event);
  std::string refusal;
  bool is_stopped = false;
  const auto response = impl_->send(request, [&](const ClientResponse& head, std::string_view bytes) {
    if (head.status != 200) {
      refusal += bytes.substr(0, 4096);
      return refusal.size() < 4096;
    }
    is_stopped = !reader.take(bytes);
    return !is_stopped;
  });
  if (is_stopped) return {};
  if (!response.ok()) return response.error();
  if (response->status != 200)
    return Error(kBadResponse, "status " + std::to_string(response->status) + ": " + refusal);
  return Error(kUnreachable, "the stream has ended");
}

void Client::set_cut(const std::atomic<bool>* is_cut) {
  impl_->is_cut = is_cut;
  if (impl_->stream) impl_->stream->set_cut(is_cut);
}

bool Client::was_sent() const { return impl_->was_sent; }

const std::string& Client::authority() const { return impl_->authority; }

}  // namespace icn::http
