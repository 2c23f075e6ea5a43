#include "governance/export.h"

#include "governance/tables.h"

namespace icn::governance {
namespace {

struct GovernanceExport {
  std::vector<Member> memberships;
  std::vector<codec::Cid> proposals;
  static constexpr auto fields() {
    return described(codec::field("memberships", &GovernanceExport::memberships),
                     codec::field("proposals", &GovernanceExport::proposals));
  }
};

Result<codec::Cid> export_governance(const storage::Reader& state, const Did& did,
                                     const identity::PutExport& put) {
  GovernanceExport out;
  ICN_TRY_ASSIGN(members, kMembers.scan(state, ledger::prefix_range(ledger::key_of(did), std::size_t{0})));
  while (true) {
    ICN_TRY_ASSIGN(member, members.next());
    if (!member) break;
    out.memberships.push_back(std::move(*member));
  }
  ICN_TRY_ASSIGN(proposals, kProposals.scan(state, ledger::prefix_range(ledger::key_of(did), kByProposer)));
  while (out.proposals.size() < kExportProposalsMax) {
    ICN_TRY_ASSIGN(proposal, proposals.next());
    if (!proposal) break;
    out.proposals.push_back(put(codec::encode_block(*proposal)));
  }
  return put(codec::encode_block(out));
}

}  // namespace

identity::ExportPart governance_export() { return {"governance", &export_governance}; }

}  // namespace icn::governance
