#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "codec/values.h"
#include "http/exchange.h"

namespace icn::http {

// What a typed handler may know of its request beside its input. Valid while the exchange lives: for
// handlers that answer later, as long as they hold their Reply.
class Call {
 public:
  explicit Call(const Exchange& exchange) : exchange_(&exchange) {}

  const Caller& caller() const { return request().caller; }
  const std::string& correlation_id() const { return request().correlation_id; }
  const std::string& traceparent() const { return request().traceparent; }
  std::optional<std::string_view> idempotency_key() const {
    return request().headers.find("idempotency-key");
  }
  // A flag of the query, decoded: wait, timeout, follow.
  std::optional<std::string> query(std::string_view name) const { return request().query_parameter(name); }
  const Request& request() const { return exchange_->request(); }
  Executor& executor() const { return exchange_->executor(); }
  std::size_t thread_index() const { return exchange_->thread_index(); }
  bool is_cancelled() const { return exchange_->is_cancelled(); }

 private:
  const Exchange* exchange_;
};

// The answer of a handler that answers later. Copies share one exchange; call one of them once, from
// any thread.
template <typename Output>
class Reply {
 public:
  Reply(ExchangePtr exchange, int success_status)
      : exchange_(std::move(exchange)), success_status_(success_status) {}

  void operator()(const Result<Output>& result) const {
    if (result.ok()) return (*this)(*result, success_status_);
    exchange_->reply(result.error());
  }
  // With another status than the route's: 202 for what is still pending.
  void operator()(const Output& output, int status) const {
    exchange_->reply(Response::json(codec::to_json_text(output), status));
  }
  // For answers with their own headers.
  void raw(Response response) const { exchange_->reply(std::move(response)); }
  Exchange& exchange() const { return *exchange_; }
  Executor& executor() const { return exchange_->executor(); }

 private:
  ExchangePtr exchange_;
  int success_status_;
};

}  // namespace icn::http
