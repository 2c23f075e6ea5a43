#pragma once

#include "governance/tally/ballot.h"
#include "governance/vote.h"
#include "ledger/transaction_type.h"

namespace icn::governance {

// What a voter is told, and all that a receipt holds beside the node's signature.
struct BallotTaken {
  std::string vote_id;
  std::string proposal_id;
  codec::HexBytes leaf_hash;
  std::uint64_t sequence = 0;
  TimestampSecs accepted_at = 0;
  bool replaced = false;
  static constexpr std::string_view schema_name = "BallotTaken";
  static constexpr auto fields() {
    using codec::field;
    return described(field("vote_id", &BallotTaken::vote_id, "vo_ and 32 hex digits"),
                     field("proposal_id", &BallotTaken::proposal_id),
                     field("leaf_hash", &BallotTaken::leaf_hash, "the ballot in the tree of ballots"),
                     field("sequence", &BallotTaken::sequence, "the how many-th ballot of the vote"),
                     field("accepted_at", &BallotTaken::accepted_at, "Unix seconds"),
                     field("replaced", &BallotTaken::replaced, "an earlier ballot of the voter"));
  }
};

// "governance.vote": a ballot, free of charge. The last one before the deadline counts; where the proposal
// may close early the first is final. The body has the member that its method takes, or {"choice":
// "abstain"}.
//   apply   proposal_not_found, G005, G008, G003 (not open, or the deadline has come), stale_revision,
//           G001 (not eligible), G007 (a member who may not vote on this), G002 (final), sealed_vote,
//           bad_ballot; the first that holds
struct CastVote {
  struct Body : tally::BallotContent {
    std::string proposal_id;
    std::uint32_t revision = 1;
    std::optional<codec::Cid> reason_cid;

    static constexpr auto fields() {
      using codec::field;
      return tally::BallotContent::fields().with(
          field("proposal_id", &Body::proposal_id, "", {1, 64}),
          field("revision", &Body::revision, "of the proposal", {1, 1'000'000}),
          field("reason_cid", &Body::reason_cid, "block that holds a reason"));
    }
  };
  using Output = BallotTaken;
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

// "governance.commit": a sealed ballot: SHA-256 over what is revealed after the deadline (tally/recount.h
// ballot_commitment()). The last one before the deadline counts, if it is revealed.
//   apply   as governance.vote, with not_sealed in place of sealed_vote and bad_ballot
struct CommitVote {
  struct Body {
    std::string proposal_id;
    std::uint32_t revision = 1;
    codec::HexBytes commitment;
    static constexpr auto fields() {
      using codec::field;
      return described(field("proposal_id", &Body::proposal_id, "", {1, 64}),
                       field("revision", &Body::revision, "of the proposal", {1, 1'000'000}),
                       field("commitment", &Body::commitment, "SHA-256, hex", {32, 32}));
    }
  };
  using Output = BallotTaken;
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

}  // namespace icn::governance
