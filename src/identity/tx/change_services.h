#pragma once

#include "identity/tx/change.h"
#include "ledger/transaction.h"

namespace icn::identity {

// "identity.services": takes services from the sender's document and adds others; one that is named in both
// is replaced.
//   check      did_cannot_change, bad_service (also when nothing would change)
//   precheck   did_not_found, did_deactivated, service_not_found, bad_service (an id that exists),
//              too_many_services, too_many_identity_operations
struct ChangeServices {
  struct Body {
    std::vector<Service> add;
    std::vector<std::string> remove;  // ids
    static constexpr auto fields() {
      using codec::defaulted_field;
      constexpr codec::Limits kLimits{0, static_cast<std::int64_t>(kServicesMax)};
      return described(defaulted_field("add", &Body::add, "new services", kLimits),
                       defaulted_field("remove", &Body::remove, "ids of services", kLimits));
    }
  };
  using Output = ChangeOutput;

  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

// What the document's services become.   service_not_found, too_many_services, bad_service
Result<std::vector<Service>> changed_services(const DidDocument& document, const ChangeServices::Body& body);

}  // namespace icn::identity
