#pragma once

#include "identity/tx/change.h"
#include "ledger/transaction.h"

namespace icn::identity {

// "identity.rotate": gives the sender, a did:icn, a new key; from this block on its old keys sign nothing.
//   check      did_cannot_change, bad_public_key, I007
//   precheck   did_not_found, did_deactivated, key_used_before, too_many_identity_operations
//   apply      exceeds_balance
struct RotateKey {
  struct Body {
    std::string new_key;
    codec::HexBytes nonce;
    codec::HexBytes proof;  // key_proof.h
    static constexpr auto fields() {
      using codec::field;
      return described(
          field("new_key", &Body::new_key, "as in z6Mk...", {1, 64}),
          field("nonce", &Body::nonce, "16 random bytes, hex", {16, 16}),
          field("proof", &Body::proof, "signature of the new key, docs/formats/identity.md", {64, 64}));
    }
  };
  using Output = ChangeOutput;

  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

}  // namespace icn::identity
