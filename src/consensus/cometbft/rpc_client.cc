#include "consensus/cometbft/rpc_client.h"

#include <charconv>
#include <optional>

#include "base/bytes.h"
#include "consensus/cometbft/errors.h"

namespace icn::consensus {
namespace {

using codec::Json;

constexpr int kTimeoutMs = 10'000;
constexpr std::size_t kResponseBytesMax = 8 << 20;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

std::optional<std::size_t> read_size(std::string_view text, int base) {
  std::size_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (code != std::errc() || end == text.data()) return std::nullopt;
  return value;
}

// RFC 9112, 7.1, without trailers. None: more is needed.
Result<std::optional<std::string>> read_chunks(std::string_view bytes, std::size_t bytes_max) {
  std::string out;
  while (true) {
    const std::size_t line = bytes.find("\r\n");
    if (line == std::string_view::npos) return std::optional<std::string>();
    const auto size = read_size(bytes.substr(0, line), 16);
    if (!size || *size > bytes_max - out.size()) return Error(kEngineFailed, "a bad chunk in an RPC answer");
    if (bytes.size() < line + 2 + *size + 2) return std::optional<std::string>();
    out += bytes.substr(line + 2, *size);
    if (*size == 0) return std::optional(std::move(out));
    bytes.remove_prefix(line + 2 + *size + 2);
  }
}

BroadcastAnswer read_answer(const Json& answer) {
  using Kind = BroadcastAnswer::Kind;
  const Json* const error = answer.find("error");
  if (error == nullptr) return {};
  const Json* const data = error->object() != nullptr ? error->find("data") : nullptr;
  const std::string reason =
      data != nullptr && data->string() != nullptr ? *data->string() : "no reason given";
  const auto says = [&](std::string_view text) { return reason.find(text) != std::string::npos; };
  if (says("already exists in cache")) return {Kind::kKnown, reason};
  if (says("mempool is full")) return {Kind::kPoolFull, reason};
  if (says("catching up")) return {Kind::kNotReady, reason};
  return {Kind::kRefused, reason};
}

}  // namespace

Result<std::optional<HttpBody>> read_http_body(std::string_view bytes, std::size_t bytes_max) {
  const std::size_t head_size = bytes.find("\r\n\r\n");
  if (head_size == std::string_view::npos) {
    if (bytes.size() > 64 * 1024) return Error(kEngineFailed, "the head of an RPC answer has no end");
    return std::optional<HttpBody>();
  }
  const std::string head = lower(bytes.substr(0, head_size + 2));
  if (!head.starts_with("http/1.")) return Error(kEngineFailed, "an RPC answer that is no HTTP");
  HttpBody out;
  out.is_last = head.find("\r\nconnection: close\r\n") != std::string::npos;
  const std::string_view rest = bytes.substr(head_size + 4);
  if (head.find("\r\ntransfer-encoding: chunked\r\n") != std::string::npos) {
    ICN_TRY_ASSIGN(text, read_chunks(rest, bytes_max));
    if (!text) return std::optional<HttpBody>();
    out.text = std::move(*text);
    return std::optional(std::move(out));
  }
  constexpr std::string_view kLength = "\r\ncontent-length: ";
  const std::size_t place = head.find(kLength);
  const auto length = place == std::string::npos
                          ? std::nullopt
                          : read_size(std::string_view(head).substr(place + kLength.size()), 10);
  if (!length || *length > bytes_max) return Error(kEngineFailed, "an RPC answer without a fit length");
  if (rest.size() < *length) return std::optional<HttpBody>();
  out.text = rest.substr(0, *length);
  return std::optional(std::move(out));
}

Result<std::string> RpcClient::read_response() {
  std::string bytes;
  while (true) {
    ICN_TRY_ASSIGN(body, read_http_body(bytes, kResponseBytesMax));
    if (body) {
      if (body->is_last) socket_ = Descriptor();
      return std::move(body->text);
    }
    if (receive_some(socket_.get(), bytes, kTimeoutMs) <= 0)
      return Error(kEngineFailed, "the engine's RPC closed the connection or does not answer");
  }
}

Result<std::string> RpcClient::exchange(const std::string& request) {
  // A connection that was idle may have been closed by the engine: a fresh one is tried once.
  for (const bool was_open = socket_.is_open(); const bool is_retry : {false, true}) {
    if (is_retry && !was_open) break;
    if (!socket_.is_open()) {
      ICN_TRY_ASSIGN(connected, connect_to(address_, kTimeoutMs));
      socket_ = std::move(connected);
    }
    if (send_all(socket_.get(), request, kTimeoutMs)) {
      auto answer = read_response();
      if (answer.ok()) return answer;
    }
    socket_ = Descriptor();
  }
  return Error(kEngineFailed, "the engine's RPC does not answer");
}

Result<Json> RpcClient::post(const std::string& body) {
  const std::string request =
      "POST / HTTP/1.1\r\nHost: cometbft\r\nContent-Type: application/json\r\nContent-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body;
  ICN_TRY_ASSIGN(answer, exchange(request));
  auto json =
      codec::parse_json(answer, {.bytes_max = kResponseBytesMax, .depth_max = 64, .values_max = 1'000'000});
  if (!json.ok()) return Error(kEngineFailed, "an RPC answer that is no JSON: " + answer.substr(0, 200));
  return json;
}

Result<std::vector<BroadcastAnswer>> RpcClient::broadcast(std::span<const std::string> wires) {
  std::string body = "[";
  for (std::size_t i = 0; i < wires.size(); ++i) {
    body += i == 0 ? "" : ",";
    body += R"({"jsonrpc":"2.0","id":)" + std::to_string(i) +
            R"(,"method":"broadcast_tx_async","params":{"tx":")" + base64_encode(as_bytes(wires[i])) +
            R"("}})";
  }
  body += "]";
  ICN_TRY_ASSIGN(json, post(body));
  // A batch of one is answered with an object.
  Json::Array answers;
  if (json.array() != nullptr)
    answers = std::move(*json.array());
  else
    answers.push_back(std::move(json));
  if (answers.size() != wires.size())
    return Error(kEngineFailed, "the engine's RPC answered " + std::to_string(answers.size()) + " of " +
                                    std::to_string(wires.size()) + " requests");
  std::vector<BroadcastAnswer> out;
  for (const Json& each : answers) out.push_back(read_answer(each));
  return out;
}

Result<Json> RpcClient::call(std::string_view method) {
  ICN_TRY_ASSIGN(json, post(R"({"jsonrpc":"2.0","id":0,"method":")" + std::string(method) + R"("})"));
  const Json* const result = json.object() != nullptr ? json.find("result") : nullptr;
  if (result == nullptr) return Error(kEngineFailed, read_answer(json).reason);
  return *result;
}

}  // namespace icn::consensus
