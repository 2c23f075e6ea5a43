#include "federation/api/status.h"

#include <algorithm>

#include "http/errors.h"
#include "ledger/checkpoint.h"

namespace icn::federation::api {
namespace {

using Status = GetFederationStatus::Output;

// All but what the engine is asked for.
Result<Status> status_of_ledger(const ReadApi& api) {
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  const auto published = api.ledger.published();
  const ledger::LogStatus log = api.log.status();
  Status out;
  out.federation_id = published->network.network;
  out.height = published->head.header.height;
  out.time = published->head.header.time;
  out.partitioned = !log.has_quorum;
  out.is_writing = log.is_writing;
  ICN_TRY_ASSIGN(clock, ledger::kCheckpointClock.get(*snapshot, ledger::kCheckpointKey));
  if (clock) out.epoch = clock->epoch;
  out.reason = log.reason;
  if (api.awaits_confirmation()) out.awaits_confirmation = true;
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

}  // namespace

void GetFederationStatus::handle(const ReadApi& api, const http::Call&, Input, http::Reply<Output> reply) {
  auto status = status_of_ledger(api);
  if (!status.ok()) return reply(status.error());
  api.engine_facts(
      [&api, reply, out = std::move(*status)](const Result<consensus::EngineFacts>& facts) mutable {
        if (facts.ok()) out.lag = facts->behind;
        out.peers = federation_peers(api, out.validators, facts.ok() ? *facts : consensus::EngineFacts{});
        out.peer_count = static_cast<std::uint64_t>(
            std::ranges::count_if(out.peers, [](const FederationPeer& each) { return each.is_connected; }));
        reply(Result<Output>(std::move(out)));
      });
}

Result<ListFederationMembers::Output> ListFederationMembers::handle(const ReadApi& api, const http::Call&,
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
