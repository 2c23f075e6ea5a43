#include "governance/disputes.h"

#include <algorithm>

#include "crypto/hash.h"
#include "economics/accounts.h"
#include "governance/eligible.h"
#include "governance/errors.h"
#include "governance/members.h"
#include "identity/guardianship.h"

namespace icn::governance {
namespace {

constexpr std::string_view kCaseDomain("icn:recovery-case:v1\0", 21);

constexpr std::size_t kScopesSearchedMax = 100;

// Where those who know a DID can judge its case; none: empty.
Result<std::string> scope_of(const ledger::Reader& state, const Did& did) {
  std::vector<std::string> scopes{std::string(kLocalScope)};
  ICN_TRY_ASSIGN(rows, kScopes.scan(state, {}));
  while (scopes.size() <= kScopesSearchedMax) {
    ICN_TRY_ASSIGN(scope, rows.next());
    if (!scope) break;
    scopes.push_back(scope->scope);
  }
  for (const std::string& scope : scopes) {
    ICN_TRY_ASSIGN(member, load_member(state, scope, did));
    if (member && is_active(*member)) return scope;
  }
  return std::string();
}

// The case of each freeze has an id of its own.
std::string case_id(const Did& did, TimestampSecs at) {
  Bytes bytes = to_bytes(as_bytes(did.text()));
  bytes.push_back(0);
  append_u64(bytes, at);
  return "di_" + hex_encode(ByteView(crypto::sha256(as_bytes(kCaseDomain), bytes)).first(16));
}

// A tie does not uphold it; without a single voice nobody has won.
DisputeState result_of(const Dispute& dispute) {
  if (dispute.upheld_votes + dispute.rejected_votes == 0) return DisputeState::kLapsed;
  return dispute.upheld_votes > dispute.rejected_votes ? DisputeState::kUpheld : DisputeState::kRejected;
}

}  // namespace

DisputeTerms dispute_terms(const ledger::Parameters& parameters, DisputeLevel level) {
  const auto secs = [](std::int64_t value) { return static_cast<std::uint64_t>(value); };
  const std::uint64_t evidence_secs = secs(parameters.governance_dispute_investigation_secs);
  const std::uint64_t voting_secs = secs(parameters.governance_dispute_vote_secs);
  switch (level) {
    case DisputeLevel::kMediation:
      return {{parameters.governance_dispute_mediation_stake},
              secs(parameters.governance_dispute_mediation_secs),
              0};
    case DisputeLevel::kArbitration:
      return {{parameters.governance_dispute_arbitration_stake}, evidence_secs, voting_secs};
    case DisputeLevel::kAppeal:
      return {{parameters.governance_dispute_appeal_stake}, evidence_secs, voting_secs};
    case DisputeLevel::kDirect:
      break;
  }
  return {{0}, secs(parameters.governance_dispute_direct_secs), 0};
}

Result<Dispute> load_dispute(const ledger::Reader& state, const std::string& id) {
  if (id.size() > kProposalIdBytesMax) return Error(kDisputeNotFound);
  ICN_TRY_ASSIGN(found, kDisputes.get(state, id));
  if (found) return std::move(*found);
  return Error(kDisputeNotFound, "there is no dispute \"" + id + "\"");
}

Result<std::size_t> open_disputes_of(const ledger::Reader& state, const Did& did) {
  ICN_TRY_ASSIGN(rows, kDisputes.scan(state, ledger::prefix_range(ledger::key_of(did), kByOpenDisputeOf)));
  for (std::size_t count = 0;; ++count) {
    ICN_TRY_ASSIGN(row, rows.next());
    if (!row) return count;
  }
}

void tell_dispute(const Dispute& dispute, std::vector<ledger::Event>& events) {
  events.push_back({std::string(kDisputeEvent),
                    codec::write_json(codec::Json::object({{"dispute_id", dispute.id},
                                                           {"scope", dispute.scope},
                                                           {"state", codec::enum_name(dispute.state)}}))});
}

Result<void> save_dispute(const ledger::BlockContext& block, ledger::View& view, const Dispute& before,
                          const Dispute& after) {
  const std::uint64_t old_due = before.id.empty() ? 0 : before.due_secs;
  if (old_due != after.due_secs) {
    if (old_due != 0) ICN_TRY(ledger::unschedule(view, old_due, kDisputeDue, after.id));
    if (after.due_secs != 0) ICN_TRY(ledger::schedule(view, block, after.due_secs, kDisputeDue, after.id));
  }
  return kDisputes.put(view, after.id, after);
}

Result<void> end_dispute(const ledger::BlockContext& block, ledger::View& view, Dispute& dispute,
                         DisputeState state, std::vector<ledger::Event>& events) {
  const std::string reference = "dispute " + dispute.id;
  if (dispute.stake.value > 0 && state == DisputeState::kRejected) {
    ICN_TRY(economics::slash(block, view, &events, dispute.opener, dispute.stake, reference));
  } else if (dispute.stake.value > 0) {
    ICN_TRY(economics::release(block, view, &events, dispute.opener, dispute.stake, reference));
  }
  const bool is_decided = state == DisputeState::kUpheld || state == DisputeState::kRejected;
  if (dispute.is_about_recovery && is_decided)
    ICN_TRY(identity::decide_contested(block, view, dispute.against, state == DisputeState::kUpheld, events));
  dispute.stake = {};
  dispute.state = state;
  dispute.due_secs = 0;
  tell_dispute(dispute, events);
  return {};
}

Result<void> run_frozen_due(const ledger::BlockContext& block, const std::string& did, ledger::View& view,
                            std::vector<ledger::Event>& events) {
  ICN_TRY_ASSIGN(contested, identity::contested_recovery(block, view, Did(did)));
  ICN_TRY_ASSIGN(scope, scope_of(view, Did(did)));
  if (!contested || contested->approvals.empty() || scope.empty()) return {};
  Dispute made;
  made.id = case_id(contested->did, block.time);
  made.scope = scope;
  made.level = DisputeLevel::kArbitration;
  made.opener = contested->approvals.front();
  made.against = contested->did;
  made.subject = did;
  made.state = DisputeState::kInvestigation;
  made.opened_at = block.time;
  made.due_secs = block.running_secs() + dispute_terms(*block.parameters, made.level).open_secs;
  made.is_about_recovery = true;
  tell_dispute(made, events);
  return save_dispute(block, view, Dispute{}, made);
}

Result<void> run_dispute_due(const ledger::BlockContext& block, const std::string& id, ledger::View& view,
                             std::vector<ledger::Event>& events) {
  ICN_TRY_ASSIGN(dispute, load_dispute(view, id));
  const Dispute before = dispute;
  if (dispute.state == DisputeState::kInvestigation) {
    ICN_TRY_ASSIGN(version, voter_version(view, dispute.scope));
    dispute.voter_version = version;
    dispute.state = DisputeState::kVoting;
    dispute.due_secs = block.running_secs() + dispute_terms(*block.parameters, dispute.level).voting_secs;
    tell_dispute(dispute, events);
  } else {
    const bool is_voted = dispute.state == DisputeState::kVoting;
    ICN_TRY(end_dispute(block, view, dispute, is_voted ? result_of(dispute) : DisputeState::kLapsed, events));
  }
  return save_dispute(block, view, before, dispute);
}

}  // namespace icn::governance
