#pragma once

#include "governance/api/context.h"
#include "governance/carrying.h"
#include "governance/delegations.h"
#include "governance/tx/delegate.h"
#include "governance/vote.h"

namespace icn::governance::api {

struct DelegationView {
  std::string delegation_id;
  Did from_did;
  Did to_did;
  std::optional<std::string> scope;
  std::vector<std::string> categories;
  std::optional<std::string> proposal_id;
  TimestampSecs created_at = 0;
  TimestampSecs valid_until = 0;
  bool is_in_force = false;
  static constexpr std::string_view schema_name = "Delegation";
  static constexpr auto fields() {
    using codec::field;
    using V = DelegationView;
    return described(field("delegation_id", &V::delegation_id), field("from_did", &V::from_did),
                     field("to_did", &V::to_did), field("scope", &V::scope, "absent: all"),
                     field("categories", &V::categories, "none: all"), field("proposal_id", &V::proposal_id),
                     field("created_at", &V::created_at, "Unix seconds"),
                     field("valid_until", &V::valid_until, "Unix seconds"),
                     field("in_force", &V::is_in_force, "neither revoked nor lapsed"));
  }
};

// GET /governance/delegations: of one member (`from` or `to`), or all; those in force unless ?all=true.
struct ListDelegations {
  struct Input {
    std::optional<Did> from;
    std::optional<Did> to;
    bool all = false;
    std::uint32_t limit = http::kPageItems;
    std::optional<std::string> cursor;
    static constexpr auto fields() {
      using codec::field;
      return described(field("from", &Input::from, "made by"), field("to", &Input::to, "followed"),
                       codec::defaulted_field("all", &Input::all, "also those that have ended"),
                       http::limit_field(&Input::limit), http::cursor_field(&Input::cursor));
    }
  };
  using Output = http::Page<DelegationView>;
  static constexpr std::string_view summary = "Whose ballot counts for whom";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// POST /governance/delegations: plain, or a signed "governance.delegate".
struct PostDelegation {
  static constexpr std::string_view transaction = "governance.delegate";
  struct Input {
    std::optional<Did> from_did;
    Did to_did;
    std::optional<std::string> scope;
    std::vector<std::string> categories;
    std::optional<std::string> proposal_id;
    std::optional<TimestampSecs> valid_until;
    static constexpr auto fields() {
      using codec::field;
      return described(field("from_did", &Input::from_did, "default: the caller's only DID"),
                       field("to_did", &Input::to_did, "who is followed"),
                       field("scope", &Input::scope, "absent: all", {1, 200}),
                       codec::defaulted_field("categories", &Input::categories, "none: all", {0, 8}),
                       field("proposal_id", &Input::proposal_id, "of one vote alone", {1, 64}),
                       field("valid_until", &Input::valid_until, "Unix seconds; a year at most"));
    }
  };
  using Output = ledger::Written<DelegationResult>;
  static constexpr int success_status = 201;
  static constexpr bool is_idempotency_durable = true;
  static constexpr std::string_view summary = "Let another member's ballot count for you";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static void handle(const Api& api, http::ExchangePtr exchange);
};

// DELETE /governance/delegations/{id}: by who made it; a signed "governance.revoke_delegation" is posted to
// /ledger/transactions.
struct RemoveDelegation {
  static constexpr std::string_view transaction = "governance.revoke_delegation";
  struct Input {
    std::string id;
    std::optional<Did> from_did;
    static constexpr auto fields() {
      return described(codec::field("id", &Input::id, "de_ and 32 hex digits", {1, 64}),
                       codec::field("from_did", &Input::from_did, "default: the caller's only DID"));
    }
  };
  using Output = ledger::Written<RevokeDelegation::Output>;
  static constexpr std::string_view summary = "End a delegation of yours";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static void handle(const Api& api, http::ExchangePtr exchange);
};

// One step of a chain.
struct ChainHop {
  Did from_did;
  Did to_did;
  std::string delegation_id;
  static constexpr std::string_view schema_name = "DelegationHop";
  static constexpr auto fields() {
    return described(codec::field("from_did", &ChainHop::from_did), codec::field("to_did", &ChainHop::to_did),
                     codec::field("delegation_id", &ChainHop::delegation_id));
  }
};

struct EffectiveChain {
  ProposalCategory category = ProposalCategory::kOperational;
  std::vector<ChainHop> chain;
  Did end_did;
  std::string reason;
  std::optional<codec::Json> ballot;
  bool end_has_ballot = false;  // not shown: sealed ones too
  static constexpr std::string_view schema_name = "EffectiveChain";
  static constexpr auto fields() {
    using codec::field;
    return described(
        field("category", &EffectiveChain::category), field("chain", &EffectiveChain::chain),
        field("end_did", &EffectiveChain::end_did, "whose ballot would count; the member's own without any"),
        field("reason", &EffectiveChain::reason,
              "no_delegation, follows, own_ballot, delegate_voted, cycle, too_long, suspended; over_cap: the "
              "delegate carries too many, and this member is one of the newest"),
        field("ballot", &EffectiveChain::ballot,
              "of a proposal: the one that counts, or counted; absent: none, or sealed"));
  }
};

// Where a chain is looked for.
struct DelegationWalk {
  const ledger::Reader& state;
  Subject subject;
  std::uint64_t now = 0;  // running time
  std::uint64_t hops_max = 0;
  std::optional<AskedVote> vote;  // none: of none; one that has closed: members and delegations of its end
};
// Borrows all it is given. `rows_left`: of the request's kAskedRowsMax.
DelegationWalk walk_in(const ledger::Reader& state, const Proposal& proposal, const Vote& vote,
                       const ledger::Parameters& parameters, std::uint64_t running_secs,
                       std::size_t& rows_left);
// Along the chain from `did` on, as resolve() of tally/delegation.h goes; while the vote is open a sealed
// ballot is one that will be revealed.
Result<EffectiveChain> follow_chain(const DelegationWalk& walk, const Did& did);

// What a ballot says; none: it is sealed.
std::optional<codec::Json> content_of(const Ballot& ballot);

// GET /governance/delegations/{did}/effective: for each category, or the one of `proposal_id`, whose ballot
// counts where the member casts none; of a proposal also whether there is one yet and what it says, and
// after its end how it was then.
struct GetEffective {
  struct Input {
    Did did;
    std::optional<std::string> scope;
    std::optional<ProposalCategory> category;
    std::optional<std::string> proposal_id;
    static constexpr auto fields() {
      using codec::field;
      return described(field("did", &Input::did), field("scope", &Input::scope, "default: local", {1, 200}),
                       field("category", &Input::category), field("proposal_id", &Input::proposal_id));
    }
  };
  struct Output {
    Did did;
    std::string scope;
    std::vector<EffectiveChain> chains;
    static constexpr auto fields() {
      return described(codec::field("did", &Output::did), codec::field("scope", &Output::scope),
                       codec::field("chains", &Output::chains));
    }
  };
  static constexpr bool is_costly = true;
  static constexpr std::string_view summary = "Whose ballot counts for a member, and why";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

}  // namespace icn::governance::api
