#include "identity/tx/change_services.h"

#include "identity/errors.h"

namespace icn::identity {

Result<std::vector<Service>> changed_services(const DidDocument& document, const ChangeServices::Body& body) {
  std::vector<Service> services = document.services;
  for (const std::string& id : body.remove) {
    if (std::erase_if(services, [&](const Service& each) { return each.id == id; }) == 0) {
      return Error(kServiceNotFound, document.id.text() + " has no service \"" + id.substr(0, 64) + "\"");
    }
  }
  services.insert(services.end(), body.add.begin(), body.add.end());
  if (services.size() > kServicesMax) {
    return Error(kTooManyServices, std::to_string(services.size()) + " services; at most " +
                                       std::to_string(kServicesMax) + " are allowed");
  }
  ICN_TRY(check_services(services));
  return services;
}

Result<void> ChangeServices::check(const ledger::Transaction& transaction, const Body& body) {
  ICN_TRY(check_can_change(transaction.sender));
  if (body.add.empty() && body.remove.empty()) {
    return Error(kBadService, "add or remove must name at least one service");
  }
  return check_services(body.add);
}

Result<void> ChangeServices::precheck(const ledger::ApplyContext& context, const Body& body,
                                      const ledger::View& view) {
  ICN_TRY_ASSIGN(document, load_own_document(context, view));
  ICN_TRY(changed_services(document, body));
  return check_operation_limit(context, view);
}

Result<ChangeServices::Output> ChangeServices::apply(const ledger::ApplyContext& context, const Body& body,
                                                     ledger::View& view) {
  ICN_TRY_ASSIGN(former, load_own_document(context, view));
  ICN_TRY(count_operation(context, view));
  DidDocument changed = former;
  ICN_TRY_ASSIGN(services, changed_services(former, body));
  changed.services = std::move(services);
  return write_next_version(context, view, former, std::move(changed));
}

}  // namespace icn::identity
