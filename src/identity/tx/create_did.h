#pragma once

#include "identity/tx/change.h"
#include "ledger/transaction.h"

namespace icn::identity {

// "identity.create": makes a did:icn. Any sender; a new member's own did:key is one.
//   check      bad_public_key, bad_service, I007
//   precheck   did_exists, too_many_identity_operations
//   apply      exceeds_balance
struct CreateDid {
  struct Body {
    IdentityType type = IdentityType::kPerson;
    std::string public_key;  // "z6Mk...": key 1
    codec::HexBytes nonce;
    codec::HexBytes proof;  // key_proof.h
    std::vector<Service> services;
    static constexpr auto fields() {
      using codec::field;
      return described(
          field("type", &Body::type, "kind of identity"),
          field("public_key", &Body::public_key, "its first key, as in z6Mk...", {1, 64}),
          field("nonce", &Body::nonce, "16 random bytes, hex", {16, 16}),
          field("proof", &Body::proof, "signature of the key, docs/formats/identity.md", {64, 64}),
          codec::defaulted_field("services", &Body::services, "where it can be reached",
                                 {0, static_cast<std::int64_t>(kServicesMax)}));
    }
  };
  using Output = ChangeOutput;

  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

}  // namespace icn::identity
