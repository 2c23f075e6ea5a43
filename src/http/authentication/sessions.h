#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "codec/values.h"
#include "http/authentication/key_resolver.h"
#include "http/authentication/replay_cache.h"

namespace icn::http {

// What the owner of a DID signs to open a session: "icn:session:v1" 0x00 + canonical JSON of
// {audience, challenge, key}. `audience` is the node's DID: a challenge that another node passes on
// does not fit.
struct SessionChallenge {
  std::string challenge;
  std::string audience;
  TimestampSecs expires_at = 0;
  static constexpr std::string_view schema_name = "SessionChallenge";
  static constexpr auto fields() {
    using codec::field;
    return described(field("challenge", &SessionChallenge::challenge, "to be signed, once"),
                     field("audience", &SessionChallenge::audience, "DID of this node"),
                     field("expires_at", &SessionChallenge::expires_at, "120 s from now"));
  }
};

struct SessionToken {
  std::string token;
  TimestampSecs expires_at = 0;
  static constexpr std::string_view schema_name = "SessionToken";
  static constexpr auto fields() {
    using codec::field;
    return described(field("token", &SessionToken::token, "for Authorization: Bearer"),
                     field("expires_at", &SessionToken::expires_at, "12 h from now"));
  }
};

// Sessions without a table: challenges and tokens are sealed with a key of this node, so they outlive a
// restart and cost no storage. A token stands for one verification method and ends early when that key
// is rotated out or its DID deactivated. Thread: any.
class Sessions {
 public:
  Sessions(ByteView node_secret, std::string audience, const KeyResolver& resolver, const Clock& clock,
           Random& random);

  SessionChallenge challenge();
  // Errors: kBadCredentials (unknown, expired or used challenge; wrong signature; unknown key).
  Result<SessionToken> open(std::string_view challenge, const KeyId& key, ByteView signature);
  // Errors: kBadCredentials.
  Result<Caller> find(std::string_view token) const;

  // The bytes to sign; also for clients.
  static Bytes signing_bytes(std::string_view challenge, std::string_view audience, const KeyId& key);

 private:
  std::string seal(std::string_view purpose, ByteView content) const;
  Result<Bytes> unseal(std::string_view purpose, std::string_view text) const;

  Bytes key_;
  std::string audience_;
  const KeyResolver& resolver_;
  const Clock& clock_;
  Random& random_;
  ReplayCache used_;
};

}  // namespace icn::http
