#pragma once

#include <functional>

#include "codec/values.h"
#include "governance/tally/ranking_groups.h"

// Rankings of a vote that is counted, as rows hold them: those of one block together, equal ones once.
// Canonical DAG-CBOR: [[ranking, members], ...].
namespace icn::governance {

codec::HexBytes rankings_of(const tally::RankingGroups& groups);

// Shows each; answers how many there were. governance_broken: no rankings.
using ShowRanking = std::function<void(std::string_view ranking, std::uint64_t members)>;
Result<std::uint64_t> show_rankings(const codec::HexBytes& saved, const ShowRanking& show);

}  // namespace icn::governance
