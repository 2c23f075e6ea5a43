#include "http/dispatcher.h"

#include <algorithm>
#include <exception>

#include "base/assert.h"
#include "codec/utf8.h"
#include "http/errors.h"

namespace icn::http {
namespace {

constexpr std::size_t kCorrelationIdMax = 128;
constexpr std::size_t kCorrelationIdSize = 24;  // of one made here

void append_hex(std::string& out, std::uint64_t value, int digits) {
  std::array<char, 16> text;
  for (int i = digits - 1; i >= 0; --i, value >>= 4)
    text[static_cast<std::size_t>(i)] = "0123456789abcdef"[value & 15];
  out.append(text.data(), static_cast<std::size_t>(digits));
}

bool is_correlation_id(std::string_view text) {
  return !text.empty() && text.size() <= kCorrelationIdMax &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                  c == '_' || c == '.' || c == ':';
         });
}

bool is_lower_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

// W3C Trace Context 1, 3.2: "00-" trace-id "-" parent-id "-" flags; ids of zeros are invalid.
bool is_traceparent(std::string_view text) {
  return text.size() == 55 && text.starts_with("00-") && text[35] == '-' && text[52] == '-' &&
         is_lower_hex(text.substr(3, 32)) && is_lower_hex(text.substr(36, 16)) &&
         is_lower_hex(text.substr(53)) &&
         text.substr(3, 32).find_first_not_of('0') != std::string_view::npos &&
         text.substr(36, 16).find_first_not_of('0') != std::string_view::npos;
}

void reply_wait(Exchange& exchange, const ErrorKind& kind, std::uint32_t wait_secs) {
  Response response =
      problem(Error(kind, std::string(kind.title) + "; try again in " + std::to_string(wait_secs) + " s"),
              exchange.request());
  response.headers.front().second = std::to_string(wait_secs);
  exchange.reply(std::move(response));
}

