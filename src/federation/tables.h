#pragma once

#include "federation/leaving_stake.h"
#include "federation/offence.h"
#include "federation/records.h"
#include "ledger/tables.h"

// Tables 100 to 119.
namespace icn::federation {

// The member whose operator one is. Key: the operator.
struct ActingFor {
  Did organization;
  static constexpr auto fields() {
    return codec::described(codec::field("organization", &ActingFor::organization));
  }
};

inline std::optional<Bytes> validator_key_index(const Validator& validator) {
  return ledger::key_of(validator.public_key.bytes);
}
inline std::optional<Bytes> change_time_index(const Change& change) {
  return ledger::key_of(change.proposed_at, change.sequence);
}

inline const ledger::Table<std::string, Federation> kFederation{100, "federation"};
inline const ledger::Table<Did, Member> kMembers{101, "federation_members"};
// By operator: asked for each bid, so a row and no index of kMembers.
inline const ledger::Table<Did, ActingFor> kOperators{114, "federation_operators"};
inline const ledger::Table<Did, Validator> kValidators{
    102, "federation_validators", {{"idx_federation_validators_key", &validator_key_index}}};
inline const ledger::Table<std::string, Change> kChanges{
    103, "federation_changes", {{"idx_federation_changes_time", &change_time_index}}};

inline const ledger::Table<Bytes, SpentTicket> kSpentTickets{104, "federation_spent_tickets"};
inline const ledger::Table<std::tuple<Did, Did>, Person> kPeople{105, "federation_people"};

inline const ledger::Table<std::string, LeavingStake> kLeavingStakes{107, "federation_leaving_stakes"};
inline const ledger::Table<Bytes, FormerValidator> kFormerValidators{108, "federation_former_validators"};

inline const ledger::Table<Did, FormerMember> kFormerMembers{109, "federation_former_members"};

using OffenceKey = std::tuple<Bytes, std::uint64_t, std::string>;
inline const ledger::Table<OffenceKey, Offence> kOffences{106, "federation_offences"};

inline const std::string kFederationKey = "federation";

std::vector<storage::TableSchema> tables();

}  // namespace icn::federation
