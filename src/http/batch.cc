#include "http/batch.h"

#include "http/dispatcher.h"
#include "http/errors.h"
#include "http/input.h"

namespace icn::http {
namespace {

// The answers as they come; the last one sends them all. Everything on the io thread of the batch.
struct Running {
  ExchangePtr exchange;
  std::vector<RunBatch::ItemResult> results;
  std::size_t open = 0;
  std::size_t answer_bytes = 0;
};

void take_answer(const std::shared_ptr<Running>& running, std::size_t index, const Response& response) {
  RunBatch::ItemResult& result = running->results[index];
  const bool is_stream = std::holds_alternative<StreamedBody>(response.body) ||
                         std::holds_alternative<std::shared_ptr<LiveBody>>(response.body);
  const std::string_view text = response.body_text();
  running->answer_bytes += text.size();
  if (is_stream) {
    result = {400, "a batch carries no streams; ask for this alone"};
  } else if (running->answer_bytes > RunBatch::answer_bytes_max) {
    result = {413, "the answers of this batch are too large; ask for this alone"};
  } else {
    result.status = static_cast<std::uint16_t>(response.status);
    auto json = response.content_type.find("json") == std::string::npos
                    ? Result<codec::Json>(Error(kBadRequest))
                    : codec::parse_json(text, {.bytes_max = RunBatch::answer_bytes_max});
    if (json.ok())
      result.body = std::move(json).value();
    else if (!text.empty())
      result.body = codec::is_utf8(text) ? codec::Json(text) : codec::Json(base64_encode(as_bytes(text)));
  }
  if (--running->open > 0) return;
  running->exchange->reply(
      Response::json(codec::to_json_text(RunBatch::Output{std::move(running->results)})));
}

void fill_request(Request& request, const RunBatch::Item& item, const Request& outer, std::size_t index) {
  request.method_text = item.method;
  request.method = method_named(item.method);
  request.peer_address = outer.peer_address;
  request.is_tls = outer.is_tls;
  request.is_forwarded = outer.is_forwarded;
  request.caller = outer.caller;
  request.traceparent = outer.traceparent;
  request.correlation_id = outer.correlation_id + "." + std::to_string(index);
  if (item.idempotency_key) request.headers.add("idempotency-key", *item.idempotency_key);
  if (!item.body) return;
  request.headers.add("content-type", "application/json");
  request.body = to_bytes(as_bytes(codec::write_json(*item.body)));
}

}  // namespace

void RunBatch::handle(ExchangePtr exchange) {
  auto source = InputSource::of(exchange->request());
  auto input = source.ok() ? read_input<Input>(*source, codec::UnknownMembers::kIgnore) : source.error();
  if (!input.ok()) return exchange->reply(input.error());
  if (exchange->is_batch_item())
    return exchange->reply(Error(errors::kMalformed, "a batch cannot lie in another batch"));
  auto running = std::make_shared<Running>();
  running->exchange = exchange;
  running->results.resize(input->requests.size());
  running->open = input->requests.size();
  for (std::size_t i = 0; i < input->requests.size(); ++i) {
    auto item = std::make_shared<Exchange>(
        exchange->executor(), [running, i](const Response& response) { take_answer(running, i, response); });
    item->set_batch_item();
    Request& request = item->request();
    fill_request(request, input->requests[i], exchange->request(), i);
    if (!request.set_target(input->requests[i].path)) {
      item->reply(Error(errors::kMalformed, "path: must start with '/'"));
    } else {
      exchange->dispatcher()->run_batch_item(item);
    }
  }
}

}  // namespace icn::http
