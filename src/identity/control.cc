#include "identity/control.h"

#include <algorithm>

#include "identity/errors.h"
#include "identity/tables.h"

namespace icn::identity {

bool is_thing(IdentityType type) {
  return type == IdentityType::kDevice || type == IdentityType::kService || type == IdentityType::kEphemeral;
}

Result<std::vector<Did>> controllers_of(const ledger::Reader& state, const Did& did, std::uint64_t version) {
  std::vector<Did> out;
  ICN_TRY_ASSIGN(rows, kControllers.scan(state, ledger::prefix_range(ledger::key_of(did))));
  while (true) {
    ICN_TRY_ASSIGN(row, rows.next());
    if (!row) return out;
    Did named;
    std::uint64_t since = 0;
    if (!storage::parse_key(rows.key(), named, since))
      return Error(errors::kInternal, "the key of controllers cannot be read");
    if (since > version) return out;
    out = std::move(row->dids);
  }
}

Result<void> check_controllers(const Did& did, const std::vector<Did>& controllers) {
  for (const Did& each : controllers) {
    if (auto parsed = parse_did(each.text()); !parsed.ok()) return parsed.error().within("controllers");
    if (each == did) return Error(kBadControllers, "a DID controls itself anyway");
    if (std::ranges::count(controllers, each) > 1)
      return Error(kBadControllers, each.text() + " comes twice");
  }
  return {};
}

Result<void> check_controllers_live(const ledger::Reader& state, const std::vector<Did>& controllers) {
  for (const Did& each : controllers) {
    if (!is_did_icn(each.text())) continue;
    ICN_TRY_ASSIGN(document, kDocuments.get(state, each));
    if (!document) return Error(kDidNotFound, "controllers: the ledger has no " + each.text());
    if (document->deactivated)
      return Error(kDidDeactivated, "controllers: " + each.text() + " was deactivated");
  }
  return {};
}

}  // namespace icn::identity
