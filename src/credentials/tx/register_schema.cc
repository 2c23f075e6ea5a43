#include "credentials/tx/register_schema.h"

#include <algorithm>

#include "credentials/errors.h"
#include "identity/did.h"
#include "identity/tx/change.h"

namespace icn::credentials {
namespace {

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == ':' || c == '.' || c == '_' || c == '-';
}

}  // namespace

std::string schema_id(const std::string& name, std::uint32_t version) {
  return name + ":v" + std::to_string(version);
}

Result<void> RegisterSchema::check(const ledger::Transaction&, const Body& body) {
  if (!std::ranges::all_of(body.name, is_name_character) || body.name.find(':') == std::string::npos ||
      body.name.front() == ':' || body.name.back() == ':')
    return Error(kBadSchema, "name: must be lower case letters, digits and . _ - with a : between parts");
  if (body.name.starts_with("icn:"))
    return Error(kBadSchema, "name: those that begin with icn: belong to the network");
  if (body.cid.empty()) return Error(kBadSchema, "cid: is empty");
  for (const Did& each : body.issuers) {
    if (auto did = identity::parse_did(each.text()); !did.ok()) return did.error().within("issuers");
  }
  return {};
}

Result<void> RegisterSchema::precheck(const ledger::ApplyContext& context, const Body& body,
                                      const ledger::View& view) {
  const std::string id = schema_id(body.name, body.version);
  ICN_TRY_ASSIGN(known, kSchemas.contains(view, id));
  if (known) return Error(kSchemaExists, id + " exists already; a new version is another number");
  if (body.version > 1) {
    const std::string former_id = schema_id(body.name, body.version - 1);
    ICN_TRY_ASSIGN(former, kSchemas.get(view, former_id));
    if (!former) return Error(kSchemaNotFound, "there is no " + former_id + ": versions rise by 1");
    if (former->author != context.sender())
      return Error(kNotAuthorised, body.name + " belongs to " + former->author.text());
  }
  return identity::check_operation_limit(context, view);
}

Result<RegisterSchema::Output> RegisterSchema::apply(const ledger::ApplyContext& context, const Body& body,
                                                     ledger::View& view) {
  ICN_TRY(identity::count_operation(context, view));
  const std::string id = schema_id(body.name, body.version);
  ICN_TRY(kSchemas.put(
      view, id, {id, body.name, body.version, body.cid, context.sender(), body.issuers, context.block.time}));
  return Output{id, body.cid};
}

}  // namespace icn::credentials