bool is_idempotency_key(std::string_view key) {
  return !key.empty() && key.size() <= 255 &&
         std::all_of(key.begin(), key.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

// What handlers read of a target goes into JSON and keys, which are UTF-8: anything else ends here.
Result<void> check_text(const Request& request) {
  for (const auto& [name, value] : request.path_parameters) {
    if (!codec::is_utf8(value)) return Error(errors::kMalformed, name + ": is not UTF-8");
  }
  const bool is_plain = std::all_of(request.query.begin(), request.query.end(),
                                    [](char c) { return c != '%' && static_cast<unsigned char>(c) < 0x80; });
  if (is_plain) return {};
  for (const auto& [name, value] : request.query_parameters()) {
    if (!codec::is_utf8(name) || !codec::is_utf8(value))
      return Error(errors::kMalformed, "the query is not UTF-8");
  }
  return {};
}

// Forgets the key when its request ends without an answer.
class IdempotentRun {
 public:
  IdempotentRun(IdempotencyStore& store, IdempotencyStore::Id id, bool is_durable)
      : store_(store), id_(std::move(id)), is_durable_(is_durable) {}
  ~IdempotentRun() {
    if (!is_done_) store_.abandon(id_);
  }
  // What was done is done: when the answer cannot be kept, it is still given.
  void finish(Response response, Executor& executor, Exchange::PassOn pass_on) {
    is_done_ = true;
    const bool is_text = !std::holds_alternative<StreamedBody>(response.body) &&
                         !std::holds_alternative<std::shared_ptr<LiveBody>>(response.body);
    const bool is_final = response.status != 429 && response.status < 500;
    if (!is_text || !is_final) {
      store_.abandon(id_);
    } else if (!is_durable_) {
      store_.complete(id_, response);
    } else {
      const auto held = std::make_shared<Response>(std::move(response));
      return store_.complete_durably(id_, *held, executor,
                                     [held, pass_on = std::move(pass_on)] { pass_on(std::move(*held)); });
    }
    pass_on(std::move(response));
  }

 private:
  IdempotencyStore& store_;
  IdempotencyStore::Id id_;
  bool is_durable_;
  bool is_done_ = false;
};

}  // namespace

Dispatcher::Dispatcher(const DispatcherParts& parts, DispatcherOptions options)
    : parts_(parts), options_(std::move(options)) {
  ICN_ASSERT(parts_.router && parts_.clock);
  append_hex(id_prefix_, parts_.clock->now_ms(), 12);
}

void Dispatcher::identify(Exchange& exchange) const {
  exchange.set_dispatcher(this);
  Request& request = exchange.request();
  if (request.received_ns == 0) request.received_ns = parts_.clock->monotonic_ns();
  const auto id = request.headers.find("x-correlation-id");
  if (id && is_correlation_id(*id)) {
    request.correlation_id = *id;
  } else if (request.correlation_id.empty()) {
    const std::size_t thread = exchange.thread_index();
    request.correlation_id.reserve(kCorrelationIdSize);
    request.correlation_id = id_prefix_;
    append_hex(request.correlation_id, thread, 3);
    append_hex(request.correlation_id, counters_[thread % counters_.size()].value.fetch_add(1), 9);
  }
  const auto trace = request.headers.find("traceparent");
  if (trace && is_traceparent(*trace)) request.traceparent = *trace;
}

// From here to the answer is one step of a trace; what the handler does lies below it.
void Dispatcher::trace(Exchange& exchange) const {
  Request& request = exchange.request();
  auto span = parts_.tracer->begin_asked("HTTP", telemetry::SpanKind::kServer, request.traceparent);
  if (!span) {
    // What the request sets off is not traced either.
    if (const auto above = telemetry::parse_traceparent(request.traceparent))
      request.traceparent = above->unsampled().traceparent();
    return;
  }
  request.traceparent = span->context.traceparent();
  exchange.before_send([tracer = parts_.tracer, &exchange, span = std::move(*span)](Response& response) {
    telemetry::Span ended = span;
    const Request& asked = exchange.request();
    ended.name = asked.method_text;
    ended.attributes = {{"http.request.method", asked.method_text},
                        {"http.response.status_code", std::to_string(response.status)},
                        {"url.path", asked.path.substr(0, 256)},
                        {"icn.correlation_id", asked.correlation_id}};
    if (asked.route != nullptr) {
      ended.name += " " + asked.route->path;
      ended.attributes.emplace_back("http.route", asked.route->path);
    }
    if (response.status >= 500) ended.error = "status " + std::to_string(response.status);
    tracer->end(std::move(ended));
  });
}

bool Dispatcher::find_route(Exchange& exchange) const {
  Request& request = exchange.request();
  if (request.method == Method::kOther) {
    exchange.reply(problem(501, "method_not_implemented", "method not implemented",
                           "no path here takes this method", request));
    return false;
  }
  if (request.path == "*") {
    Response response;
    response.status = 204;
    exchange.reply(std::move(response));
    return false;
  }
  const Router::Match match = parts_.router->find(request.method, request.path, request.path_parameters);
  if (match.route) {
    request.route = match.route;
    exchange.set_route_index(match.index);
    const auto checked = check_text(request);
    if (!checked.ok()) exchange.reply(checked.error());
    return checked.ok();
  }
  if (match.allow.empty()) {
    exchange.reply(Error(kRouteNotFound, "no such path: " + request.path.substr(0, 200)));
  } else if (request.method == Method::kOptions) {
    answer_options(exchange, match.allow);
  } else {
    Response response = problem(405, "method_not_allowed", "method not allowed",
                                "this path takes " + std::string(match.allow), request);
    response.headers.emplace_back("allow", std::string(match.allow) + ", OPTIONS");
    exchange.reply(std::move(response));
  }
  return false;
}

void Dispatcher::answer_options(Exchange& exchange, std::string_view allow) const {
  Response response;
  response.status = 204;
  response.headers.emplace_back("allow", std::string(allow) + ", OPTIONS");
  if (allowed_origin(exchange.request()) &&
      exchange.request().headers.find("access-control-request-method")) {
    response.headers.emplace_back("access-control-allow-methods", std::string(allow));
    response.headers.emplace_back(
        "access-control-allow-headers",
        "authorization, content-digest, content-type, idempotency-key, last-event-id, "
        "signature, signature-input, traceparent, x-api-key, x-correlation-id");
    response.headers.emplace_back("access-control-max-age", "600");
  }
  exchange.reply(std::move(response));
}

bool Dispatcher::check_length(Exchange& exchange, std::optional<std::uint64_t> content_length) const {
  const std::size_t max = exchange.request().route->body_bytes_max;
  if (!content_length || *content_length <= max) return true;
  exchange.reply(Error(kBodyTooLarge, "the body has " + std::to_string(*content_length) +
                                          " bytes; this path takes " + std::to_string(max)));
  return false;
}

bool Dispatcher::authorise(Exchange& exchange) const {
  const Request& request = exchange.request();
  const Role needed = role_needed(request.route->access);
  if (request.caller.role < needed) {
    const bool is_anonymous = request.caller.is_anonymous();
    exchange.reply(is_anonymous
                       ? Error(kNoCredentials)
                       : Error(kRoleTooLow, "this path needs the role " +
                                                std::string(codec::enum_name(needed)) + "; the caller has " +
                                                std::string(codec::enum_name(request.caller.role))));
    return false;
  }
  const bool is_counted = request.route->changes_state || request.route->is_costly;
  if (parts_.rate_limits == nullptr || !is_counted) return true;
  RateLimits& limits = *parts_.rate_limits;
  RateLimiter& limiter = request.caller.is_anonymous() ? limits.open : limits.authenticated;
  if (limiter.is_off()) return true;
  const std::uint32_t wait_secs =
      limiter.take(request.caller.is_anonymous() ? client_of(request.peer_address) : request.caller.id);
  if (wait_secs == 0) return true;
  if (parts_.observer != nullptr) parts_.observer->on_rate_limited();
  reply_wait(exchange, kTooManyRequests, wait_secs);
  return false;
}

bool Dispatcher::open_seal(Exchange& exchange) const {
  Request& request = exchange.request();
  if (!request.headers.find(ForwardSeal::kHeader)) return true;
  const auto opened = parts_.forward_seal != nullptr
                          ? parts_.forward_seal->open(request)
                          : Result<void>(Error(kBadCredentials, "this node has no gateways"));
  if (!opened.ok()) exchange.reply(opened.error());
  return opened.ok();
}

bool Dispatcher::admit(const ExchangePtr& exchange, std::optional<std::uint64_t> content_length) const {
  identify(*exchange);
  if (parts_.tracer != nullptr) trace(*exchange);
  if (!find_route(*exchange) || !check_length(*exchange, content_length)) return false;
  if (parts_.forwarder != nullptr) {
    if (parts_.forwarder->takes(exchange->request())) {
      exchange->set_forwarded();
      return true;
    }
  }
  if (!open_seal(*exchange)) return false;
  if (parts_.authenticator) {
    Request& request = exchange->request();
    auto caller = parts_.authenticator->authenticate(request, content_length != 0);
    if (!caller.ok()) {
      if (parts_.observer != nullptr) parts_.observer->on_bad_credentials();
      if (caller.error().is(kTooManyFailures))
        reply_wait(*exchange, kTooManyFailures, 3);
      else
        exchange->reply(caller.error());
      return false;
    }
    request.caller = std::move(caller).value();
  }
  return authorise(*exchange);
}

bool Dispatcher::needs_body_hash(const Request& request) {
  return Authenticator::needs_digest(request) || request.headers.find("idempotency-key").has_value();
}

bool Dispatcher::begin_idempotent(const ExchangePtr& exchange, const crypto::Hash& body) const {
  const Request& request = exchange->request();
  const auto key = request.headers.find("idempotency-key");
  if (!key || request.method != Method::kPost || parts_.idempotency == nullptr) return true;
  if (!is_idempotency_key(*key)) {
    exchange->reply(Error(errors::kMalformed, "Idempotency-Key must be 1 to 255 visible ASCII characters"));
    return false;
  }
  // The same key on another path is another request.
  IdempotencyStore::Id id{request.caller.id.empty() ? request.peer_address : request.caller.id,
                          request.path + " " + std::string(*key), body};
  auto first = parts_.idempotency->begin(id);
  if (!first.ok()) {
    exchange->reply(first.error());
    return false;
  }
  if (*first) {
    (*first)->headers.emplace_back("idempotency-replayed", "true");
    exchange->reply(std::move(**first));
    return false;
  }
  auto run = std::make_shared<IdempotentRun>(*parts_.idempotency, std::move(id),
                                             request.route->is_idempotency_durable);
  exchange->hold_answer([run, &executor = exchange->executor()](Response response, Exchange::PassOn pass_on) {
    run->finish(std::move(response), executor, std::move(pass_on));
  });
  return true;
}

// A handler throws only when something is wrong beyond its errors (out of memory): the client still
// gets an answer and the thread goes on.
void Dispatcher::handle(const ExchangePtr& exchange) const {
  const auto make = [](const ExchangePtr& asked) {
    try {
      asked->request().route->handle(asked);
    } catch (const std::exception&) {
      if (!asked->is_replied()) asked->reply(Error(errors::kInternal));
    }
  };
  const Request& request = exchange->request();
  if (parts_.answers == nullptr || !request.route->answer_version) return make(exchange);
  const AnswerVersion version = request.route->answer_version(request);
  if (version.value == 0) return make(exchange);
  std::string name = request.target;
  name.append("\n").append(request.headers.find("accept").value_or(""));
  parts_.answers->answer(exchange, std::move(name), version, make);
}

void Dispatcher::run(const ExchangePtr& exchange) const {
  if (exchange->is_forwarded()) return parts_.forwarder->forward(exchange);
  const Request& request = exchange->request();
  if (needs_body_hash(request)) {
    const crypto::Hash body = crypto::sha256(request.body);
    if (!exchange->is_batch_item() && Authenticator::needs_digest(request) && !request.body.empty()) {
      auto checked = Authenticator::check_digest(request, body);
      if (!checked.ok()) return exchange->reply(checked.error());
    }
    if (!begin_idempotent(exchange, body)) return;
  }
  handle(exchange);
}

std::unique_ptr<UploadSession> Dispatcher::open_upload(const ExchangePtr& exchange) const {
  if (exchange->is_forwarded()) return parts_.forwarder->open_upload(*exchange);
  auto session = exchange->request().route->open_upload(*exchange);
  if (session.ok()) return std::move(session).value();
  exchange->reply(session.error());
  return nullptr;
}

void Dispatcher::finish_upload(const ExchangePtr& exchange, std::unique_ptr<UploadSession> session,
                               const crypto::Hash& body) const {
  if (Authenticator::needs_digest(exchange->request())) {
    auto checked = Authenticator::check_digest(exchange->request(), body);
    if (!checked.ok()) return exchange->reply(checked.error());
  }
  if (!begin_idempotent(exchange, body)) return;
  session->finish(exchange);
}

void Dispatcher::run_batch_item(const ExchangePtr& exchange) const {
  identify(*exchange);
  if (parts_.tracer != nullptr) trace(*exchange);
  if (!find_route(*exchange) || !check_length(*exchange, exchange->request().body.size())) return;
  if (!authorise(*exchange)) return;
  if (exchange->request().route->open_upload)
    return exchange->reply(Error(errors::kMalformed, "a batch takes no uploads"));
  run(exchange);
}

const std::string* Dispatcher::allowed_origin(const Request& request) const {
  if (options_.cors_origins.empty()) return nullptr;
  const auto origin = request.headers.find("origin");
  if (!origin) return nullptr;
  for (const std::string& each : options_.cors_origins) {
    if (each == *origin || each == "*") return &each;
  }
  return nullptr;
}

void Dispatcher::finish(Exchange& exchange, Response& response) const {
  const Request& request = exchange.request();
  if (!options_.cors_origins.empty()) {
    response.headers.emplace_back("vary", "origin");
    if (const std::string* origin = allowed_origin(request)) {
      response.headers.emplace_back("access-control-allow-origin", *origin);
      response.headers.emplace_back("access-control-expose-headers",
                                    "retry-after, x-correlation-id, x-stale");
    }
  }
  const bool is_read = request.route != nullptr && !request.route->changes_state && !exchange.is_forwarded();
  if (options_.staleness && is_read) {
    if (std::string value = options_.staleness(); !value.empty())
      response.headers.emplace_back("x-stale", std::move(value));
  }
  if (parts_.observer)
    parts_.observer->on_request(exchange.thread_index(), exchange.route_index(), request.method,
                                response.status, parts_.clock->monotonic_ns() - request.received_ns);
}

}  // namespace icn::http
