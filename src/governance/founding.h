#pragma once

#include <string>
#include <vector>

#include "base/mana.h"
#include "codec/records.h"
#include "ledger/context.h"
#include "ledger/due.h"
#include "ledger/tables.h"

// How an organisation begins: with several founders, who lock a stake together that comes free half a year
// later. Whoever begins anew after all have left founds nothing. Source: domain.md 5 "Founding".
// Thread: the ledger's writer.
namespace icn::governance {

inline constexpr std::string_view kFoundingDue = "governance.founding";

// A part of the stake.
struct FoundingStake {
  Did did;
  Millimana amount;
  static constexpr auto fields() {
    return described(codec::field("did", &FoundingStake::did),
                     codec::field("amount", &FoundingStake::amount));
  }
};
// Key: the scope.
struct Founding {
  std::string scope;
  TimestampSecs at = 0;
  std::vector<FoundingStake> stakes;  // locked still
  std::uint64_t free_secs = 0;        // running time
  static constexpr auto fields() {
    using codec::field;
    return described(field("scope", &Founding::scope), field("at", &Founding::at),
                     field("stakes", &Founding::stakes), field("free_secs", &Founding::free_secs));
  }
};
inline const ledger::Table<std::string, Founding> kFoundings{129, "governance_foundings"};

// Whether so many may found the scope: working groups and the like are no organisations, and need one.
//   too_few_founders
Result<void> check_founders(const ledger::BlockContext& block, const std::string& scope,
                            std::size_t founders);

// Locks the stake of an organisation's founders in equal parts, the first one's larger by what does not
// divide. They have their start grants.   exceeds_balance
Result<void> lock_founding_stake(const ledger::BlockContext& block, ledger::View& view,
                                 const std::string& scope, const std::vector<Did>& founders,
                                 std::vector<ledger::Event>& events);

// The run() of the due row: the stakes are free.
Result<void> run_founding_due(const ledger::BlockContext& block, const std::string& scope, ledger::View& view,
                              std::vector<ledger::Event>& events);

}  // namespace icn::governance
