#include "governance/vote.h"

#include <algorithm>

#include "governance/actions.h"

namespace icn::governance {
namespace {

constexpr std::int64_t kLargeBudget = 10'000'000;  // millimana
constexpr std::uint64_t kMillion = 1'000'000;

tally::QuorumTerms quorum_of(const Proposal& proposal) {
  tally::QuorumTerms out;
  switch (proposal.quorum.kind) {
    case QuorumKind::kPercent:
      out.kind = tally::QuorumKind::kPercent;
      break;
    case QuorumKind::kFixed:
      out.kind = tally::QuorumKind::kFixed;
      break;
    case QuorumKind::kNone:
      out.kind = tally::QuorumKind::kNone;
      break;
    case QuorumKind::kDynamic:
      out.kind = tally::QuorumKind::kDynamic;
      out.is_large_budget = needs_of(proposal.actions).spends.value > kLargeBudget;
      break;
  }
  out.value = proposal.quorum.value;
  out.floor_ppm = proposal.quorum.floor_ppm;
  out.is_constitutional = proposal.category == ProposalCategory::kConstitutional;
  out.is_emergency = proposal.category == ProposalCategory::kEmergency;
  return out;
}

}  // namespace

std::string vote_key(const std::string& proposal_id, std::uint32_t round) {
  return round <= 1 ? proposal_id : proposal_id + "." + std::to_string(round);
}

std::string vote_key(const Proposal& proposal) { return vote_key(proposal.id, proposal.round); }

Result<Contest> contest_of(const Proposal& proposal, const Vote& vote) {
  Contest out;
  tally::Election& election = out.election;
  election.proposal_id = proposal.id;
  election.method = codec::enum_name(proposal.method);
  election.options = proposal.method_params.options;
  election.seats = proposal.method_params.seats;
  election.threshold_ppm = std::min(kMillion, proposal.threshold_ppm + proposal.repeats_threshold_ppm);
  election.numerator = proposal.method_params.numerator;
  election.denominator = proposal.method_params.denominator;
  election.minus = proposal.method_params.minus;
  election.eligible = proposal.eligible_count;
  if (proposal.method == VotingMethod::kConviction) {
    election.decay_ppm = vote.decay_ppm;
    election.share_ppm = vote.share_ppm;
  }
  if (vote.has_fallen_back) {
    election.method = codec::enum_name(VotingMethod::kSupermajority);
    election.numerator = 3;
    election.denominator = 4;
  }
  ICN_TRY_ASSIGN(method, tally::find_method(election.method));
  out.method = method;
  out.quorum = quorum_of(proposal);
  out.keeps_sums = method->is_running;
  return out;
}

Result<std::unique_ptr<tally::Count>> load_sums(const Contest& contest, const codec::HexBytes& saved) {
  if (saved.bytes.empty()) return contest.method->start(contest.election);
  return contest.method->load(contest.election, saved.bytes);
}

bool holds_quorum(const Contest& contest, std::uint64_t participated, std::uint64_t eligible) {
  return tally::quorum_holds(tally::quorum_needed(contest.quorum, eligible), participated, eligible);
}

std::string content_text(const tally::BallotContent& content) {
  return codec::canonical_json(codec::to_json(content));
}

bool may_close_early(const Proposal& proposal) {
  // Conviction goes on growing when all have voted.
  return proposal.privacy == Privacy::kPublic && proposal.method != VotingMethod::kConviction &&
         (proposal.category == ProposalCategory::kEmergency || proposal.method_params.closes_early);
}

bool wants_round(const Proposal& proposal, const ProposalResult& result,
                 const ledger::Parameters& parameters) {
  if (proposal.method != VotingMethod::kConsensus && proposal.method != VotingMethod::kConsent) return false;
  return result.quorum_met && !result.passed && !result.vetoed &&
         proposal.round < static_cast<std::uint64_t>(parameters.governance_rounds_max);
}

bool is_late(const Proposal& proposal, const ledger::BlockContext& block) {
  const std::uint64_t period = proposal.voting_ends_secs - proposal.voting_starts_secs;
  const auto share = static_cast<std::uint64_t>(block.parameters->governance_late_share_ppm);
  const std::uint64_t part = std::min(period * share / kMillion,
                                      static_cast<std::uint64_t>(block.parameters->governance_late_max_secs));
  return block.running_secs() + part >= proposal.voting_ends_secs;
}

}  // namespace icn::governance
