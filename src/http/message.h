#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "http/caller.h"
#include "http/live_body.h"

namespace icn::http {

struct Route;

enum class Method { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions, kOther };
std::string_view method_name(Method method);
Method method_named(std::string_view name);  // kOther when unknown; case matters

// Header fields in the order they came, in one block of memory. Names compare without case.
class Headers {
 public:
  void add(std::string_view name, std::string_view value);
  // The first value; none when absent. Views live until the next add() or clear().
  std::optional<std::string_view> find(std::string_view name) const;
  std::vector<std::string_view> find_all(std::string_view name) const;
  std::size_t size() const { return entries_.size(); }
  std::pair<std::string_view, std::string_view> at(std::size_t index) const;
  void clear();

 private:
  struct Entry {
    std::uint32_t name_at, name_size, value_at, value_size;
  };
  std::string_view text(std::uint32_t at, std::uint32_t size) const { return {text_.data() + at, size}; }
  std::string text_;
  std::vector<Entry> entries_;
};

// (name, decoded value) of a query or of the {names} of a route's path.
using Parameters = std::vector<std::pair<std::string, std::string>>;
const std::string* find_parameter(const Parameters& parameters, std::string_view name);

struct Request {
  Method method = Method::kOther;
  std::string method_text;
  std::string target;  // as sent: path and query, percent-encoded
  std::string path;    // as sent, without the query
  std::string query;   // as sent, without '?'
  Headers headers;
  Bytes body;                // empty for upload streams
  std::string peer_address;  // numeric, without port
  bool is_tls = false;
  bool is_forwarded = false;  // by a gateway (forward_seal.h), which has told the client's address
  bool is_http11 = true;

  // Set on the way to the handler.
  const Route* route = nullptr;
  Parameters path_parameters;
  Caller caller;
  std::string correlation_id;
  std::string traceparent;        // W3C; empty when absent or malformed
  std::uint64_t received_ns = 0;  // monotonic

  // Sets target, path and query. False: not an origin-form target ("/...").
  bool set_target(std::string_view text);
  // The decoded query; malformed escapes stay as they are.
  Parameters query_parameters() const;
  std::optional<std::string> query_parameter(std::string_view name) const;
};

// Percent-decoding; none when an escape is malformed or decodes to NUL.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);

// A streamed body, pulled on the io thread whenever the client has taken what came before.
// None: the end. An error breaks the connection (the head is already sent). Must not block for long.
using BodyProducer = std::function<Result<std::optional<Bytes>>()>;

struct StreamedBody {
  BodyProducer next;
  std::optional<std::uint64_t> length;  // none: chunked
};

struct Response {
  using Body =
      std::variant<std::string, std::shared_ptr<const std::string>, StreamedBody, std::shared_ptr<LiveBody>>;

  int status = 200;
  std::string content_type;  // empty: none sent
  std::vector<std::pair<std::string, std::string>> headers;
  Body body;

  static Response json(std::string text, int status = 200);
  static Response text(std::string text, int status = 200);
  static Response bytes(std::string_view content_type, Bytes body);
  // Sent without a copy: answers that are made once and served often.
  static Response cached(std::string_view content_type, std::shared_ptr<const std::string> body);
  static Response stream(std::string_view content_type, StreamedBody body);
  static Response live(std::string_view content_type, std::shared_ptr<LiveBody> body);

  // The body of the first two forms; empty for streams.
  std::string_view body_text() const;
};

// RFC 9457 problem details with `code`, `correlation_id` and `instance` (the path). Adds Retry-After
// where waiting helps (rate-limited, unavailable).
Response problem(const Error& error, const Request& request);
// The same for statuses that no Category stands for: 405, 408, 431, 505.
Response problem(int status, std::string_view code, std::string_view title, std::string_view detail,
                 const Request& request);
int status_of(Category category);
std::string_view status_reason(int status);

}  // namespace icn::http
