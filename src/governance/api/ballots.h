#pragma once

#include "governance/api/context.h"
#include "governance/tally/receipt.h"
#include "governance/tx/reveal_vote.h"

// Ballots over HTTP: plain fields, signed with a key the node keeps, or the whole signed transaction, whose
// proposal_id is that of the path.
namespace icn::governance::api {

// What a member says on a ballot; the names of the request.
struct BallotInput {
  std::string id;
  std::optional<Did> voter_did;
  std::optional<std::uint32_t> revision;
  std::optional<std::string> choice;
  std::optional<std::string> vote_option;
  std::optional<tally::Position> position;
  std::optional<std::vector<std::string>> ranking;
  std::optional<std::vector<std::string>> approvals;
  std::optional<std::map<std::string, std::uint32_t>> scores;
  std::optional<std::map<std::string, std::int64_t>> credits;
  std::optional<codec::HexBytes> commitment;
  std::optional<codec::HexBytes> salt;
  std::optional<std::string> reason;
  static constexpr auto fields() {
    using codec::field;
    using I = BallotInput;
    return described(
        field("id", &I::id, "pr_ and 32 hex digits"),
        field("voter_did", &I::voter_did, "default: the caller's only DID"),
        field("revision", &I::revision, "of the proposal; default: what it is now", {1, 1'000'000}),
        field("choice", &I::choice, "yes, no, abstain, no_with_veto; consensus: block, stand_aside", {1, 20}),
        field("vote_option", &I::vote_option, "another name of choice", {1, 20}),
        field("position", &I::position, "consent"),
        field("ranking", &I::ranking, "ranked_choice: options, the most wanted first", {1, 100}),
        field("approvals", &I::approvals, "approval: options", {0, 100}),
        field("scores", &I::scores, "score: 0 to 10 of each option", {0, 100}),
        field("credits", &I::credits, "quadratic: credits spent on an option, below 0 against it", {0, 100}),
        field("commitment", &I::commitment, "a sealed ballot: SHA-256, hex", {32, 32}),
        field("salt", &I::salt, "of a reveal: 32 bytes, hex", {32, 32}),
        field("reason", &I::reason, "free text; of an objection on the ledger, else in a block", {1, 2'000}));
  }
};

// A ballot that was taken, with the receipt this node signed.
struct BallotAnswer : BallotTaken {
  tally::BallotReceipt receipt;
  TransactionId transaction_id;
  std::uint64_t height = 0;
  static constexpr std::string_view schema_name = "BallotAnswer";
  static constexpr auto fields() {
    using codec::field;
    return BallotTaken::fields().with(
        field("receipt", &BallotAnswer::receipt, "keep it: it proves the ballot"),
        field("transaction_id", &BallotAnswer::transaction_id),
        field("height", &BallotAnswer::height, "the block that holds it"));
  }
};

// POST /governance/proposals/{id}/vote: plain, or a signed "governance.vote" or "governance.commit". With
// `commitment` and nothing else it is a sealed ballot.
struct PostVote {
  using Input = BallotInput;
  using Output = BallotAnswer;
  static constexpr bool is_idempotency_durable = true;
  static constexpr std::string_view summary = "Cast a ballot; the last one before the deadline counts";
  static void handle(const Api& api, http::ExchangePtr exchange);
};

// Signs and casts a ballot of plain fields; takes the signed transaction `body`.
void submit_plain_ballot(const Api& api, http::ExchangePtr exchange, const BallotInput& input);
void submit_signed_ballot(const Api& api, http::ExchangePtr exchange, codec::Json body);

// POST /governance/proposals/{id}/reveal: plain, or a signed "governance.reveal".
struct PostReveal {
  static constexpr std::string_view transaction = "governance.reveal";
  using Input = BallotInput;
  using Output = ledger::Written<RevealVote::Output>;
  static constexpr bool is_idempotency_durable = true;
  static constexpr std::string_view summary = "Open a sealed ballot after the voting";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static Result<void> matches(const http::Request& request, const codec::Json& body) {
    return path_matches(request, body, "proposal_id");
  }
  static void handle(const Api& api, http::ExchangePtr exchange);
};

// POST /governance/votes/batch: each as PostVote takes it, with its proposal_id; each is answered alone.
struct PostVotes {
  struct Input {
    std::vector<codec::Json> votes;
    static constexpr auto fields() {
      return described(codec::field(
          "votes", &Input::votes, "ballots with their proposal_id, or whole signed transactions", {1, 100}));
    }
  };
  struct ItemResult {
    std::uint16_t status = 0;
    codec::Json body;
    static constexpr std::string_view schema_name = "BallotBatchResult";
    static constexpr auto fields() {
      return described(codec::field("status", &ItemResult::status),
                       codec::field("body", &ItemResult::body, "what the ballot alone would be answered"));
    }
  };
  struct Output {
    std::vector<ItemResult> results;
    static constexpr auto fields() {
      return described(codec::field("results", &Output::results, "in the order of the votes"));
    }
  };
  static constexpr bool changes_state = false;  // its items are counted
  static constexpr std::string_view summary = "Cast up to 100 ballots in one request";
  static void handle(const Api& api, http::ExchangePtr exchange);
};

}  // namespace icn::governance::api
