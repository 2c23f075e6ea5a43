#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "governance/action.h"
#include "governance/scope.h"
#include "ledger/parameters.h"

// What each category of proposals demands. Source: the table of domain.md 4.
namespace icn::governance {

enum class ProposalCategory {
  kOperational,
  kTechnical,
  kGeneric,
  kEconomic,
  kMembership,
  kConstitutional,
  kEmergency,
  kProtocol,
};
constexpr auto enum_names(ProposalCategory) {
  using enum ProposalCategory;
  using Name = std::pair<ProposalCategory, std::string_view>;
  return std::array{Name(kOperational, "operational"), Name(kTechnical, "technical"),
                    Name(kGeneric, "generic"),         Name(kEconomic, "economic"),
                    Name(kMembership, "membership"),   Name(kConstitutional, "constitutional"),
                    Name(kEmergency, "emergency"),     Name(kProtocol, "protocol")};
}

using ParameterOf = std::int64_t ledger::Parameters::*;

// One row of the table; its numbers are parameters of the ledger.
struct CategoryRow {
  ProposalCategory category;
  ParameterOf quorum_ppm;
  ParameterOf threshold_ppm;
  ParameterOf discussion_secs;
  ParameterOf voting_secs;
  ParameterOf timelock_secs;
  ParameterOf sponsors;  // null: none is needed
  bool may_be_shorter;   // down to governance.min_discussion_secs and governance.min_voting_secs
};
const CategoryRow& category_row(ProposalCategory category);

// The least a proposal may ask for: what it gets when it asks for nothing.
struct Terms {
  std::uint64_t quorum_ppm = 0;
  std::uint64_t threshold_ppm = 0;  // 500,000: more than half; anything larger: at least
  std::uint64_t discussion_secs = 0;
  std::uint64_t voting_secs = 0;
  std::uint64_t timelock_secs = 0;
  std::uint64_t sponsors = 0;
  std::uint64_t discussion_min_secs = 0;  // below discussion_secs where it may be shorter
  std::uint64_t voting_min_secs = 0;
};

// By the category, the scope (federations have rows of their own) and what the actions do: large sums,
// expulsion, admission, shares that are slashed.
Terms terms_of(const ledger::Parameters& parameters, ProposalCategory category, ScopeKind scope,
               const std::vector<Action>& actions);

}  // namespace icn::governance
