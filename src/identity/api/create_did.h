#pragma once

#include "identity/api/answers.h"

namespace icn::identity::api {

// POST /identity/did/create. Public; without credentials 10 an hour for each client address.
//
// A whole "identity.create" transaction is submitted as it is. A plain body makes
//   method key   a did:key: nothing is written to the ledger
//   method icn   a did:icn. Who pays is `creator`, else a DID of the caller that has an account; the node
//                must keep its key. Else it is free: the node signs with the new key it made, or, for a key
//                that the client made, with its own.
// Without public_key the node makes the key and keeps it for the caller.
struct CreateDid {
  struct Input {
    DidMethod method = DidMethod::kIcn;
    IdentityType type = IdentityType::kPerson;
    std::optional<std::string> public_key;
    std::optional<codec::HexBytes> nonce;
    std::optional<codec::HexBytes> proof;
    std::vector<Service> services;
    std::optional<Did> creator;
    static constexpr auto fields() {
      using codec::defaulted_field;
      using codec::field;
      return described(
          defaulted_field("method", &Input::method, "icn, on the ledger, or key"),
          defaulted_field("type", &Input::type, "kind of did:icn"),
          field("public_key", &Input::public_key, "z6Mk...; absent: the node makes a key and keeps it",
                {1, 64}),
          field("nonce", &Input::nonce, "for a did:icn with public_key: 16 random bytes, hex", {16, 16}),
          field("proof", &Input::proof, "for a did:icn with public_key: proof of possession, hex", {64, 64}),
          defaulted_field("services", &Input::services, "of a did:icn",
                          {0, static_cast<std::int64_t>(kServicesMax)}),
          field("creator", &Input::creator, "DID that pays, kept by the node"));
    }
  };
  using Output = DidAnswer;
  static constexpr std::string_view summary = "Make a DID";
  static constexpr int success_status = 201;

  static void handle(Api& api, http::ExchangePtr exchange);
};

}  // namespace icn::identity::api
