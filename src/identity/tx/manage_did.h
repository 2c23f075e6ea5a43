#pragma once

#include "identity/control.h"
#include "identity/tx/change.h"
#include "ledger/transaction.h"

namespace icn::identity {

// "identity.manage": a controller changes a device, service or ephemeral DID: gives it a new key, changes its
// services, ends it, or names other controllers. One of these at a time; the controller pays.
//   check      malformed: none of these, or several; I001; bad_public_key, I007, bad_service, bad_controllers
//   precheck   did_not_found, did_deactivated, not_controller, key_used_before, service_not_found,
//              bad_service,
//              too_many_services, too_many_identity_operations
//   apply      exceeds_balance
struct ManageDid {
  struct Body {
    Did did;
    std::optional<std::string> new_key;
    std::optional<codec::HexBytes> nonce;
    std::optional<codec::HexBytes> proof;
    std::vector<Service> add;
    std::vector<std::string> remove;
    std::vector<Did> controllers;
    bool deactivate = false;
    static constexpr auto fields() {
      using codec::defaulted_field, codec::field;
      constexpr codec::Limits kServices{0, static_cast<std::int64_t>(kServicesMax)};
      return described(
          field("did", &Body::did, "the DID that is changed"),
          field("new_key", &Body::new_key, "its new key, as in z6Mk...", {1, 64}),
          field("nonce", &Body::nonce, "with new_key: 16 random bytes, hex", {16, 16}),
          field("proof", &Body::proof, "with new_key: signature of it, docs/formats/identity.md", {64, 64}),
          defaulted_field("add", &Body::add, "new services", kServices),
          defaulted_field("remove", &Body::remove, "ids of services", kServices),
          defaulted_field("controllers", &Body::controllers, "in place of those it has",
                          {0, static_cast<std::int64_t>(kControllersMax)}),
          defaulted_field("deactivate", &Body::deactivate, "ends it for ever"));
    }
  };
  using Output = ChangeOutput;

  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

}  // namespace icn::identity
