#pragma once

#include <optional>
#include <string>
#include <vector>

#include "governance/proposal.h"
#include "ledger/context.h"
#include "ledger/view.h"

namespace icn::governance {

// How a proposal stands, as its transactions answer.
struct ProposalStanding {
  std::string proposal_id;
  ProposalState state = ProposalState::kDraft;
  std::uint32_t revision = 1;
  std::uint64_t discussion_ends = 0;  // Unix seconds, if the network does not stand still
  std::uint64_t voting_ends = 0;
  std::uint64_t sponsors_missing = 0;
  std::optional<ProposalResult> result;
  std::optional<std::string> failure;
  static constexpr std::string_view schema_name = "ProposalStanding";
  static constexpr auto fields() {
    using codec::field;
    return described(
        field("proposal_id", &ProposalStanding::proposal_id, "pr_ and 32 hex digits"),
        field("state", &ProposalStanding::state), field("revision", &ProposalStanding::revision),
        field("discussion_ends", &ProposalStanding::discussion_ends, "Unix seconds; 0: waits for sponsors"),
        field("voting_ends", &ProposalStanding::voting_ends, "Unix seconds; 0: waits for sponsors"),
        field("sponsors_missing", &ProposalStanding::sponsors_missing),
        field("result", &ProposalStanding::result),
        field("failure", &ProposalStanding::failure, "why it could not be carried out"));
  }
};
ProposalStanding standing_of(const ledger::BlockContext& block, const Proposal& proposal);

// A quorum as it is asked for.
struct QuorumAsk {
  QuorumKind kind = QuorumKind::kPercent;
  std::uint64_t value = 0;
  static constexpr std::string_view schema_name = "QuorumAsk";
  static constexpr auto fields() {
    return described(codec::field("kind", &QuorumAsk::kind),
                     codec::defaulted_field("value", &QuorumAsk::value, "percent: ppm; fixed: a count",
                                            {0, 1'000'000'000}));
  }
};

// "governance.propose": a member proposes something to its scope; the fee is locked until it is decided. What
// is not asked for is as the category has it; longer and stricter may be asked for, laxer not. Source:
// domain.md 4.
//   check   bad_scope, unsupported, bad_action, malformed, wrong_category, bad_method
//   apply   G001, G007, too_lax (names the bound), too_long, too_many_open, member_exists and others of the
//           actions' validate, exceeds_balance
struct Propose {
  struct Body {
    std::string scope = "local";
    codec::Cid content;
    std::optional<ProposalCategory> category;
    Urgency urgency = Urgency::kNormal;
    std::vector<Action> actions;
    VotingMethod voting_method = VotingMethod::kSimpleMajority;
    MethodParams method_params;
    std::optional<QuorumAsk> quorum;
    std::optional<std::uint64_t> threshold_ppm;
    std::optional<std::uint64_t> discussion_secs;
    std::optional<std::uint64_t> duration_secs;
    std::optional<std::uint64_t> timelock_secs;
    Privacy privacy = Privacy::kPublic;
    bool delegation = true;
    std::optional<std::string> repeats;
    static constexpr auto fields() {
      using codec::defaulted_field;
      using codec::field;
      return described(
          defaulted_field("scope", &Body::scope, "default: local", {1, 200}),
          field("content", &Body::content, "block with title and text"),
          field("category", &Body::category, "default: that of the first action"),
          defaulted_field("urgency", &Body::urgency),
          defaulted_field("actions", &Body::actions, "what is done when it passes", {0, kActionsMax}),
          defaulted_field("voting_method", &Body::voting_method),
          defaulted_field("method_params", &Body::method_params), field("quorum", &Body::quorum),
          field("threshold_ppm", &Body::threshold_ppm, "500000: more than half; larger: at least",
                {500'000, 1'000'000}),
          field("discussion_secs", &Body::discussion_secs, "length of the discussion"),
          field("duration_secs", &Body::duration_secs, "length of the voting"),
          field("timelock_secs", &Body::timelock_secs, "between the result and what it does"),
          defaulted_field("privacy", &Body::privacy), defaulted_field("delegation", &Body::delegation),
          field("repeats", &Body::repeats, "a vetoed proposal that this vote overrides", {1, 64}));
    }
  };
  using Output = ProposalStanding;
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);

  // The proposal it would make, without its id: terms applied, bounds checked. Reads alone.
  static Result<Proposal> draft(const ledger::BlockContext& block, const Did& proposer, const Body& body,
                                std::uint64_t voters);
};

}  // namespace icn::governance
