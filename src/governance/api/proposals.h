#pragma once

#include "governance/api/proposal_view.h"
#include "governance/execution.h"
#include "governance/tx/propose.h"

namespace icn::governance::api {

// POST /governance/proposals: plain fields (the text is kept here, then the node signs with a key it keeps),
// or a whole signed "governance.propose", whose `content` names a block. Errors beside the transaction's:
// malformed (no description, a quorum or threshold that cannot be read), too_short.
struct PostProposal {
  static constexpr std::string_view transaction = "governance.propose";
  struct Input {
    std::optional<Did> proposer_did;
    std::optional<std::string> title;
    std::optional<std::string> description;
    std::optional<std::string> rationale;
    std::optional<std::string> impact;
    std::optional<codec::Json> proposal;
    std::vector<codec::Json> actions;
    std::optional<ProposalCategory> category;
    std::string scope = "local";
    Urgency urgency = Urgency::kNormal;
    VotingMethod voting_method = VotingMethod::kSimpleMajority;
    MethodParams method_params;
    std::map<std::string, std::string> options;
    std::optional<codec::Json> quorum;
    std::optional<codec::Json> threshold;
    std::optional<std::uint64_t> discussion_secs;
    std::optional<std::uint64_t> duration_secs;
    std::optional<std::uint64_t> timelock_secs;
    Privacy privacy = Privacy::kPublic;
    std::optional<std::string> repeats;
    std::optional<codec::Json> delegation;
    static constexpr auto fields() {
      using codec::defaulted_field;
      using codec::field;
      return described(
          field("proposer_did", &Input::proposer_did, "member that proposes; default: the caller's only DID"),
          field("title", &Input::title, "1 to 200 characters; default: the beginning of the description",
                {1, 800}),
          field("description", &Input::description, "100 to 10,000 characters; of a GenericText 1 at least",
                {1, 40'000}),
          field("rationale", &Input::rationale, "", {1, 40'000}),
          field("impact", &Input::impact, "", {1, 40'000}),
          field("proposal", &Input::proposal, "its only action: {type, data}"),
          defaulted_field("actions", &Input::actions, "several: {type, data, option?} each",
                          {0, kActionsMax}),
          field("category", &Input::category, "default: that of the first action"),
          defaulted_field("scope", &Input::scope, "default: local", {1, 200}),
          defaulted_field("urgency", &Input::urgency),
          defaulted_field("voting_method", &Input::voting_method),
          defaulted_field("method_params", &Input::method_params),
          defaulted_field("options", &Input::options, "of a vote on options: id -> words", {0, 100}),
          field("quorum", &Input::quorum, "a count, \"25%\", \"none\" or \"dynamic\""),
          field("threshold", &Input::threshold, "0.5: more than half; anything larger: at least"),
          field("discussion_secs", &Input::discussion_secs, "length of the discussion"),
          field("duration_secs", &Input::duration_secs, "length of the voting"),
          field("timelock_secs", &Input::timelock_secs, "between the result and what it does"),
          defaulted_field("privacy", &Input::privacy),
          field("repeats", &Input::repeats, "a vetoed proposal that this vote overrides when it passes",
                {1, 64}),
          field("delegation", &Input::delegation, "\"on\" (default) or \"off\""));
    }
  };
  using Output = ledger::Written<ProposalStanding>;
  static constexpr int success_status = 201;
  static constexpr bool is_idempotency_durable = true;
  static constexpr std::string_view summary = "Propose something to a scope";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static void handle(const Api& api, http::ExchangePtr exchange);
};

// GET /governance/proposals: newest first. `status=active` means discussion, voting or counting.
struct ListProposals {
  struct Input {
    std::optional<std::string> status;
    std::optional<ProposalCategory> category;
    std::optional<Did> proposer;
    std::optional<std::string> scope;
    std::uint32_t limit = http::kPageItems;
    std::optional<std::string> cursor;
    static constexpr auto fields() {
      using codec::field;
      return described(
          field("status", &Input::status, "a state, or active: discussion, voting or counting", {1, 64}),
          field("category", &Input::category), field("proposer", &Input::proposer, "DID"),
          field("scope", &Input::scope, "", {1, 200}), http::limit_field(&Input::limit),
          http::cursor_field(&Input::cursor));
    }
  };
  using Output = http::Page<ProposalView>;
  static constexpr std::string_view summary = "Proposals, newest first";
  static http::AnswerVersion answer_version(const Api& api, const http::Request& request);
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

struct ProposalPath {
  std::string id;
  static constexpr auto fields() {
    return described(codec::field("id", &ProposalPath::id, "pr_ and 32 hex digits"));
  }
};

// GET /governance/proposals/{id}
struct GetProposal {
  using Input = ProposalPath;
  using Output = ProposalView;
  static constexpr std::string_view summary = "One proposal, with its text and how it stands";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// POST /governance/proposals/simulate: what actions would change now. Changes nothing.
struct SimulateActions {
  struct Input {
    std::vector<codec::Json> actions;
    std::string scope = "local";
    static constexpr auto fields() {
      using codec::defaulted_field;
      using codec::field;
      return described(field("actions", &Input::actions, "{type, data, option?} each, as they are proposed",
                             {1, kActionsMax}),
                       defaulted_field("scope", &Input::scope, "default: local", {1, 200}));
    }
  };
  struct Output {
    std::vector<Difference> diff;
    std::vector<std::string> errors;
    static constexpr std::string_view schema_name = "SimulationResult";
    static constexpr auto fields() {
      using codec::field;
      return described(field("diff", &Output::diff, "what would change"),
                       field("errors", &Output::errors, "why actions could not be done; empty: all could"));
    }
  };
  static constexpr bool changes_state = false;
  static constexpr bool is_costly = true;
  static constexpr std::string_view summary = "What actions would change if they were done now";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// POST /governance/proposals/{id}/simulate
struct SimulateProposal {
  using Input = ProposalPath;
  using Output = SimulateActions::Output;
  static constexpr bool changes_state = false;
  static constexpr bool is_costly = true;
  static constexpr std::string_view summary = "What a proposal would change if it were carried out now";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

}  // namespace icn::governance::api
