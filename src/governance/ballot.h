#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "codec/cid.h"
#include "codec/records.h"

// Ballots, and what is kept of a vote, as the ledger holds them. A vote is one round of voting on a proposal;
// its key is vote_key() of vote.h. Source: domain.md 4.
namespace icn::governance {

// The newest ballot of one voter. Key (vote, voter).
struct Ballot {
  std::uint64_t sequence = 0;   // of the log
  codec::HexBytes packed;       // as its method packs it; empty: sealed and not revealed
  std::string content;          // canonical JSON of what was chosen; empty while sealed
  codec::HexBytes commitment;   // of a sealed one
  codec::HexBytes transaction;  // hash of what the voter signed
  std::optional<codec::Cid> reason;
  TimestampSecs cast_at = 0;
  static constexpr auto fields() {
    using codec::field;
    return described(field("sequence", &Ballot::sequence), field("packed", &Ballot::packed),
                     field("content", &Ballot::content), field("commitment", &Ballot::commitment),
                     field("transaction", &Ballot::transaction), field("reason", &Ballot::reason),
                     field("cast_at", &Ballot::cast_at));
  }
};

// Every ballot that was taken, replaced ones too, in the order they came; likewise every reveal.
// Key (vote, sequence from 1). The transaction itself stands in its block.
struct LoggedBallot {
  codec::HexBytes transaction;  // hash
  codec::HexBytes key;          // it was verified with
  TimestampSecs accepted_at = 0;
  std::uint64_t height = 0;
  static constexpr auto fields() {
    using codec::field;
    return described(field("transaction", &LoggedBallot::transaction), field("key", &LoggedBallot::key),
                     field("accepted_at", &LoggedBallot::accepted_at),
                     field("height", &LoggedBallot::height));
  }
};

// What every ballot changes.
struct BallotBox {
  std::uint64_t ballots = 0;       // in the log
  std::uint64_t participants = 0;  // who cast one
  codec::HexBytes sums;            // saved count of own ballots, of methods that keep one
  codec::HexBytes peaks;           // of the Merkle tree over the log's leaves (merkle_peaks.h)
  std::uint64_t reveals = 0;
  codec::HexBytes reveal_peaks;
  std::vector<std::uint64_t> supporters;  // conviction: at each daily accrual, the first first
  std::vector<std::uint64_t> accruals;    // ballots in the log before each
  std::uint64_t weight = 0;               // of a weighted vote: of its participants together
  static constexpr auto fields() {
    using codec::field;
    return described(field("ballots", &BallotBox::ballots), field("participants", &BallotBox::participants),
                     field("sums", &BallotBox::sums), field("peaks", &BallotBox::peaks),
                     field("reveals", &BallotBox::reveals), field("reveal_peaks", &BallotBox::reveal_peaks),
                     field("supporters", &BallotBox::supporters), field("accruals", &BallotBox::accruals),
                     field("weight", &BallotBox::weight));
  }
};

// One round of voting: what is fixed when it opens and when it closes.
struct Vote {
  std::string proposal_id;
  std::uint32_t round = 1;
  std::uint64_t version = 0;    // of the scope's voters: who may vote (eligible.h)
  std::string eligible_cursor;  // the last DID in the eligible root; the root takes several blocks
  codec::HexBytes eligible_peaks;
  std::uint64_t eligible_rooted = 0;   // members in it
  std::uint64_t closed_secs = 0;       // running time from which ballots do not count; 0: open
  std::uint64_t closed_version = 0;    // of the scope's voters then
  TimestampSecs closed_at = 0;         // block time
  std::uint64_t reveal_ends_secs = 0;  // of a sealed vote
  std::uint32_t hops_max = 0;          // of delegations, as the parameters said when it closed
  std::uint64_t carried_max = 0;
  bool has_fallen_back = false;       // consensus: this last round is decided by 75 %
  std::uint64_t decay_ppm = 900'000;  // conviction, as the parameters said when it opened
  std::uint64_t share_ppm = 300'000;
  std::uint64_t number = 0;  // of the scope's votes; 0: a further round of one that was counted
  std::uint64_t weight = 0;  // of a weighted vote: of all who may vote together
  static constexpr auto fields() {
    using codec::field;
    return described(field("proposal_id", &Vote::proposal_id), field("round", &Vote::round),
                     field("version", &Vote::version), field("eligible_cursor", &Vote::eligible_cursor),
                     field("eligible_peaks", &Vote::eligible_peaks),
                     field("eligible_rooted", &Vote::eligible_rooted),
                     field("closed_secs", &Vote::closed_secs), field("closed_version", &Vote::closed_version),
                     field("closed_at", &Vote::closed_at), field("reveal_ends_secs", &Vote::reveal_ends_secs),
                     field("hops_max", &Vote::hops_max), field("carried_max", &Vote::carried_max),
                     field("has_fallen_back", &Vote::has_fallen_back), field("decay_ppm", &Vote::decay_ppm),
                     field("share_ppm", &Vote::share_ppm), field("number", &Vote::number),
                     field("weight", &Vote::weight));
  }
};

// An objection of a vote by consent: the newest one of its owner. Key (vote, owner).
struct Objection {
  std::string vote_id;
  std::string id;  // of the ballot that raised it first: "vo_" and 32 hex digits
  Did voter;
  std::string harm;
  TimestampSecs at = 0;             // block time, as below
  std::uint64_t not_paramount = 0;  // members who find that it is not
  bool is_set_aside = false;        // two thirds of those who may vote do
  std::optional<TimestampSecs> withdrawn_at;
  static constexpr auto fields() {
    using codec::field;
    return described(field("vote_id", &Objection::vote_id), field("id", &Objection::id),
                     field("voter", &Objection::voter), field("harm", &Objection::harm),
                     field("at", &Objection::at), field("not_paramount", &Objection::not_paramount),
                     field("is_set_aside", &Objection::is_set_aside),
                     field("withdrawn_at", &Objection::withdrawn_at));
  }
};

// What a member finds of an objection, the newest word. Key (vote, objection, member).
struct Judgement {
  bool is_paramount = true;
  codec::HexBytes transaction;  // hash of what the member signed
  codec::HexBytes key;          // it was verified with
  TimestampSecs at = 0;         // block time
  static constexpr auto fields() {
    using codec::field;
    return described(field("is_paramount", &Judgement::is_paramount),
                     field("transaction", &Judgement::transaction), field("key", &Judgement::key),
                     field("at", &Judgement::at));
  }
};

// Since when and until when a member could vote, in versions of the scope's voters: [since, until, since,
// ...], and what the member's vote weighed: [from, weight, from, weight, ...], before the first of them 1.
// Key (scope, member); never erased.
struct VoterSpans {
  std::vector<std::uint64_t> changes;
  std::vector<std::uint64_t> weights;
  static constexpr auto fields() {
    return codec::described(codec::field("changes", &VoterSpans::changes),
                            codec::field("weights", &VoterSpans::weights));
  }
};

// How often the voters of a scope, or what one weighs, changed. Key: the scope.
struct VoterVersion {
  std::uint64_t version = 0;
  std::uint64_t above_one = 0;  // what its voters weigh together, less their number
  static constexpr auto fields() {
    return codec::described(codec::field("version", &VoterVersion::version),
                            codec::field("above_one", &VoterVersion::above_one));
  }
};

struct Delegation {
  std::string id;  // "de_" and 32 hex digits
  Did from;
  Did to;
  std::string scope;                    // empty: all
  std::vector<std::string> categories;  // empty: all
  std::optional<std::string> proposal_id;
  std::uint64_t created_secs = 0;  // this and what follows in running time
  std::uint64_t valid_until_secs = 0;
  std::optional<std::uint64_t> revoked_secs;
  TimestampSecs created_at = 0;  // block time
  codec::HexBytes transaction;   // hash of what the delegator signed
  codec::HexBytes key;           // it was verified with
  std::uint64_t height = 0;
  static constexpr auto fields() {
    using codec::field;
    return described(
        field("id", &Delegation::id), field("from", &Delegation::from), field("to", &Delegation::to),
        field("scope", &Delegation::scope), field("categories", &Delegation::categories),
        field("proposal_id", &Delegation::proposal_id), field("created_secs", &Delegation::created_secs),
        field("valid_until_secs", &Delegation::valid_until_secs),
        field("revoked_secs", &Delegation::revoked_secs), field("created_at", &Delegation::created_at),
        field("transaction", &Delegation::transaction), field("key", &Delegation::key),
        field("height", &Delegation::height));
  }
};

}  // namespace icn::governance
