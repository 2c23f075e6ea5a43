#pragma once

#include "federation/validators.h"
#include "ledger/context.h"

// Changes of members, validators and penalties: proposed by one operator of a validator, approved by others,
// in force with the approval that makes them more than 2/3 of the validators of that moment.
namespace icn::federation {

inline constexpr std::uint64_t kChangeLifetimeSecs = 7 * 86'400;  // running time; of one voted on: no end

// Event types: {change_id, kind, organization, status}; {organization, role}.
inline constexpr std::string_view kChangeEvent = "FederationChange";
// Event type: {organization, name, operator_did} of a new member, {organization, peer} of a new validator; a
// peer that an operator adds by hand is told by its node alone.
inline constexpr std::string_view kNewPeerEvent = "NewFederationPeer";

enum class ChangeStatus { kOpen, kApplied, kExpired };
constexpr auto enum_names(ChangeStatus) {
  return std::array{std::pair(ChangeStatus::kOpen, std::string_view("open")),
                    std::pair(ChangeStatus::kApplied, std::string_view("applied")),
                    std::pair(ChangeStatus::kExpired, std::string_view("expired"))};
}
ChangeStatus status_of(const Change& change, std::uint64_t running_secs);

// Where a change stands: the answer of every transaction that touches one.
struct ChangeResult {
  std::string change_id;
  ChangeStatus status = ChangeStatus::kOpen;
  std::uint64_t approvals = 0;
  std::uint64_t approvals_needed = 0;
  std::uint64_t validators = 0;
  std::uint64_t faults_tolerated = 0;
  static constexpr std::string_view schema_name = "FederationChangeResult";
  static constexpr auto fields() {
    using codec::field;
    return described(field("change_id", &ChangeResult::change_id, "ch_ and 32 hex digits"),
                     field("status", &ChangeResult::status,
                           "open until more than 2/3 of the validators' operators approve"),
                     field("approvals", &ChangeResult::approvals, "of operators of validators"),
                     field("approvals_needed", &ChangeResult::approvals_needed),
                     field("validators", &ChangeResult::validators, "afterwards"),
                     field("faults_tolerated", &ChangeResult::faults_tolerated, "validators that may fail"));
  }
};

// Approvals of those who operate a validator now; each counts once.
std::uint64_t count_approvals(const Change& change, const std::vector<Validator>& validators);

// Whether the change could take effect on this state:
//   no_federation; member_exists, operator_taken; member_not_found, last_validator; validator_exists,
//   validator_key_taken, validators_max; validator_not_found; offence_not_found, penalty_closed
Result<void> check_applies(const ledger::Reader& state, const Change& change);

// Adds the approval of `operator_did`, and applies the change when that makes more than 2/3; writes it. Of
// who approved before it only counts anew: validators may have left since.
//   as check_applies() when it would take effect
Result<ChangeResult> approve(const ledger::ApplyContext& context, ledger::View& view, Change change,
                             const Did& operator_did);
// Writes a change nobody has approved yet.
Result<ChangeResult> open_change(const ledger::ApplyContext& context, ledger::View& view, Change change);
// A change that something else than approvals has brought into force.   change_not_found
Result<void> close_change(const ledger::ApplyContext& context, ledger::View& view, const std::string& id);
// Whether the members decide this by a vote, and operators do not.
bool is_decided_by_vote(const Federation& federation, const Change& change);
// The change for a new proposal of the sender.
Change new_change(const ledger::ApplyContext& context, ChangeKind kind, const Did& organization);

// Makes an organisation a member, outside of any change (an open or invited join). Its operator's stake is
// locked when the change is its own.
Result<void> admit(const ledger::ApplyContext& context, ledger::View& view, const Change& change);

}  // namespace icn::federation
