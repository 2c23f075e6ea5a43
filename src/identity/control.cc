#include "identity/control.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "identity/errors.h"
#include "identity/tables.h"

namespace icn::identity {

bool is_thing(IdentityType type) {
  return type == IdentityType::kDevice || type == IdentityType::kService || type == IdentityType::kEphemeral;
}

namespace {

Result<Controllers> controllers_in(const ledger::Reader& state, const Did& did, std::uint64_t version) {
  Controllers out;
  ICN_TRY_ASSIGN(rows, kControllers.scan(state, ledger::prefix_range(ledger::key_of(did))));
  while (true) {
    ICN_TRY_ASSIGN(row, rows.next());
    if (!row) return out;
    Did named;
    std::uint64_t since = 0;
    if (!storage::parse_key(rows.key(), named, since))
      return Error(errors::kInternal, "the key of controllers cannot be read");
    if (since > version) return out;
    out = std::move(*row);
  }
}

// Whose key signed the first version; nobody: the ledger has none.
Result<std::optional<Did>> maker_of(const ledger::Reader& state, const Did& did) {
  ICN_TRY_ASSIGN(newest, kDocuments.get(state, did));
  if (!newest) return std::optional<Did>();
  if (newest->version != 1) {
    ICN_TRY_ASSIGN(first, kFormerVersions.get(state, {did, 1}));
    if (!first) return std::optional<Did>();
    newest = std::move(first);
  }
  const std::string& key = newest->signed_by.text();
  return std::optional(Did(key.substr(0, key.find('#'))));
}

}  // namespace

Result<std::vector<Did>> controllers_of(const ledger::Reader& state, const Did& did, std::uint64_t version) {
  ICN_TRY_ASSIGN(found, controllers_in(state, did, version));
  return std::move(found.dids);
}

Result<void> put_controllers(ledger::View& view, const Did& did, std::uint64_t version,
                             const std::vector<Did>& controllers, const Did& sender) {
  ICN_TRY_ASSIGN(former, controllers_in(view, did, version));
  ICN_TRY_ASSIGN(maker, maker_of(view, did));
  Controllers next{controllers, {}};
  for (const Did& each : controllers) {
    const bool has_agreed = std::ranges::find(former.agreed, each) != former.agreed.end();
    if (has_agreed || each == sender || each == maker) next.agreed.push_back(each);
  }
  if (next.dids == former.dids && next.agreed == former.agreed) return {};
  return kControllers.put(view, {did, version}, next);
}

Result<std::vector<Did>> owners_of(const ledger::Reader& state, const Did& did) {
  if (!is_did_icn(did.text())) return std::vector<Did>();
  const auto parsed = parse_did(did.text());
  if (!parsed.ok() || !is_thing(parsed->type)) return std::vector<Did>();
  ICN_TRY_ASSIGN(found, controllers_in(state, did, std::numeric_limits<std::uint64_t>::max()));
  if (!found.agreed.empty()) return std::move(found.agreed);
  ICN_TRY_ASSIGN(maker, maker_of(state, did));
  if (!maker || *maker == did) return std::vector<Did>();
  return std::vector{*maker};
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
