#pragma once

#include "identity/control.h"
#include "identity/tx/change.h"
#include "ledger/transaction.h"

namespace icn::identity {

// "identity.controllers": a device, service or ephemeral DID names who may change it beside itself. From then
// on those alone name others: who steals a device cannot take it away from its owner.
//   check      did_cannot_change, not_a_thing, bad_controllers; I001, unsupported_did_method
//   precheck   did_not_found, did_deactivated (the sender or a controller), has_controllers,
//              too_many_identity_operations
struct SetControllers {
  struct Body {
    std::vector<Did> controllers;
    static constexpr auto fields() {
      return described(codec::field("controllers", &Body::controllers, "DIDs",
                                    {1, static_cast<std::int64_t>(kControllersMax)}));
    }
  };
  using Output = ChangeOutput;

  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

// Writes the next version of `former`, from which on `controllers` are in force.
Result<ChangeOutput> write_controllers(const ledger::ApplyContext& context, ledger::View& view,
                                       const DidDocument& former, const std::vector<Did>& controllers);

}  // namespace icn::identity
