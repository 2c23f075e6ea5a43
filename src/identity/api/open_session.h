#pragma once

#include "identity/api/context.h"

namespace icn::identity::api {

// POST /identity/session, twice. Without fields: a challenge. With challenge, key and signature (http/
// authentication/sessions.h says of what): a bearer token for 12 h that ends when the key is retired.
struct OpenSession {
  struct Input {
    std::optional<std::string> challenge;
    std::optional<KeyId> key;
    std::optional<codec::HexBytes> signature;
    static constexpr auto fields() {
      using codec::field;
      return described(field("challenge", &Input::challenge, "from the first call", {1, 1024}),
                       field("key", &Input::key, "verification method that signed"),
                       field("signature", &Input::signature, "Ed25519, hex", {64, 64}));
    }
  };
  struct Output {
    std::optional<std::string> challenge;
    std::optional<std::string> audience;
    std::optional<std::string> token;
    TimestampSecs expires_at = 0;
    static constexpr std::string_view schema_name = "Session";
    static constexpr auto fields() {
      using codec::field;
      return described(field("challenge", &Output::challenge, "to be signed, once, with audience and key"),
                       field("audience", &Output::audience, "DID of this node"),
                       field("token", &Output::token, "for Authorization: Bearer"),
                       field("expires_at", &Output::expires_at, "Unix seconds"));
    }
  };
  static constexpr std::string_view summary = "Get a challenge, or a session for a signed one";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

}  // namespace icn::identity::api
