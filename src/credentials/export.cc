#include "credentials/export.h"

#include "credentials/tables.h"

namespace icn::credentials {
namespace {

constexpr std::size_t kByHolder = 1;
constexpr std::size_t kByIssuer = 2;

struct ExportedDisclosure {
  codec::Cid credential;
  Disclosure disclosure;
  static constexpr auto fields() {
    return described(codec::field("credential", &ExportedDisclosure::credential),
                     codec::field("disclosure", &ExportedDisclosure::disclosure));
  }
};

struct CredentialsExport {
  std::vector<codec::Cid> held;
  std::vector<codec::Cid> issued;
  std::vector<ExportedDisclosure> disclosures;  // of those it holds
  static constexpr auto fields() {
    using codec::field;
    return described(field("held", &CredentialsExport::held), field("issued", &CredentialsExport::issued),
                     field("disclosures", &CredentialsExport::disclosures));
  }
};

Result<void> add_disclosures(const storage::Reader& state, const CredentialRecord& record,
                             identity::ExportArchive& archive, std::vector<ExportedDisclosure>& out) {
  ICN_TRY_ASSIGN(rows, kDisclosures.scan(state, ledger::prefix_range(ledger::key_of(cid_key(record.cid)))));
  while (out.size() < kExportCredentialsMax) {
    ICN_TRY_ASSIGN(each, rows.next());
    if (!each) break;
    archive.include(each->disclosure);
    out.push_back({record.cid, std::move(*each)});
  }
  return {};
}

Result<codec::Cid> export_credentials(const storage::Reader& state, const Did& did,
                                      identity::ExportArchive& archive) {
  CredentialsExport out;
  for (const auto& [index, list] : {std::pair(kByHolder, &out.held), std::pair(kByIssuer, &out.issued)}) {
    ICN_TRY_ASSIGN(rows, kCredentials.scan(state, ledger::prefix_range(ledger::key_of(did), index)));
    while (list->size() < kExportCredentialsMax) {
      ICN_TRY_ASSIGN(record, rows.next());
      if (!record) break;
      list->push_back(archive.put(codec::encode_block(*record)));
      archive.include(record->stored);
      archive.include(record->reason);
      if (index == kByHolder) ICN_TRY(add_disclosures(state, *record, archive, out.disclosures));
    }
  }
  return archive.put(codec::encode_block(out));
}

}  // namespace

identity::ExportPart credentials_export() { return {"credentials", &export_credentials}; }

}  // namespace icn::credentials
