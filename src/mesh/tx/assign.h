#pragma once

#include "ledger/transaction_type.h"
#include "mesh/bidder_facts.h"

namespace icn::mesh {

inline constexpr std::size_t kAssignmentsPerTransaction = 64;
inline constexpr std::int64_t kNotMeasured = -1;
inline constexpr std::int64_t kRttMsMax = 60'000;

// "mesh.assign": the coordinator shows the bids it saw for attempts of its jobs; the ledger judges them and
// gives each attempt to the best. What it measured of the way to each bidder counts as their locality: it
// says so under its own signature, as it says which bids there were. The winner's share of the price is
// locked here. One that is refused does not hinder the others.
//   check      malformed: rtt_ms
//   outcomes, one an assignment: assigned; job_not_found, not_coordinator, job_ended, wrong_attempt,
//   already_assigned, bad_bid, no_eligible_bid, not_best_bid
struct AssignJobs {
  struct Assigned {
    JobId job_id;
    std::uint32_t attempt = 1;
    std::vector<Bid> bids;
    Did winner;
    std::vector<std::int64_t> rtt_ms = {};  // of each bid; kNotMeasured; empty: of none
    static constexpr std::string_view schema_name = "JobAssignment";
    static constexpr auto fields() {
      using codec::field;
      return described(
          field("job_id", &Assigned::job_id, "CID"),
          field("attempt", &Assigned::attempt, "", {1, kAttemptsMax}),
          field("bids", &Assigned::bids, "signed, for this attempt", {1, kBidsMax}),
          field("winner", &Assigned::winner, "DID of the best bid"),
          codec::defaulted_field("rtt_ms", &Assigned::rtt_ms,
                                 "there and back to each bidder as the coordinator measured it, in "
                                 "the order of the bids; -1: it did not",
                                 {0, kBidsMax}));
    }
  };
  static constexpr bool has_outcome_each = true;
  struct Body {
    std::vector<Assigned> assignments;
    static constexpr auto fields() {
      return described(codec::field("assignments", &Body::assignments, "", {1, kAssignmentsPerTransaction}));
    }
  };
  struct Outcome {
    JobId job_id;
    std::string result;  // "assigned", or the code of the refusal: nothing was changed then
    std::optional<Did> executor;
    Millimana price;
    Millimana locked;
    static constexpr std::string_view schema_name = "AssignOutcome";
    static constexpr auto fields() {
      using codec::field;
      return described(field("job_id", &Outcome::job_id),
                       field("result", &Outcome::result, "assigned, or why it changed nothing"),
                       field("executor", &Outcome::executor, "the winner"),
                       field("price", &Outcome::price, "mana"),
                       field("locked", &Outcome::locked, "mana of the executor"));
    }
  };
  struct Output {
    std::vector<Outcome> outcomes;
    static constexpr std::string_view schema_name = "AssignResult";
    static constexpr auto fields() {
      return described(codec::field("outcomes", &Output::outcomes, "in the order of the assignments"));
    }
  };
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
  // With what is known of federations; apply() knows none.
  static Result<Output> apply_with(const ledger::ApplyContext& context, const Body& body, ledger::View& view,
                                   FindAffiliation find);
};

}  // namespace icn::mesh
