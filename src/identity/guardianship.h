#pragma once

#include "identity/document.h"
#include "ledger/due.h"
#include "ledger/parameters.h"
#include "ledger/view.h"

// Guardians give a DID whose keys are lost or stolen a new key: enough of them approve within a day, then it
// waits a week, in which any key of the DID can take it back. Source: domain.md 3, "Recovery".
namespace icn::identity {

inline constexpr std::size_t kGuardiansMax = 9;
inline constexpr std::uint64_t kRecoveryDelaySecs = 7 * 86'400;  // unless a set of guardians says another
inline constexpr std::uint64_t kRecoveryDelayMaxSecs = 90 * 86'400;

// The periods that the network's parameters `identity.recovery_*`, `identity.cancellation_window_secs` and
// `identity.freeze_secs` set.
struct RecoveryPeriods {
  std::uint64_t approval_secs = 0;             // within which enough approve
  std::uint64_t delay_min_secs = 0;            // the least, and that of a change of guardians
  std::uint64_t cancellation_window_secs = 0;  // two within it freeze the DID's keys ...
  std::uint64_t freeze_secs = 0;               // ... for so long, or until it is recovered
};
RecoveryPeriods recovery_periods(const ledger::Parameters& parameters);

struct GuardianSet {
  std::vector<Did> guardians;  // empty: none
  std::uint32_t threshold = 0;
  std::uint64_t delay_secs = kRecoveryDelaySecs;
  static constexpr auto fields() {
    using codec::field;
    return described(field("guardians", &GuardianSet::guardians), field("threshold", &GuardianSet::threshold),
                     field("delay_secs", &GuardianSet::delay_secs));
  }
};

// That guardians want `new_key` to be the DID's. Key (DID, bytes of the key).
struct Recovery {
  Did did;
  codec::HexBytes new_key;
  TimestampSecs opened_at = 0;
  std::vector<Did> approvals;
  bool is_waiting = false;  // enough approved: it takes effect when it is due; else it lapses then
  std::uint64_t due_running_secs = 0;
  TimestampSecs due_at = 0;     // the same for people
  codec::HexBytes transaction;  // that opened it
  KeyId signed_by;
  static constexpr auto fields() {
    using codec::field;
    return described(field("did", &Recovery::did), field("new_key", &Recovery::new_key),
                     field("opened_at", &Recovery::opened_at), field("approvals", &Recovery::approvals),
                     field("is_waiting", &Recovery::is_waiting),
                     field("due_running_secs", &Recovery::due_running_secs),
                     field("due_at", &Recovery::due_at), field("transaction", &Recovery::transaction),
                     field("signed_by", &Recovery::signed_by));
  }
};

// Key: DID. `next` waits on while a recovery waits, and goes when that takes effect: who stole a key before
// may have named it.
struct Guardianship {
  GuardianSet now;
  std::optional<GuardianSet> next;
  std::uint64_t next_due_running_secs = 0;   // of `next`
  TimestampSecs next_at = 0;                 // the same for people: standstills move it
  std::vector<TimestampSecs> cancellations;  // within the window
  TimestampSecs frozen_until = 0;
  std::optional<Recovery> contested;  // the one whose cancellation froze the keys, until that is decided
  static constexpr auto fields() {
    using codec::field;
    return described(
        field("now", &Guardianship::now), field("next", &Guardianship::next),
        field("next_due_running_secs", &Guardianship::next_due_running_secs),
        field("next_at", &Guardianship::next_at), field("cancellations", &Guardianship::cancellations),
        field("frozen_until", &Guardianship::frozen_until), field("contested", &Guardianship::contested));
  }
};

inline const ledger::Table<Did, Guardianship> kGuardianships{26, "identity_guardians"};
inline const ledger::Table<std::tuple<Did, Bytes>, Recovery> kRecoveries{27, "identity_recoveries"};

// Event types: {did, new_key, state}; {did}.
inline constexpr std::string_view kRecoveryChanged = "DidRecoveryChanged";
inline constexpr std::string_view kGuardiansChanged = "DidGuardiansChanged";
inline constexpr std::string_view kRecoveryDue = "identity.recovery";
inline constexpr std::string_view kGuardiansDue = "identity.guardians";
// A DID's keys were frozen: due in the next block, id the DID. Whoever decides such cases handles it.
inline constexpr std::string_view kFrozenDue = "identity.frozen";

std::vector<ledger::DueHandler> due_handlers();

// People: 3 to 9 guardians, a threshold of 3 at least and more than half. Organisations: 2 to 9, 2 at least
// and more than half. No guardians and a threshold of 0 end it.
//   bad_guardians, I001, unsupported_did_method; not_recoverable: devices and services have controllers
// The least delay is a parameter: see check_delay().
Result<void> check_guardians(const Did& did, IdentityType type, const GuardianSet& set);

// bad_guardians: less than identity.recovery_delay_secs.
Result<void> check_delay(const ledger::Parameters& parameters, const GuardianSet& set);

// All of a DID, in order of their keys.
Result<std::vector<Recovery>> recoveries_of(const ledger::Reader& state, const Did& did);
// Keeps it, to be due in `due_in_secs`.
Result<void> write_recovery(const ledger::BlockContext& block, ledger::View& view, Recovery recovery,
                            std::uint64_t due_in_secs);
// Forgets it and what is due of it.
Result<void> erase_recovery(ledger::View& view, const Recovery& recovery);
// The contested recovery of a frozen DID, while it is frozen; none: nothing is to be decided.
Result<std::optional<Recovery>> contested_recovery(const ledger::BlockContext& block,
                                                   const ledger::Reader& state, const Did& did);
// What arbitration found: its guardians are right and the contested key becomes the DID's, or its keys are,
// which are free again and lose the cancellations held against them. Without a case nothing happens.
Result<void> decide_contested(const ledger::BlockContext& block, ledger::View& view, const Did& did,
                              bool are_guardians_right, std::vector<ledger::Event>& events);
void announce_recovery(std::vector<ledger::Event>& events, const Recovery& recovery, std::string_view state);

// did_frozen, for all types but those of ballots: somebody who has a key of the DID took back two recoveries.
Result<void> check_not_frozen(const ledger::ApplyContext& context, const ledger::View& view);

}  // namespace icn::identity
