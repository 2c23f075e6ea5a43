#pragma once

#include "ledger/tables.h"
#include "reputation/score/standing.h"
#include "storage/store.h"

// Tables 150 to 159. Format: docs/formats/reputation.md.
namespace icn::reputation {

using EventKey = std::tuple<Did, std::uint64_t>;
using PairKey = std::tuple<Did, Did>;

inline const ledger::Table<Did, Standing> kStandings{150, "reputation_standings"};
inline const ledger::Table<EventKey, Event> kEvents{151, "reputation_events"};
inline const ledger::Table<PairKey, Pair> kPairs{152, "reputation_pairs"};
inline const ledger::Table<std::string, ScopeVotes> kScopeVotes{153, "reputation_scope_votes"};

inline std::vector<storage::TableSchema> score_tables() {
  return storage::TableSet(kStandings, kEvents, kPairs, kScopeVotes).schemas();
}

}  // namespace icn::reputation
