#pragma once

#include <map>

#include "governance/api/context.h"
#include "governance/proposal.h"

namespace icn::governance::api {

// A proposal as it is shown. Times are Unix seconds, as they come if the network does not stand still.
struct ProposalView {
  std::string proposal_id;
  Did proposer_did;
  std::vector<Did> co_sponsors;
  std::optional<std::string> title;
  std::optional<std::string> description;
  std::optional<std::string> rationale;
  std::optional<std::string> impact;
  std::map<std::string, std::string> options;
  codec::Cid content_cid;
  ProposalCategory category = ProposalCategory::kOperational;
  std::string scope;
  Urgency urgency = Urgency::kNormal;
  std::vector<Action> actions;
  VotingMethod voting_method = VotingMethod::kSimpleMajority;
  MethodParams method_params;
  Quorum quorum;
  std::uint64_t threshold_ppm = 0;
  Privacy privacy = Privacy::kPublic;
  bool delegation = true;
  std::uint32_t revision = 1;
  std::uint32_t round = 1;
  ProposalState state = ProposalState::kDraft;
  TimestampSecs created_at = 0;
  std::uint64_t sponsors_needed = 0;
  std::optional<TimestampSecs> discussion_ends;
  std::optional<TimestampSecs> voting_starts;
  std::optional<TimestampSecs> voting_ends;
  std::optional<TimestampSecs> reveal_ends;
  std::optional<TimestampSecs> timelock_ends;
  std::optional<TimestampSecs> execution_deadline;
  std::optional<TimestampSecs> next_deadline;
  bool is_extended = false;
  std::optional<codec::HexBytes> eligible_root;
  std::uint64_t eligible_count = 0;
  std::optional<ProposalResult> result;
  Millimana fee_escrow;
  std::optional<std::string> failure;
  std::optional<codec::Json> tally;
  std::vector<VetoVoice> vetoes;
  std::optional<std::string> repeats;
  static constexpr std::string_view schema_name = "Proposal";
  static constexpr auto fields() {
    using codec::field;
    return described(
        field("proposal_id", &ProposalView::proposal_id), field("proposer_did", &ProposalView::proposer_did),
        field("co_sponsors", &ProposalView::co_sponsors),
        field("title", &ProposalView::title, "absent: this node does not hold the text"),
        field("description", &ProposalView::description), field("rationale", &ProposalView::rationale),
        field("impact", &ProposalView::impact),
        field("options", &ProposalView::options, "of a vote on options: id -> words"),
        field("content_cid", &ProposalView::content_cid, "block with the text"),
        field("category", &ProposalView::category), field("scope", &ProposalView::scope),
        field("urgency", &ProposalView::urgency), field("actions", &ProposalView::actions),
        field("voting_method", &ProposalView::voting_method),
        field("method_params", &ProposalView::method_params), field("quorum", &ProposalView::quorum),
        field("threshold_ppm", &ProposalView::threshold_ppm, "500000: more than half; larger: at least"),
        field("privacy", &ProposalView::privacy), field("delegation", &ProposalView::delegation),
        field("revision", &ProposalView::revision), field("round", &ProposalView::round),
        field("state", &ProposalView::state), field("created_at", &ProposalView::created_at, "Unix seconds"),
        field("sponsors_needed", &ProposalView::sponsors_needed),
        field("discussion_ends", &ProposalView::discussion_ends, "Unix seconds"),
        field("voting_starts", &ProposalView::voting_starts, "Unix seconds"),
        field("voting_ends", &ProposalView::voting_ends, "Unix seconds"),
        field("reveal_ends", &ProposalView::reveal_ends,
              "sealed ballots, once voting has ended: until when they are revealed, Unix seconds"),
        field("timelock_ends", &ProposalView::timelock_ends, "Unix seconds"),
        field("execution_deadline", &ProposalView::execution_deadline, "Unix seconds"),
        field("next_deadline", &ProposalView::next_deadline, "when it moves by itself, Unix seconds"),
        field("is_extended", &ProposalView::is_extended, "voting was extended"),
        field("eligible_root", &ProposalView::eligible_root, "Merkle root of who may vote"),
        field("eligible_count", &ProposalView::eligible_count), field("result", &ProposalView::result),
        field("fee_escrow", &ProposalView::fee_escrow, "mana held of the proposer"),
        field("failure", &ProposalView::failure, "why it could not be carried out"),
        field("tally", &ProposalView::tally, "of one proposal: the count so far, if ballots are public"),
        field("vetoes", &ProposalView::vetoes, "of the body that may veto it"),
        field("repeats", &ProposalView::repeats, "the vetoed proposal that this vote overrides"));
  }
};

Result<ProposalView> view_of(const Api& api, const ledger::Reader& state, const Proposal& proposal,
                             std::uint64_t standstill_secs);

// How long the network stood still so far.
Result<std::uint64_t> standstill_of(const ledger::Reader& state);

}  // namespace icn::governance::api
