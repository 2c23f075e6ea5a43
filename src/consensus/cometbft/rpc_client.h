#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "codec/json.h"
#include "consensus/cometbft/socket.h"

namespace icn::consensus {

// What the engine said of a transaction that was handed to it.
struct BroadcastAnswer {
  enum class Kind { kTaken, kKnown, kPoolFull, kNotReady, kRefused };
  Kind kind = Kind::kTaken;
  std::string reason;
};

struct RpcCall {
  std::string_view method;
  std::string params;  // a JSON object
};

// CometBFT's JSON-RPC over one HTTP/1.1 connection that is kept open. Thread: one at a time.
class RpcClient {
 public:
  // engine_failed after `timeout_ms` in which nothing comes, and ten times that for a whole answer; the same
  // for what it reads.
  explicit RpcClient(std::string address, int timeout_ms = 10'000)
      : address_(std::move(address)), timeout_ms_(timeout_ms) {}

  // Hands transactions to the engine's pool, all in one request; one answer each, in order. What CheckTx says
  // is not waited for. engine_failed: nobody knows which of them arrived; they may be sent again.
  Result<std::vector<BroadcastAnswer>> broadcast(std::span<const std::string> wires);

  // "status", "net_info": the result. `params`: a JSON object, or nothing for a method that knows none; one
  // that does needs "{}" at least. engine_failed also when the engine answers an error.
  Result<codec::Json> call(std::string_view method, std::string_view params = {});
  // Several in one request: the answer to each, in order, engine_failed where the engine answers an error
  // (the detail is what it says). engine_failed: it does not answer.
  Result<std::vector<Result<codec::Json>>> call_all(std::span<const RpcCall> calls);

 private:
  Result<codec::Json> post(const std::string& body);
  Result<codec::Json::Array> post_batch(std::span<const std::string> requests);
  Result<std::string> exchange(const std::string& request);
  // None: the engine has closed the connection.
  Result<std::optional<std::string>> read_response();

  std::string address_;
  int timeout_ms_;
  Descriptor socket_;
};

// The body of an HTTP/1.1 response at the start of `bytes`; none: more is needed. `is_last`: the server
// closes. engine_failed: no such response, or larger than `bytes_max`.
struct HttpBody {
  std::string text;
  bool is_last = false;
};
Result<std::optional<HttpBody>> read_http_body(std::string_view bytes, std::size_t bytes_max);

}  // namespace icn::consensus
