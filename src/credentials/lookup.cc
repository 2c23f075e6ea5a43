#include "credentials/lookup.h"

#include <algorithm>

#include "credentials/errors.h"

namespace icn::credentials {
namespace {

constexpr std::size_t kSearchedMax = 100;  // others may anchor a CID as often as they have DIDs

}  // namespace

Result<CredentialRecord> load_credential(const ledger::Reader& state, const codec::Cid& cid,
                                         const std::optional<Did>& issuer,
                                         const std::function<bool(const CredentialRecord&)>& fits) {
  const Error not_found(kCredentialNotFound, "no credential " + cid.to_string() + " was anchored");
  if (issuer && issuer->text().size() > storage::kKeySizeMax / 2) return not_found;
  if (issuer) {
    ICN_TRY_ASSIGN(record, kCredentials.get(state, {cid_key(cid), *issuer}));
    if (!record) return not_found;
    return std::move(*record);
  }
  ICN_TRY_ASSIGN(rows, kCredentials.scan(state, ledger::prefix_range(ledger::key_of(cid_key(cid)))));
  std::vector<CredentialRecord> fitting;
  std::vector<CredentialRecord> others;
  for (std::size_t searched = 0; searched < kSearchedMax; ++searched) {
    ICN_TRY_ASSIGN(record, rows.next());
    if (!record) break;
    (!fits || fits(*record) ? fitting : others).push_back(std::move(*record));
  }
  std::vector<CredentialRecord>& found = fitting.empty() ? others : fitting;
  if (found.empty()) return not_found;
  if (found.size() > 1)
    return Error(kSeveralIssuers, "issuer: " + cid.to_string() + " was anchored by several");
  return std::move(found.front());
}

bool may_revoke(const CredentialRecord& record, const Did& did) {
  return record.issuer == did || std::ranges::find(record.revocable_by, did) != record.revocable_by.end();
}

}  // namespace icn::credentials
