#pragma once

#include "identity/api/answers.h"
#include "identity/tx/change_services.h"
#include "identity/tx/deactivate_did.h"

// Changes of a did:icn: its plain body is signed with the key the node keeps for the DID.
namespace icn::identity::api {

// POST /identity/did/{did}/rotate. Without new_key the node makes the new key too.
struct RotateKey {
  struct Input {
    Did did;
    std::optional<std::string> new_key;
    std::optional<codec::HexBytes> nonce;
    std::optional<codec::HexBytes> proof;
    static constexpr auto fields() {
      using codec::field;
      return described(
          field("did", &Input::did),
          field("new_key", &Input::new_key, "z6Mk...; absent: the node makes a key and keeps it", {1, 64}),
          field("nonce", &Input::nonce, "with new_key: 16 random bytes, hex", {16, 16}),
          field("proof", &Input::proof, "with new_key: proof of possession, hex", {64, 64}));
    }
  };
  using Output = DidAnswer;
  static constexpr std::string_view summary = "Give a DID a new key; its old one signs nothing from then on";
  static void handle(Api& api, http::ExchangePtr exchange);
};

// POST /identity/did/{did}/deactivate
struct DeactivateDid {
  struct Input {
    Did did;
    DeactivationReason reason = DeactivationReason::kUnspecified;
    static constexpr auto fields() {
      return described(codec::field("did", &Input::did),
                       codec::defaulted_field("reason", &Input::reason, "why"));
    }
  };
  using Output = DidAnswer;
  static constexpr std::string_view summary = "End a DID for ever";
  static constexpr std::string_view transaction = "identity.deactivate";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static Result<void> matches(const http::Request& request, const codec::Json& body) {
    return check_sender_is_path(request, body);
  }
  static void handle(Api& api, http::ExchangePtr exchange);
};

// POST /identity/did/{did}/services
struct ChangeServices {
  struct Input {
    Did did;
    std::vector<Service> add;
    std::vector<std::string> remove;
    static constexpr auto fields() {
      using codec::defaulted_field;
      constexpr codec::Limits kLimits{0, static_cast<std::int64_t>(kServicesMax)};
      return described(codec::field("did", &Input::did),
                       defaulted_field("add", &Input::add, "new services", kLimits),
                       defaulted_field("remove", &Input::remove, "ids of services", kLimits));
    }
  };
  using Output = DidAnswer;
  static constexpr std::string_view summary = "Change where a DID can be reached";
  static constexpr std::string_view transaction = "identity.services";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static Result<void> matches(const http::Request& request, const codec::Json& body) {
    return check_sender_is_path(request, body);
  }
  static void handle(Api& api, http::ExchangePtr exchange);
};

}  // namespace icn::identity::api
