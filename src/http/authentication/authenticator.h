#pragma once

#include "base/clock.h"
#include "http/authentication/api_keys.h"
#include "http/authentication/message_signature.h"
#include "http/authentication/replay_cache.h"
#include "http/authentication/sessions.h"
#include "http/rate_limit.h"

namespace icn::http {

// All outlive the authenticator; null = this kind of credential is not taken.
struct AuthenticatorParts {
  const ApiKeys* api_keys = nullptr;
  const Sessions* sessions = nullptr;
  const KeyResolver* resolver = nullptr;  // for message signatures
  RateLimiter* failures = nullptr;        // per address; null: not limited
  const Clock* clock = nullptr;           // never null
  // Who comes from this machine without credentials is kLocalClient; a page from elsewhere in a browser of
  // this machine is not.
  bool has_local_client = false;
};

// Finds out who sent a request. Thread: any.
class Authenticator {
 public:
  static constexpr std::int64_t kSkewSecs = 60;

  // Signatures made before `clock` now are refused: their nonces are not known here.
  explicit Authenticator(const AuthenticatorParts& parts);

  // From x-api-key, Authorization: Bearer, or Signature and Signature-Input; anonymous without any.
  // A signature must cover @method, @authority, the target (@target-uri or @path and @query) and, when
  // a body follows, content-digest. More than one kind of credential is malformed.
  // Errors: kBadCredentials, kTooManyFailures, malformed.
  Result<Caller> authenticate(const Request& request, bool has_body);

  // For signed requests with a body: does it have the signed digest?
  static bool needs_digest(const Request& request) {
    return request.caller.credential == Credential::kSignature;
  }
  static Result<void> check_digest(const Request& request, const crypto::Hash& body_sha256);

 private:
  Result<Caller> by_credential(const Request& request, bool has_body);
  Result<Caller> by_signature(const Request& request, bool has_body);
  Result<void> check_input(const SignatureInput& input, const Request& request, bool has_body);

  AuthenticatorParts parts_;
  std::int64_t started_secs_;
  ReplayCache nonces_;
};

}  // namespace icn::http
