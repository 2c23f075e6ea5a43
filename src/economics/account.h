#pragma once

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "codec/values.h"
#include "economics/formula.h"
#include "ledger/parameters.h"

// The account of one DID and how time changes it. Format: docs/formats/economics.md.
namespace icn::economics {

// How far a person is known to the network; an Unverified one neither regenerates nor pays.
enum class Stage { kUnverified, kVerified, kContributor, kTrusted };
constexpr auto enum_names(Stage) {
  return std::array{std::pair(Stage::kUnverified, std::string_view("unverified")),
                    std::pair(Stage::kVerified, std::string_view("verified")),
                    std::pair(Stage::kContributor, std::string_view("contributor")),
                    std::pair(Stage::kTrusted, std::string_view("trusted"))};
}

// The best kind of organisation somebody is a member of.
enum class Organisation { kNone, kCommunity, kCooperative, kFederation };
constexpr auto enum_names(Organisation) {
  return std::array{std::pair(Organisation::kNone, std::string_view("none")),
                    std::pair(Organisation::kCommunity, std::string_view("community")),
                    std::pair(Organisation::kCooperative, std::string_view("cooperative")),
                    std::pair(Organisation::kFederation, std::string_view("federation"))};
}

// What an account did that shows whether a person acts (conduct.h).
struct Conduct {
  Millimana spent_young;          // in its first 7 days
  std::uint64_t day = 0;          // day that `acts` belongs to
  std::uint32_t acts = 0;         // transfers and fees on it
  TimestampSecs last_sent = 0;    // the newest transfer
  std::uint64_t gap_secs = 0;     // between the newest two
  std::uint32_t gap_repeats = 0;  // how often that gap came in a row
  std::uint64_t fee_hour = 0;     // hour (block time) that `fees` belongs to
  std::uint32_t fees = 0;         // paid in it
  static constexpr auto fields() {
    using codec::field;
    return described(field("spent_young", &Conduct::spent_young), field("day", &Conduct::day),
                     field("acts", &Conduct::acts), field("last_sent", &Conduct::last_sent),
                     field("gap_secs", &Conduct::gap_secs), field("gap_repeats", &Conduct::gap_repeats),
                     field("fee_hour", &Conduct::fee_hour), field("fees", &Conduct::fees));
  }
  bool operator==(const Conduct&) const = default;
};

// Pay that may still be disputed: counted free from `free_secs` (running time) on.
struct Held {
  std::uint64_t free_secs = 0;
  Millimana amount;
  static constexpr auto fields() {
    return described(codec::field("free_secs", &Held::free_secs), codec::field("amount", &Held::amount));
  }
  bool operator==(const Held&) const = default;
};

// What is still to be cut off after a cap fell: `total` in 30 equal daily parts from `begun_secs` on.
struct Trim {
  Millimana total;
  std::uint64_t begun_secs = 0;
  std::uint32_t days_done = 0;
  static constexpr auto fields() {
    return described(codec::field("total", &Trim::total), codec::field("begun_secs", &Trim::begun_secs),
                     codec::field("days_done", &Trim::days_done));
  }
  bool operator==(const Trim&) const = default;
};

// Available = balance - locked - held that is not free yet. The invariant reads the first three fields
// alone: they stay in front.
struct Account {
  Millimana balance;
  Millimana locked;
  std::vector<Held> held;                // by free_secs
  Millimana cap;                         // in force since the last write
  std::uint64_t rate_nano_per_hour = 0;  // in force since the last write
  TimestampSecs updated = 0;             // the last write
  std::uint64_t remainder = 0;           // see Growth
  Stage stage = Stage::kUnverified;
  Factors factors;
  std::uint64_t sent_day = 0;  // number of the day `sent_today` belongs to
  Millimana sent_today;
  std::uint64_t entry_count = 0;  // items in its history
  bool is_granted = false;        // the start grant was paid
  std::optional<Trim> trim;
  TimestampSecs created = 0;
  Organisation organisation = Organisation::kNone;
  std::uint64_t inputs_day = 0;  // day (block time) the factors were read on; 0: they changed since
  Conduct conduct;
  std::string home;                // organisation it counts with (shares.h); empty: none
  std::uint64_t counted_nano = 0;  // the rate it counts there with

  static constexpr auto fields() {
    using codec::field;
    return described(field("balance", &Account::balance), field("locked", &Account::locked),
                     field("held", &Account::held), field("cap", &Account::cap),
                     field("rate_nano_per_hour", &Account::rate_nano_per_hour),
                     field("updated", &Account::updated), field("remainder", &Account::remainder),
                     field("stage", &Account::stage), field("factors", &Account::factors),
                     field("sent_day", &Account::sent_day), field("sent_today", &Account::sent_today),
                     field("entry_count", &Account::entry_count), field("is_granted", &Account::is_granted),
                     field("trim", &Account::trim), field("created", &Account::created),
                     field("organisation", &Account::organisation), field("inputs_day", &Account::inputs_day),
                     field("conduct", &Account::conduct), field("home", &Account::home),
                     field("counted_nano", &Account::counted_nano));
  }
  bool operator==(const Account&) const = default;
};

struct Passed {
  Millimana regenerated;
  Millimana trimmed;
};

// Lets the time since the last write pass at the rate and cap in force. `now` before it: nothing happens.
// Earned mana above the cap pauses regeneration. Settling in many steps comes to the same as in one.
Passed settle_time(Account& account, TimestampSecs now);

// Computes rate and cap anew from stage, organisation, factors and parameters; settle_time() comes first.
// The factors themselves are those of inputs.h at `inputs_day`. What the balance held below the old cap and
// above the new one is to be trimmed; any change of the cap begins the 30 days of what is left anew.
void refresh(Account& account, const ledger::Parameters& parameters, TimestampSecs started,
             TimestampSecs now);

// The rate as it is without the limit of its organisation's share.
std::uint64_t rate_without_limit(const Account& account, const ledger::Parameters& parameters,
                                 TimestampSecs started, TimestampSecs now);

Millimana held_at(const Account& account, std::uint64_t running_secs);
Millimana available_at(const Account& account, std::uint64_t running_secs);
// Drops what is free.
void drop_free(Account& account, std::uint64_t running_secs);
// When pay that stays held for `hold_secs` is free. Buckets are minutes, or wider so that one account never
// has more than 61 for a window; the end is rounded up.
std::uint64_t free_secs_of(std::uint64_t running_secs, std::uint64_t hold_secs);
// Adds pay that stays held for `hold_secs`.
void hold(Account& account, Millimana amount, std::uint64_t running_secs, std::uint64_t hold_secs);
// Takes pay out of what is free at `free_secs`. False: there is less, and nothing was changed.
bool take_held(Account& account, Millimana amount, std::uint64_t free_secs);

// The most an account may hold after a transfer to it: its cap. An Unverified account, whose cap is 0, may
// receive up to the cap of a Verified one: mana given to somebody new is no right to pass it on.
Millimana receive_limit(const Account& account, const ledger::Parameters& parameters);

// The larger of what stage and organisation give; 0 for who is Unverified.
std::uint32_t kappa_ppm(Stage stage, Organisation organisation, const ledger::Parameters& parameters);
NetworkFactors network_factors(const ledger::Parameters& parameters, TimestampSecs started,
                               TimestampSecs now);

}  // namespace icn::economics
