#pragma once

#include "governance/tx/cast_vote.h"

namespace icn::governance {

// "governance.reveal": opens a sealed ballot after the deadline, within governance.reveal_secs. What is not
// revealed was not cast. Once only: it is final.
//   apply   proposal_not_found, G003 (no reveals are taken now), stale_revision, not_committed (no sealed
//           ballot), G002 (revealed before), commitment_differs, bad_ballot; the first that holds
struct RevealVote {
  struct Body : tally::BallotContent {
    std::string proposal_id;
    std::uint32_t revision = 1;
    codec::HexBytes salt;

    static constexpr auto fields() {
      using codec::field;
      return tally::BallotContent::fields().with(
          field("proposal_id", &Body::proposal_id, "", {1, 64}),
          field("revision", &Body::revision, "of the proposal", {1, 1'000'000}),
          field("salt", &Body::salt, "32 bytes, hex: that of the commitment", {32, 32}));
    }
  };
  struct Output {
    std::string vote_id;
    std::string proposal_id;
    bool counted = false;
    static constexpr std::string_view schema_name = "BallotRevealed";
    static constexpr auto fields() {
      using codec::field;
      return described(field("vote_id", &Output::vote_id, "of the sealed ballot"),
                       field("proposal_id", &Output::proposal_id), field("counted", &Output::counted));
    }
  };
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

}  // namespace icn::governance
