#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "http/authentication/authenticator.h"
#include "http/idempotency.h"
#include "http/rate_limit.h"
#include "http/router.h"
#include "http/statistics.h"

namespace icn::http {

// All of these outlive the dispatcher; null = left out.
struct DispatcherParts {
  const Router* router = nullptr;          // never null
  Authenticator* authenticator = nullptr;  // null: every caller is anonymous
  RateLimits* rate_limits = nullptr;
  IdempotencyStore* idempotency = nullptr;
  RequestObserver* observer = nullptr;
  const Clock* clock = nullptr;  // never null
};

struct DispatcherOptions {
  std::vector<std::string> cors_origins;  // exact ("https://a.example"), or one "*"; empty: none
};

// The way of a request through routing, limits, authentication and its handler. Knows no sockets.
// Thread: any io thread; keeps no state of its own.
class Dispatcher {
 public:
  Dispatcher(const DispatcherParts& parts, DispatcherOptions options)
      : parts_(parts), options_(std::move(options)) {}

  // First half, when the head of a request is there and before its body is read: finds the route,
  // checks the announced length (none: unknown), credentials, role and rate limits.
  // False: the exchange was answered.
  bool admit(const ExchangePtr& exchange, std::optional<std::uint64_t> content_length) const;

  // Second half, when the body is complete: digest, Idempotency-Key, handler.
  void run(const ExchangePtr& exchange) const;

  // The same for an upload route: null when the exchange was answered. `finish_upload` takes the
  // SHA-256 of the body as received.
  std::unique_ptr<UploadSession> open_upload(const ExchangePtr& exchange) const;

  // An item of a batch, on behalf of the caller of the outer request: routed, authorised, limited and
  // counted alone. Streams and uploads are refused.
  void run_batch_item(const ExchangePtr& exchange, const Caller& caller) const;

  const Router& router() const { return *parts_.router; }
  const Clock& clock() const { return *parts_.clock; }

 private:
  bool route(Exchange& exchange) const;
  bool authorise(Exchange& exchange) const;
  void answer_options(Exchange& exchange, std::string_view allow) const;
  void observe(const ExchangePtr& exchange, std::size_t route_index) const;
  bool begin_idempotent(const ExchangePtr& exchange) const;
  void add_common_headers(const Request& request, Response& response) const;

  DispatcherParts parts_;
  DispatcherOptions options_;
};

}  // namespace icn::http
