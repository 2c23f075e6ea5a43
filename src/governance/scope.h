#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "codec/values.h"

// A scope is a body of members that decides for itself. Its text:
//   local                  the organisation whose network this is
//   local:DID              another organisation of a federation
//   federation:ID          the organisations of a federation; ID the network's own: those of this one
//   validators:ID          those of them that have a validator, of this network alone: protocol amendments
//   global                 all people of the network
//   group:NAME             a working group; NAME of a-z, 0-9, - and _, 64 at most
// Source: domain.md 4.
namespace icn::governance {

enum class ScopeKind { kLocal, kFederation, kValidators, kGlobal, kWorkingGroup };

inline const std::string kLocalScope = "local";

// "federation:" and the network's id.
std::string federation_scope(std::string_view network);

// "validators:" and the network's id.
std::string validators_scope(std::string_view network);

// bad_scope
Result<ScopeKind> parse_scope(std::string_view scope);

// The organisation of "local:DID"; none: the network's own, or no organisation's.
std::optional<Did> organization_of(std::string_view scope);

// Whether the organisation of "local:DID" is a community, whose probation is longer.
bool is_community(std::string_view scope);

// The account that holds a scope's pool: a did:icn that is nobody's, named by
// SHA-256("icn:pool:v1" 0x00 network 0x00 scope). It is paid into like any account and only a
// BudgetAllocation takes out of it.
Did pool_of(std::string_view network, std::string_view scope);

// One row a scope, from its first member on.
struct Scope {
  std::string scope;
  TimestampSecs created_at = 0;
  Did pool;
  std::uint64_t members = 0;         // Active ones
  std::uint64_t voters = 0;          // of them those who may vote
  std::uint64_t open_proposals = 0;  // not at their end
  std::uint64_t proposals = 0;       // ever
  bool closes_early = false;         // public votes end when nothing can change them (SetEarlyClosing)
  static constexpr auto fields() {
    using codec::field;
    return described(field("scope", &Scope::scope), field("created_at", &Scope::created_at),
                     field("pool", &Scope::pool), field("members", &Scope::members),
                     field("voters", &Scope::voters), field("open_proposals", &Scope::open_proposals),
                     field("proposals", &Scope::proposals),
                     field("closes_early", &Scope::closes_early));
  }
  bool operator==(const Scope&) const = default;
};

}  // namespace icn::governance
