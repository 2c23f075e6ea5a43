#include "governance/api/proposal_view.h"

#include "governance/lifecycle.h"
#include "governance/tables.h"
#include "governance/text.h"
#include "governance/vote.h"
#include "ledger/state.h"

namespace icn::governance::api {
namespace {

std::optional<std::string> unless_empty(std::string text) {
  return text.empty() ? std::optional<std::string>() : std::optional(std::move(text));
}

void show_text(const Api& api, const Proposal& proposal, ProposalView& out) {
  auto text = find_text(api.blocks, proposal.content);
  if (!text) return;
  out.title = std::move(text->title);
  out.description = std::move(text->description);
  out.rationale = unless_empty(std::move(text->rationale));
  out.impact = unless_empty(std::move(text->impact));
  out.options = std::move(text->options);
}

void show_times(const Proposal& proposal, std::uint64_t standstill_secs, ProposalView& out) {
  const auto at = [&](std::uint64_t secs) {
    return secs == 0 ? std::optional<TimestampSecs>() : std::optional(secs + standstill_secs);
  };
  out.discussion_ends = at(proposal.discussion_ends_secs);
  out.voting_starts = at(proposal.voting_starts_secs);
  out.voting_ends = at(proposal.voting_ends_secs);
  out.timelock_ends = at(proposal.timelock_ends_secs);
  out.execution_deadline = at(proposal.execution_deadline_secs);
  out.next_deadline = at(next_deadline(proposal));
}

// Reveals are no deadline of the proposal's own: they stand in its vote.
Result<void> show_reveals(const ledger::Reader& state, const Proposal& proposal,
                          std::uint64_t standstill_secs, ProposalView& out) {
  if (proposal.privacy == Privacy::kPublic) return {};
  ICN_TRY_ASSIGN(vote, kVotes.get(state, vote_key(proposal)));
  if (!vote || vote->reveal_ends_secs == 0) return {};
  out.reveal_ends = vote->reveal_ends_secs + standstill_secs;
  if (proposal.state == ProposalState::kCounting) out.next_deadline = out.reveal_ends;
  return {};
}

}  // namespace

Result<ProposalView> view_of(const Api& api, const ledger::Reader& state, const Proposal& proposal,
                             std::uint64_t standstill_secs) {
  ProposalView out;
  out.proposal_id = proposal.id;
  out.proposer_did = proposal.proposer;
  out.co_sponsors = proposal.co_sponsors;
  out.content_cid = proposal.content;
  out.category = proposal.category;
  out.scope = proposal.scope;
  out.urgency = proposal.urgency;
  out.actions = proposal.actions;
  out.voting_method = proposal.method;
  out.method_params = proposal.method_params;
  out.quorum = proposal.quorum;
  out.threshold_ppm = proposal.threshold_ppm;
  out.privacy = proposal.privacy;
  out.delegation = proposal.delegation;
  out.revision = proposal.revision;
  out.round = proposal.round;
  out.state = proposal.state;
  out.created_at = proposal.created_at;
  out.sponsors_needed = proposal.sponsors_needed;
  out.is_extended = proposal.is_extended;
  if (!proposal.eligible_root.bytes.empty()) out.eligible_root = proposal.eligible_root;
  out.eligible_count = proposal.eligible_count;
  out.result = proposal.result;
  out.fee_escrow = proposal.fee_escrow;
  out.vetoes = proposal.vetoes;
  out.repeats = proposal.repeats;
  out.failure = unless_empty(proposal.failure);
  show_text(api, proposal, out);
  show_times(proposal, standstill_secs, out);
  ICN_TRY(show_reveals(state, proposal, standstill_secs, out));
  return out;
}

Result<std::uint64_t> standstill_of(const ledger::Reader& state) {
  ICN_TRY_ASSIGN(clock, ledger::kClock.get(state, "clock"));
  return clock ? clock->standstill_secs : 0;
}

}  // namespace icn::governance::api
