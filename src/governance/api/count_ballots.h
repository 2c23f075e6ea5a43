#pragma once

#include "governance/tally/outcome_view.h"
#include "http/call.h"

namespace icn::governance::api {

// POST /governance/tally/{method}: counts the ballots it is sent by the engine that closes proposals. Nothing
// is read or kept. A ballot may stand for many equal ones.
//   unknown_voting_method, bad_election, bad_ballot (names the ballot and what is allowed)
struct CountBallots {
  struct Ballot {
    std::optional<std::string> choice;
    std::optional<tally::Position> position;
    std::optional<std::vector<std::string>> ranking;
    std::optional<std::vector<std::string>> approvals;
    std::optional<std::map<std::string, std::uint32_t>> scores;
    std::optional<std::map<std::string, std::int64_t>> credits;
    std::optional<std::string> reason;
    std::uint64_t count = 1;
    std::uint64_t weight = 1;
    std::uint64_t days = 1;
    static constexpr std::string_view schema_name = "TallyBallot";
    static constexpr auto fields() {
      using codec::defaulted_field;
      using codec::field;
      return described(
          field("choice", &Ballot::choice, "yes, no, abstain, no_with_veto"),
          field("position", &Ballot::position, "consent"),
          field("ranking", &Ballot::ranking, "ranked_choice: options, the most wanted first"),
          field("approvals", &Ballot::approvals, "approval: options"),
          field("scores", &Ballot::scores, "score: 0 to 10 of each option"),
          field("credits", &Ballot::credits,
                "quadratic: credits spent on an option, below 0 against it; 100 altogether"),
          field("reason", &Ballot::reason, "of an objection: the harm, in 20 bytes at least"),
          defaulted_field("count", &Ballot::count, "how many ballots like this, 1 to 1000000000"),
          defaulted_field("weight", &Ballot::weight, "weighted: of each of them, 1 to 1000000"),
          defaulted_field("days", &Ballot::days,
                          "conviction: for how many days they have supported, 1 to 3650"));
    }
  };
  struct Input {
    std::string method;
    std::string proposal_id;
    std::vector<std::string> options;
    std::uint32_t seats = 1;
    std::optional<codec::Json> threshold;
    std::uint64_t numerator = 2;
    std::uint64_t denominator = 3;
    std::uint64_t minus = 0;
    std::optional<std::uint64_t> eligible;
    std::vector<Ballot> ballots;
    static constexpr auto fields() {
      using codec::defaulted_field;
      using codec::field;
      return described(
          field("method", &Input::method, "a voting method"),
          defaulted_field("proposal_id", &Input::proposal_id, "breaks ties together with the option",
                          {0, 100}),
          defaulted_field("options", &Input::options, "ids of what is chosen from, 2 to 100"),
          defaulted_field("seats", &Input::seats, "how many options win"),
          field("threshold", &Input::threshold,
                "yes/no: a number from 0.5 (more than half, the default) to 1, with at most 6 decimals"),
          defaulted_field("numerator", &Input::numerator, "supermajority"),
          defaulted_field("denominator", &Input::denominator, "supermajority"),
          defaulted_field("minus", &Input::minus, "unanimous: so many may be against, 2 at most"),
          field("eligible", &Input::eligible, "conviction: eligible members; default: all ballots together"),
          field("ballots", &Input::ballots));
    }
  };
  using Output = tally::OutcomeView;
  static constexpr std::string_view summary = "Count ballots by a voting method";
  static constexpr bool changes_state = false;
  static constexpr bool is_costly = true;
  static Result<Output> handle(const http::Call& call, const Input& input);
};

// The same without a node.
Result<tally::OutcomeView> count_ballots(const CountBallots::Input& input);

}  // namespace icn::governance::api
