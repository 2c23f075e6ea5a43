#pragma once

#include "economics/books.h"
#include "ledger/due.h"

// Somebody known answers with a deposit for somebody new, whose account becomes Verified by it.
// Source: domain.md 5 "Verified". Thread: the ledger's writer. Format: docs/formats/economics.md.
namespace icn::economics {

inline constexpr std::string_view kVouchDue = "economics.vouch";

// Key: who is vouched for. The row goes when the deposit does.
struct Vouch {
  Did voucher;
  Millimana deposit;
  TimestampSecs at = 0;
  std::uint64_t due_secs = 0;     // running time at which the deposit is free, or burned
  std::uint64_t sybil_event = 0;  // number of the event in the reputation of who is vouched for; 0: none
  static constexpr auto fields() {
    using codec::field;
    return described(field("voucher", &Vouch::voucher), field("deposit", &Vouch::deposit),
                     field("at", &Vouch::at), field("due_secs", &Vouch::due_secs),
                     field("sybil_event", &Vouch::sybil_event));
  }
  bool operator==(const Vouch&) const = default;
};

inline const ledger::Table<Did, Vouch> kVouches{47, "mana_vouches"};

// Locks economics.vouch_deposit of `voucher` for economics.vouch_secs and makes the account of `person`
// Verified. `books` hold both accounts and are not finished. already_verified, exceeds_balance
Result<Vouch> vouch(const ledger::BlockContext& block, ledger::View& view, Books& books, const Did& voucher,
                    const Did& person);

// A scope found that `person` is a Sybil, which is event `number` of its reputation: the deposit, if it is
// still locked, burns when economics.penalty_secs have passed and the event counts then.
Result<void> doom_vouch(const ledger::BlockContext& block, ledger::View& view, const Did& person,
                        std::uint64_t number);

// Frees the deposit, or burns it; while the event is contested it waits.
Result<void> run_vouch_due(const ledger::BlockContext& block, const std::string& id, ledger::View& view,
                           std::vector<ledger::Event>& events);

}  // namespace icn::economics
