#pragma once

#include "identity/tx/change.h"
#include "ledger/transaction.h"

namespace icn::identity {

enum class DeactivationReason { kUnspecified, kKeyCompromised, kSuperseded, kCeased };
constexpr auto enum_names(DeactivationReason) {
  return std::array{std::pair(DeactivationReason::kUnspecified, std::string_view("unspecified")),
                    std::pair(DeactivationReason::kKeyCompromised, std::string_view("key_compromised")),
                    std::pair(DeactivationReason::kSuperseded, std::string_view("superseded")),
                    std::pair(DeactivationReason::kCeased, std::string_view("ceased"))};
}

// "identity.deactivate": the sender, a did:icn, gives up its keys and services. Its last act, for ever.
// The reason stands in the transaction alone.
//   check      did_cannot_change
//   precheck   did_not_found, did_deactivated, too_many_identity_operations
struct DeactivateDid {
  struct Body {
    DeactivationReason reason = DeactivationReason::kUnspecified;
    static constexpr auto fields() {
      return described(codec::defaulted_field("reason", &Body::reason, "why"));
    }
  };
  using Output = ChangeOutput;

  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

// Writes the last version of `former`.
Result<ChangeOutput> write_deactivated(const ledger::ApplyContext& context, ledger::View& view,
                                       const DidDocument& former);

}  // namespace icn::identity
