#pragma once

#include <string_view>
#include <vector>

#include "ledger/rules.h"
#include "storage/store.h"

// What credentials give the composition beside their transaction types (tx/).
namespace icn::credentials {

// Event types: {cid, issuer, holder, type}; {cid, status}.
inline constexpr std::string_view kCredentialIssued = "CredentialIssued";
inline constexpr std::string_view kCredentialStatusChanged = "CredentialStatusChanged";

std::vector<storage::TableSchema> tables();
std::vector<ledger::DueHandler> due_handlers();

// "credentials.status": what is revoked stays revoked; who issued what for whom never changes, nor its place;
// uses are only added; the bits of the status lists say what the credentials say, and no place is given
// twice; a pause has the row that ends it.
std::vector<ledger::Invariant> invariants();

}  // namespace icn::credentials
