#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace icn::http {

struct ClientOptions {
  std::uint32_t connect_timeout_ms = 5'000;
  std::uint32_t timeout_ms = 60'000;  // without any progress
  bool is_certificate_checked = true;
  std::string ca_file;  // PEM; empty: the system's
  std::size_t body_bytes_max = 1u << 30;
};

struct ClientResponse;

struct ClientRequest {
  std::string method = "GET";
  std::string target;                                        // "/system/info?x=1"
  std::vector<std::pair<std::string, std::string>> headers;  // Host and Content-Length are added
  std::string body;
  // Instead of `body`: pulled until empty, sent chunked. Not retried.
  std::function<Result<Bytes>()> body_source;
  // Instead of ClientResponse::body: takes the bytes of a 2xx answer as they come; false stops reading.
  std::function<bool(std::string_view)> body_sink;
  // Instead of both: takes the body of any answer as it comes, with its head. An answer may have no body.
  std::function<bool(const ClientResponse& head, std::string_view bytes)> answer_sink = {};
  std::string host = {};  // of Host; empty: the server's own
};

struct ClientResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  // The first value, name compared without case; empty when absent.
  std::string header(std::string_view name) const;
};

struct ServerSentEvent {
  std::string id, type, data;
};

// A blocking HTTP/1.1 client for one server; keeps its connection and opens it again when needed.
// Thread: one at a time.
class Client {
 public:
  // "http://127.0.0.1:7845" or "https://...". Malformed: another scheme or a path.
  static Result<Client> make(std::string_view base_url, const ClientOptions& options = {});
  ~Client();
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;

  // Any status is a response, not an error. Errors: kUnreachable, kTimedOut, kBadResponse, kTlsFiles.
  Result<ClientResponse> send(const ClientRequest& request);
  Result<ClientResponse> get(std::string target);
  Result<ClientResponse> post(std::string target, std::string json);

  // Reads server-sent events until `on_event` answers false (ok) or the stream ends (kUnreachable).
  // Another status than 200: kBadResponse with the answer's text. timeout_ms bounds silence;
  // heartbeats count.
  Result<void> events(std::string target, std::string last_event_id,
                      const std::function<bool(const ServerSentEvent&)>& on_event);

  // While it is true, what waits ends with kUnreachable; null: nothing does that. For requests from now on;
  // outlives them.
  void set_cut(const std::atomic<bool>* is_cut);
  // Whether anything of the last request has left: if not, nothing can have happened.
  bool was_sent() const;
  // "127.0.0.1:7845": what Host carries.
  const std::string& authority() const;

 private:
  class Impl;
  explicit Client(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace icn::http
