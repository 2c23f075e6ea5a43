#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "crypto/hash.h"
#include "http/answer_cache.h"
#include "http/authentication/authenticator.h"
#include "http/forwarder.h"
#include "http/idempotency.h"
#include "http/rate_limit.h"
#include "http/router.h"
#include "http/statistics.h"
#include "telemetry/tracer.h"

namespace icn::http {

// All of these outlive the dispatcher; null = left out.
struct DispatcherParts {
  const Router* router = nullptr;          // never null
  Authenticator* authenticator = nullptr;  // null: every caller is anonymous
  RateLimits* rate_limits = nullptr;
  IdempotencyStore* idempotency = nullptr;
  AnswerCache* answers = nullptr;
  RequestObserver* observer = nullptr;
  const Clock* clock = nullptr;  // never null
  telemetry::Tracer* tracer = nullptr;
  const ForwardSeal* forward_seal = nullptr;  // of the gateways of this node
  Forwarder* forwarder = nullptr;             // this is a gateway
};

struct DispatcherOptions {
  std::vector<std::string> cors_origins;  // exact ("https://a.example"), or "*"; empty: none
  // The value of the header x-stale of answers to reads; empty: what is read is the newest. Thread: any.
  std::function<std::string()> staleness = {};
};

// The way of a request through routing, limits, authentication and its handler. Knows no sockets.
// Thread: any io thread.
class Dispatcher {
 public:
  Dispatcher(const DispatcherParts& parts, DispatcherOptions options = {});

  // Gives a request its correlation id; admit() does it too. For requests that fail before that.
  void identify(Exchange& exchange) const;

  // First half, when the head of a request is there and before its body is read: finds the route,
  // checks the announced length (none: unknown), credentials, role and rate limits.
  // False: the exchange was answered.
  bool admit(const ExchangePtr& exchange, std::optional<std::uint64_t> content_length) const;

  // Second half, when the body is complete: digest, Idempotency-Key, handler.
  void run(const ExchangePtr& exchange) const;

  // The same for an upload route. Null: the exchange was answered.
  std::unique_ptr<UploadSession> open_upload(const ExchangePtr& exchange) const;
  // Whether finish_upload wants the SHA-256 of the body.
  static bool needs_body_hash(const Request& request);
  void finish_upload(const ExchangePtr& exchange, std::unique_ptr<UploadSession> session,
                     const crypto::Hash& body) const;

  // An item of a batch, on behalf of the caller in its request: routed, authorised, limited and counted
  // alone. Uploads and batches are refused.
  void run_batch_item(const ExchangePtr& exchange) const;

  // Before a response goes out: cross-origin headers, statistics. Called by Exchange.
  void finish(Exchange& exchange, Response& response) const;

  const Router& router() const { return *parts_.router; }
  const Clock& clock() const { return *parts_.clock; }

 private:
  void trace(Exchange& exchange) const;
  bool find_route(Exchange& exchange) const;
  bool authorise(Exchange& exchange) const;
  bool open_seal(Exchange& exchange) const;
  bool check_length(Exchange& exchange, std::optional<std::uint64_t> content_length) const;
  void answer_options(Exchange& exchange, std::string_view allow) const;
  bool begin_idempotent(const ExchangePtr& exchange, const crypto::Hash& body) const;
  void handle(const ExchangePtr& exchange) const;
  const std::string* allowed_origin(const Request& request) const;

  struct alignas(64) Counter {
    std::atomic<std::uint64_t> value = 0;
  };
  DispatcherParts parts_;
  DispatcherOptions options_;
  std::string id_prefix_;
  mutable std::array<Counter, 64> counters_;  // for correlation ids, one a thread
};

}  // namespace icn::http
