#include "federation/api/status.h"

#include "http/errors.h"

namespace icn::federation::api {

Result<GetFederationStatus::Output> GetFederationStatus::handle(const Api& api, const http::Call&,
                                                                const Input&) {
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  const auto published = api.ledger.published();
  const ledger::LogStatus log = api.log.status();
  Output out;
  out.federation_id = published->network.network;
  out.height = published->head.header.height;
  out.time = published->head.header.time;
  out.peer_count = api.peer_count();
  out.is_writing = log.is_writing;
  out.reason = log.reason;
  ICN_TRY_ASSIGN(federation, kFederation.get(*snapshot, kFederationKey));
  if (!federation) return out;
  out.name = federation->name;
  out.policy = federation->policy;
  if (!federation->charter.empty()) out.charter_cid = federation->charter;
  out.founded_at = federation->founded_at;
  out.members = federation->member_count;
  ICN_TRY_ASSIGN(validators, load_validators(*snapshot));
  out.faults_tolerated = faults_tolerated(validators.size());
  out.approvals_needed = approvals_needed(validators.size());
  ICN_TRY_ASSIGN(own, member_of_operator(*snapshot, api.node_did));
  out.role = !own                            ? NodeRole::kFullNode
             : own->role == Role::kValidator ? NodeRole::kValidator
                                             : NodeRole::kMember;
  out.validators = std::move(validators);
  return out;
}

Result<ListFederationMembers::Output> ListFederationMembers::handle(const Api& api, const http::Call&,
                                                                    const Input& input) {
  constexpr std::string_view kList = "federation/members";
  ledger::ScanRange range;
  if (input.cursor) {
    ICN_TRY_ASSIGN(position, api.cursors.open(kList, *input.cursor));
    range.from = std::move(position);
  }
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(federation, kFederation.get(*snapshot, kFederationKey));
  ICN_TRY_ASSIGN(rows, kMembers.scan(*snapshot, range));
  Output page;
  page.total = federation ? federation->member_count : 0;
  while (true) {
    ICN_TRY_ASSIGN(member, rows.next());
    if (!member) return page;
    if (page.items.size() == input.limit) {
      page.next_cursor = api.cursors.seal(kList, ledger::key_of(member->organization));
      return page;
    }
    page.items.push_back(std::move(*member));
  }
}

}  // namespace icn::federation::api
