#include "governance/tx/propose.h"

#include <algorithm>
#include <set>

#include "economics/accounts.h"
#include "economics/tx/transfer.h"
#include "governance/actions.h"
#include "governance/closing.h"
#include "governance/emergencies.h"
#include "governance/errors.h"
#include "governance/lifecycle.h"
#include "governance/members.h"
#include "governance/tables.h"
#include "governance/tx/proposal_rules.h"
#include "governance/tx/veto.h"

namespace icn::governance {
namespace {

constexpr std::uint64_t kMillion = 1'000'000;

Error too_lax(std::string_view what, std::uint64_t asked, std::string_view bound, std::uint64_t least) {
  return Error(kTooLax, std::string(what) + ": must be at least " + std::to_string(least) + " (" +
                            std::string(bound) + "), not " + std::to_string(asked));
}

std::string bound_of(ProposalCategory category, std::string_view what) {
  return std::string(what) + " of category " + std::string(codec::enum_name(category));
}

Result<std::uint64_t> period(const ledger::Parameters& parameters, std::string_view name,
                             const std::optional<std::uint64_t>& asked, std::uint64_t usual,
                             std::uint64_t least, const std::string& bound) {
  const std::uint64_t secs = asked.value_or(usual);
  if (secs < least) return too_lax(name, secs, bound, least);
  const auto most = static_cast<std::uint64_t>(parameters.governance_period_max_secs);
  if (secs <= most) return secs;
  return Error(kTooLong, std::string(name) + ": must be at most " + std::to_string(most) +
                             " (governance.period_max_secs), not " + std::to_string(secs));
}

Result<Quorum> quorum_of(const Propose::Body& body, const Terms& terms, ProposalCategory category,
                         std::uint64_t voters) {
  Quorum quorum{QuorumKind::kPercent, terms.quorum_ppm, terms.quorum_ppm};
  if (!body.quorum) return quorum;
  quorum.kind = body.quorum->kind;
  quorum.value = body.quorum->value;
  const std::string bound = bound_of(category, "quorum");
  if (quorum.kind == QuorumKind::kPercent) {
    if (quorum.value > kMillion) return Error(kBadMethod, "quorum: is more than 100 %");
    if (quorum.value < terms.quorum_ppm) return too_lax("quorum", quorum.value, bound, terms.quorum_ppm);
  }
  if (quorum.kind == QuorumKind::kFixed && kMillion * quorum.value < terms.quorum_ppm * voters)
    return too_lax("quorum", quorum.value, bound, (terms.quorum_ppm * voters + kMillion - 1) / kMillion);
  if (quorum.kind == QuorumKind::kNone && terms.quorum_ppm > 0)
    return too_lax("quorum", 0, bound, terms.quorum_ppm);
  return quorum;
}

ProposalCategory category_asked(const Propose::Body& body, ScopeKind scope) {
  if (body.category) return *body.category;
  return scope == ScopeKind::kValidators ? ProposalCategory::kProtocol : category_of(body.actions);
}

Result<void> check_options(const Propose::Body& body) {
  const std::vector<std::string>& options = body.method_params.options;
  if (!has_options(body.voting_method) && body.voting_method != VotingMethod::kConviction && !options.empty())
    return Error(kBadMethod, "method_params.options: a vote by " +
                                 std::string(codec::enum_name(body.voting_method)) + " has none");
  if (has_options(body.voting_method) && options.size() < 2)
    return Error(kBadMethod, "method_params.options: there must be 2 at least");
  std::set<std::string> known;
  for (const std::string& option : options) {
    if (option.empty() || option.size() > 64 || !known.insert(option).second)
      return Error(kBadMethod, "method_params.options: each of 1 to 64 bytes, and once");
  }
  if (body.method_params.seats > std::max<std::size_t>(1, options.size()))
    return Error(kBadMethod, "method_params.seats: there are fewer options");
  return check_action_options(body.actions, options);
}

Result<void> check_method(const Propose::Body& body) {
  if (!is_counted(body.voting_method, body.privacy)) {
    return Error(kUnsupported, "voting_method: " + std::string(codec::enum_name(body.voting_method)) +
                                   " with privacy " + std::string(codec::enum_name(body.privacy)) +
                                   " is not counted by this network");
  }
  const MethodParams& params = body.method_params;
  if (params.numerator > params.denominator || 2 * std::uint64_t{params.numerator} < params.denominator)
    return Error(kBadMethod, "method_params: numerator / denominator must be from 1/2 to 1");
  if (body.threshold_ppm.value_or(0) > 500'000 && !has_threshold(body.voting_method))
    return Error(kBadMethod, "threshold_ppm: a vote by " + std::string(codec::enum_name(body.voting_method)) +
                                 " passes by no share of yes");
  if (params.closes_early && body.privacy != Privacy::kPublic)
    return Error(kBadMethod, "method_params.closes_early: sealed ballots never close early");
  return check_options(body);
}

Result<void> weights_allow(const ledger::BlockContext& block, const Propose::Body& body) {
  const std::string weighed = federation_scope(block.network);
  if (body.voting_method != VotingMethod::kWeighted || body.scope == weighed) return {};
  return Error(kUnsupported,
               "voting_method: weighted: organisations of the federation alone have weights, in its scope " +
                   weighed + "; elsewhere everybody has a vote each");
}

// An emergency always; else the scope decides, and where all periods may be shorter, the proposer.
Result<void> decide_early_closing(const ledger::BlockContext& block, const Scope& scope, Proposal& proposal) {
  bool& closes_early = proposal.method_params.closes_early;
  if (proposal.category == ProposalCategory::kEmergency) return {};
  const bool is_possible =
      proposal.privacy == Privacy::kPublic && proposal.method != VotingMethod::kConviction;
  if (scope.closes_early && is_possible) closes_early = true;
  if (!closes_early || scope.closes_early || block.parameters->governance_all_may_be_shorter != 0) return {};
  return Error(kBadMethod, "method_params.closes_early: votes of " + scope.scope +
                               " last to their end, until its members decide otherwise (SetEarlyClosing)");
}

Result<void> count_allows(const ledger::ApplyContext& context, const Scope& scope, const ledger::View& view) {
  const auto scope_max = static_cast<std::uint64_t>(context.parameters().governance_open_per_scope_max);
  if (scope.open_proposals >= scope_max) {
    return Error(kTooManyOpen, std::to_string(scope.open_proposals) + " proposals of " + scope.scope +
                                   " are open, the most there may be");
  }
  const auto own_max = static_cast<std::uint64_t>(context.parameters().governance_open_per_proposer_max);
  ICN_TRY_ASSIGN(own, kOpenProposals.get(view, {scope.scope, context.sender()}));
  if (own && own->count >= own_max) {
    return Error(kTooManyOpen, std::to_string(own->count) + " proposals of " + context.sender().text() +
                                   " are open, the most there may be");
  }
  return {};
}

}  // namespace

ProposalStanding standing_of(const ledger::BlockContext& block, const Proposal& proposal) {
  ProposalStanding out;
  const auto at = [&](std::uint64_t secs) { return secs == 0 ? 0 : secs + block.standstill_secs; };
  out.proposal_id = proposal.id;
  out.state = proposal.state;
  out.revision = proposal.revision;
  out.discussion_ends = at(proposal.discussion_ends_secs);
  out.voting_ends = at(proposal.voting_ends_secs);
  if (proposal.state == ProposalState::kPendingSponsorship)
    out.sponsors_missing = proposal.sponsors_needed - proposal.co_sponsors.size();
  out.result = proposal.result;
  if (!proposal.failure.empty()) out.failure = proposal.failure;
  return out;
}

Result<void> Propose::check(const ledger::Transaction&, const Body& body) {
  ICN_TRY_ASSIGN(scope, parse_scope(body.scope));
  ICN_TRY(check_actions(body.actions));
  if (body.content.empty()) return Error(kBadAction, "content: must name the block with the text");
  ICN_TRY(check_category(category_asked(body, scope), body.actions));
  return check_method(body);
}

Result<void> Propose::precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view) {
  ICN_TRY(weights_allow(context.block, body));
  ICN_TRY(require_full_member(view, body.scope, context.sender()));
  ICN_TRY_ASSIGN(scope, load_scope(view, body.scope));
  return count_allows(context, scope, view);
}

Result<Proposal> Propose::draft(const ledger::BlockContext& block, const Did& proposer, const Body& body,
                                std::uint64_t voters) {
  ICN_TRY_ASSIGN(kind, parse_scope(body.scope));
  const ledger::Parameters& parameters = *block.parameters;
  Proposal out;
  out.proposer = proposer;
  out.content = body.content;
  out.category = category_asked(body, kind);
  ICN_TRY(check_category_scope(out.category, kind));
  out.scope = body.scope;
  out.urgency = body.urgency;
  out.actions = body.actions;
  out.method = body.voting_method;
  out.method_params = body.method_params;
  if (out.category == ProposalCategory::kEmergency) out.method_params.closes_early = true;
  out.privacy = body.privacy;
  out.delegation = body.delegation;
  Terms terms = terms_of(parameters, out.category, kind, body.actions);
  demand_of_method(parameters, body.voting_method, terms);
  out.threshold_ppm = body.threshold_ppm.value_or(terms.threshold_ppm);
  if (out.threshold_ppm < terms.threshold_ppm)
    return too_lax("threshold_ppm", out.threshold_ppm, bound_of(out.category, "threshold"),
                   terms.threshold_ppm);
  ICN_TRY(check_threshold_fits(out, terms));
  ICN_TRY_ASSIGN(quorum, quorum_of(body, terms, out.category, voters));
  out.quorum = quorum;
  ICN_TRY_ASSIGN(discussion,
                 period(parameters, "discussion_secs", body.discussion_secs, terms.discussion_secs,
                        terms.discussion_min_secs, bound_of(out.category, "discussion")));
  out.discussion_secs = discussion;
  ICN_TRY_ASSIGN(voting, period(parameters, "duration_secs", body.duration_secs, terms.voting_secs,
                                terms.voting_min_secs, bound_of(out.category, "voting")));
  out.voting_secs = voting;
  ICN_TRY_ASSIGN(timelock, period(parameters, "timelock_secs", body.timelock_secs, terms.timelock_secs,
                                  terms.timelock_secs, bound_of(out.category, "timelock")));
  out.timelock_secs = timelock;
  out.sponsors_needed = terms.sponsors;
  out.created_at = block.time;
  out.changed_at = block.time;
  return out;
}

Result<Propose::Output> Propose::apply(const ledger::ApplyContext& context, const Body& body,
                                       ledger::View& view) {
  const ledger::BlockContext& block = context.block;
  ICN_TRY_ASSIGN(scope, load_scope(view, body.scope));
  ICN_TRY_ASSIGN(proposal, draft(block, context.sender(), body, scope.voters));
  ICN_TRY(decide_early_closing(block, scope, proposal));
  ICN_TRY(demand_of_emergencies(view, proposal));
  if (body.repeats) ICN_TRY(repeat_vetoed(block, view, *body.repeats, proposal));
  proposal.id = economics::short_id("pr_", context.transaction);
  ICN_TRY(validate_actions({block, proposal}, view));
  ICN_TRY(note_applicants(block, view, proposal));
  proposal.fee_escrow = {context.parameters().governance_proposal_fee};
  if (proposal.fee_escrow.value > 0) {
    ICN_TRY(economics::lock(block, view, &context.events, proposal.proposer, proposal.fee_escrow,
                            "proposal " + proposal.id));
  }
  if (proposal.sponsors_needed > 0) {
    proposal.sponsorship_ends_secs =
        block.running_secs() + static_cast<std::uint64_t>(context.parameters().governance_sponsorship_secs);
    move_to(block, proposal, ProposalState::kPendingSponsorship, context.events);
  } else {
    ICN_TRY(begin_discussion(block, view, proposal, context.events));
  }
  ICN_TRY(save(block, view, Proposal{}, proposal));
  return standing_of(block, proposal);
}

}  // namespace icn::governance
