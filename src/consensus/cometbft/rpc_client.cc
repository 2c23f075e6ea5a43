#include "consensus/cometbft/rpc_client.h"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>

#include "base/bytes.h"
#include "consensus/cometbft/errors.h"

namespace icn::consensus {
namespace {

using codec::Json;

constexpr int kTimeoutsOfAnswer = 10;
constexpr std::uint32_t kHeadBytesMax = 64 << 10;
constexpr std::size_t kResponseBytesMax = 16 << 20;  // a block of 4 MiB in base64, its evidence in JSON
constexpr std::size_t kReceivedBytesMax = 2 * kResponseBytesMax;  // of it in chunks

// For logs and errors, whatever was sent.
std::string excerpt(std::string_view text) {
  constexpr std::size_t kBytesMax = 300;
  std::string out(text.substr(0, kBytesMax));
  for (char& each : out) each = each >= ' ' && each <= '~' ? each : '?';
  return out;
}

BroadcastAnswer read_answer(const Json& answer) {
  using Kind = BroadcastAnswer::Kind;
  const Json* const error = answer.find("error");
  if (error == nullptr) return {};
  const Json* const data = error->object() != nullptr ? error->find("data") : nullptr;
  const std::string reason =
      data != nullptr && data->string() != nullptr ? excerpt(*data->string()) : "no reason given";
  const auto says = [&](std::string_view text) { return reason.find(text) != std::string::npos; };
  if (says("already exists in cache")) return {Kind::kKnown, reason};
  if (says("mempool is full")) return {Kind::kPoolFull, reason};
  if (says("catching up")) return {Kind::kNotReady, reason};
  return {Kind::kRefused, reason};
}

std::string request_text(std::size_t id, std::string_view method, std::string_view params) {
  std::string out =
      R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"method":")" + std::string(method) + '"';
  if (!params.empty()) out += R"(,"params":)" + std::string(params);
  return out + "}";
}

// `answer` is spent.
Result<Json> take_result(Json& answer) {
  if (answer.object() != nullptr) {
    for (auto& [name, value] : *answer.object()) {
      if (name == "result") return std::move(value);
    }
  }
  return Error(kEngineFailed, read_answer(answer).reason);
}

}  // namespace

Result<std::optional<HttpBody>> read_http_body(std::string_view bytes, std::size_t bytes_max) {
  namespace http = boost::beast::http;
  http::response_parser<http::string_body> parser;
  parser.eager(true);
  parser.header_limit(kHeadBytesMax);
  parser.body_limit(bytes_max);
  boost::beast::error_code problem;
  parser.put(boost::asio::const_buffer(bytes.data(), bytes.size()), problem);
  if (problem == http::error::need_more) return std::optional<HttpBody>();
  if (problem) return Error(kEngineFailed, "a bad RPC answer: " + problem.message());
  if (parser.is_header_done() && parser.need_eof())
    return Error(kEngineFailed, "an RPC answer without a length");
  if (!parser.is_done()) return std::optional<HttpBody>();
  const bool is_last = !parser.keep_alive();
  return std::optional(HttpBody{std::move(parser.get().body()), is_last});
}

Result<std::optional<std::string>> RpcClient::read_response() {
  using std::chrono::steady_clock;
  const auto end = steady_clock::now() + kTimeoutsOfAnswer * std::chrono::milliseconds(timeout_ms_);
  std::string bytes;
  while (true) {
    ICN_TRY_ASSIGN(body, read_http_body(bytes, kResponseBytesMax));
    if (body) {
      if (body->is_last) socket_ = Descriptor();
      return std::optional(std::move(body->text));
    }
    if (steady_clock::now() > end || !is_readable(socket_.get(), timeout_ms_))
      return Error(kEngineFailed, "the engine's RPC does not answer in time");
    if (bytes.size() > kReceivedBytesMax) return Error(kEngineFailed, "an RPC answer that is too long");
    if (receive_some(socket_.get(), bytes, timeout_ms_) <= 0) return std::optional<std::string>();
  }
}

Result<std::string> RpcClient::exchange(const std::string& request) {
  // A connection that was idle may have been closed by the engine: a fresh one is tried once.
  for (const bool was_open = socket_.is_open(); const bool is_retry : {false, true}) {
    if (is_retry && !was_open) break;
    if (!socket_.is_open()) {
      ICN_TRY_ASSIGN(connected, connect_to(address_, timeout_ms_));
      socket_ = std::move(connected);
    }
    if (send_all(socket_.get(), request, timeout_ms_)) {
      auto answer = read_response();
      if (answer.ok() && *answer) return std::move(**answer);
      socket_ = Descriptor();
      if (!answer.ok()) return answer.error();
    }
    socket_ = Descriptor();
  }
  return Error(kEngineFailed, "the engine's RPC closed the connection or does not read");
}

Result<Json> RpcClient::post(const std::string& body) {
  const std::string request =
      "POST / HTTP/1.1\r\nHost: cometbft\r\nContent-Type: application/json\r\nContent-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body;
  ICN_TRY_ASSIGN(answer, exchange(request));
  auto json =
      codec::parse_json(answer, {.bytes_max = kResponseBytesMax, .depth_max = 64, .values_max = 1'000'000});
  if (!json.ok()) return Error(kEngineFailed, "an RPC answer that is no JSON: " + excerpt(answer));
  return json;
}

Result<Json::Array> RpcClient::post_batch(std::span<const std::string> requests) {
  std::string body = "[";
  for (const std::string& each : requests) body += (body.size() == 1 ? "" : ",") + each;
  ICN_TRY_ASSIGN(json, post(body + "]"));
  // A batch of one is answered with an object.
  Json::Array answers;
  if (json.array() != nullptr)
    answers = std::move(*json.array());
  else
    answers.push_back(std::move(json));
  if (answers.size() != requests.size())
    return Error(kEngineFailed, "the engine's RPC answered " + std::to_string(answers.size()) + " of " +
                                    std::to_string(requests.size()) + " requests");
  return answers;
}

Result<std::vector<BroadcastAnswer>> RpcClient::broadcast(std::span<const std::string> wires) {
  std::vector<std::string> requests;
  for (const std::string& each : wires) {
    requests.push_back(request_text(requests.size(), "broadcast_tx_async",
                                    R"({"tx":")" + base64_encode(as_bytes(each)) + R"("})"));
  }
  ICN_TRY_ASSIGN(answers, post_batch(requests));
  std::vector<BroadcastAnswer> out;
  for (const Json& each : answers) out.push_back(read_answer(each));
  return out;
}

Result<Json> RpcClient::call(std::string_view method, std::string_view params) {
  ICN_TRY_ASSIGN(json, post(request_text(0, method, params)));
  return take_result(json);
}

Result<std::vector<Result<Json>>> RpcClient::call_all(std::span<const RpcCall> calls) {
  std::vector<std::string> requests;
  for (const RpcCall& each : calls)
    requests.push_back(request_text(requests.size(), each.method, each.params));
  ICN_TRY_ASSIGN(answers, post_batch(requests));
  std::vector<Result<Json>> out;
  for (Json& each : answers) out.push_back(take_result(each));
  return out;
}

}  // namespace icn::consensus
