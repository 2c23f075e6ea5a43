#pragma once

#include "governance/api/proposals.h"
#include "governance/audit.h"
#include "governance/standing.h"

// What anybody may read of a vote.
namespace icn::governance::api {

// GET /governance/proposals/{id}/tally.   proposal_not_found, G003
struct GetTally {
  using Input = ProposalPath;
  using Output = TallyStanding;
  static constexpr std::string_view summary = "How a vote stands, and what is missing";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// A ballot as it is shown: a sealed one without what it says until it is revealed.
struct BallotView {
  std::string vote_id;
  Did voter;
  std::uint64_t sequence = 0;
  TimestampSecs cast_at = 0;
  std::optional<codec::Json> ballot;
  std::optional<codec::HexBytes> commitment;
  std::optional<codec::Cid> reason_cid;
  TransactionId transaction_id;
  static constexpr std::string_view schema_name = "Ballot";
  static constexpr auto fields() {
    using codec::field;
    return described(field("vote_id", &BallotView::vote_id), field("voter", &BallotView::voter),
                     field("sequence", &BallotView::sequence, "the how many-th ballot of the vote"),
                     field("cast_at", &BallotView::cast_at, "Unix seconds"),
                     field("ballot", &BallotView::ballot, "absent while it is sealed"),
                     field("commitment", &BallotView::commitment, "of a sealed one"),
                     field("reason_cid", &BallotView::reason_cid, "block with the voter's reason"),
                     field("transaction_id", &BallotView::transaction_id, "what the voter signed"));
  }
};

// GET /governance/proposals/{id}/votes: the newest ballot of each voter, by DID.
struct ListVotes {
  struct Input {
    std::string id;
    std::optional<Did> voter;
    std::optional<std::uint32_t> round;
    std::uint32_t limit = http::kPageItems;
    std::optional<std::string> cursor;
    static constexpr auto fields() {
      using codec::field;
      return described(field("id", &Input::id, "pr_ and 32 hex digits"),
                       field("voter", &Input::voter, "the ballot of this member alone"),
                       field("round", &Input::round, "default: the newest", {1, 100}),
                       http::limit_field(&Input::limit), http::cursor_field(&Input::cursor));
    }
  };
  using Output = http::Page<BallotView>;
  static constexpr std::string_view summary = "The ballots of a vote";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// GET /governance/proposals/{id}/receipts/{vote_id}: with its place in the tree of ballots once the vote has
// closed.   proposal_not_found, ballot_not_found
struct GetReceipt {
  struct Input {
    std::string id;
    std::string vote_id;
    static constexpr auto fields() {
      return described(codec::field("id", &Input::id, "pr_ and 32 hex digits"),
                       codec::field("vote_id", &Input::vote_id, "vo_ and 32 hex digits"));
    }
  };
  using Output = tally::BallotReceipt;
  static constexpr std::string_view summary =
      "The receipt of a ballot, with its inclusion path after closing";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// GET /governance/proposals/{id}/audit: everything that decided the vote, signed by this node.
//   proposal_not_found, not_closed, block_pruned
struct GetAudit {
  using Input = ProposalPath;
  using Output = tally::AuditBundle;
  static constexpr std::string_view summary = "What anybody needs to count a vote again";
  static http::Response handle(const Api& api, const http::Request& request);
};

}  // namespace icn::governance::api
