#include "governance/disputes.h"

#include <algorithm>

#include "economics/accounts.h"
#include "governance/eligible.h"
#include "governance/errors.h"

namespace icn::governance {
namespace {

constexpr std::uint64_t kHour = 3'600;
constexpr std::array kTerms{
    DisputeTerms{DisputeLevel::kDirect, {0}, 30 * 24 * kHour, 0},
    DisputeTerms{DisputeLevel::kMediation, {10'000}, 24 * kHour, 0},
    DisputeTerms{DisputeLevel::kArbitration, {100'000}, 48 * kHour, 72 * kHour},
    DisputeTerms{DisputeLevel::kAppeal, {500'000}, 48 * kHour, 72 * kHour},
};

// A tie does not uphold it; without a single voice nobody has won.
DisputeState result_of(const Dispute& dispute) {
  if (dispute.upheld_votes + dispute.rejected_votes == 0) return DisputeState::kLapsed;
  return dispute.upheld_votes > dispute.rejected_votes ? DisputeState::kUpheld : DisputeState::kRejected;
}

}  // namespace

const DisputeTerms& dispute_terms(DisputeLevel level) {
  return *std::ranges::find(kTerms, level, &DisputeTerms::level);
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
  dispute.stake = {};
  dispute.state = state;
  dispute.due_secs = 0;
  tell_dispute(dispute, events);
  return {};
}

Result<void> run_dispute_due(const ledger::BlockContext& block, const std::string& id, ledger::View& view,
                             std::vector<ledger::Event>& events) {
  ICN_TRY_ASSIGN(dispute, load_dispute(view, id));
  const Dispute before = dispute;
  if (dispute.state == DisputeState::kInvestigation) {
    ICN_TRY_ASSIGN(version, voter_version(view, dispute.scope));
    dispute.voter_version = version;
    dispute.state = DisputeState::kVoting;
    dispute.due_secs = block.running_secs() + dispute_terms(dispute.level).voting_secs;
    tell_dispute(dispute, events);
  } else {
    const bool is_voted = dispute.state == DisputeState::kVoting;
    ICN_TRY(end_dispute(block, view, dispute, is_voted ? result_of(dispute) : DisputeState::kLapsed, events));
  }
  return save_dispute(block, view, before, dispute);
}

}  // namespace icn::governance
