#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "codec/cid.h"
#include "codec/records.h"

// Ballots, delegations and the eligible set, as the ledger holds them. Source: domain.md 4.
namespace icn::governance {

// The newest ballot of one voter on one proposal. Key (proposal, voter).
struct Ballot {
  std::string vote_id;  // "vo_" and 32 hex digits
  std::string proposal_id;
  std::uint32_t revision = 1;
  Did voter;
  codec::Json choice;          // of the method: {"choice":"yes"}, {"ranking":[...]}, ...; sealed: null
  codec::HexBytes commitment;  // of a sealed ballot
  std::optional<codec::Cid> reason;
  TimestampSecs cast_at = 0;
  std::uint64_t sequence = 0;  // ballots of a proposal are counted from 1 in the order they came
  codec::HexBytes leaf;        // SHA-256 of what the voter signed: what a receipt names
  static constexpr auto fields() {
    using codec::field;
    return std::tuple(field("vote_id", &Ballot::vote_id), field("proposal_id", &Ballot::proposal_id),
                      field("revision", &Ballot::revision), field("voter", &Ballot::voter),
                      field("choice", &Ballot::choice), field("commitment", &Ballot::commitment),
                      field("reason", &Ballot::reason), field("cast_at", &Ballot::cast_at),
                      field("sequence", &Ballot::sequence), field("leaf", &Ballot::leaf));
  }
};
using BallotKey = std::tuple<std::string, Did>;

struct Delegation {
  std::string id;  // "de_" and 32 hex digits
  Did from;
  Did to;
  std::string scope;                    // empty: all
  std::vector<std::string> categories;  // empty: all
  std::optional<std::string> proposal_id;
  std::uint64_t valid_until_secs = 0;  // running time
  TimestampSecs created_at = 0;
  std::optional<TimestampSecs> revoked_at;
  static constexpr auto fields() {
    using codec::field;
    return std::tuple(
        field("id", &Delegation::id), field("from", &Delegation::from), field("to", &Delegation::to),
        field("scope", &Delegation::scope), field("categories", &Delegation::categories),
        field("proposal_id", &Delegation::proposal_id),
        field("valid_until_secs", &Delegation::valid_until_secs),
        field("created_at", &Delegation::created_at), field("revoked_at", &Delegation::revoked_at));
  }
};

// That a member may vote on a proposal. Key (proposal, member).
struct Eligible {
  std::uint64_t index = 0;  // its leaf in the eligible root
  static constexpr auto fields() { return std::tuple(codec::field("index", &Eligible::index)); }
};
using EligibleKey = std::tuple<std::string, Did>;

}  // namespace icn::governance
