#pragma once

#include <vector>

#include "crypto/ed25519.h"
#include "federation/tables.h"
#include "ledger/rules.h"

// Who validates, and what it takes to change that. Source: domain.md 10.
namespace icn::federation {

inline constexpr std::size_t kValidatorsMax = 100;

// How many of `validators` may fail, or lie, and the network goes on: n >= 3f + 1.
constexpr std::uint64_t faults_tolerated(std::uint64_t validators) {
  return validators == 0 ? 0 : (validators - 1) / 3;
}
// Approvals that are more than 2/3 of `validators`: exactly 2/3 are too few.
constexpr std::uint64_t approvals_needed(std::uint64_t validators) { return validators * 2 / 3 + 1; }

// In order of their organisations.
Result<std::vector<Validator>> load_validators(const ledger::Reader& state);
// The one that `operator_did` operates; none: it operates none.
const Validator* find_operator(const std::vector<Validator>& validators, const Did& operator_did);
// The member that `operator_did` acts for; none: it acts for none.
Result<std::optional<Member>> member_of_operator(const ledger::Reader& state, const Did& operator_did);
// no_federation
Result<Federation> load_federation(const ledger::Reader& state);

// What the key of a validator signs to show that who names it has it:
//   "icn:validator:v1" 0x00 + canonical JSON {"network", "organization", "public_key" (hex)}
Bytes validator_proof_bytes(std::string_view network, const Did& organization,
                            const crypto::PublicKey& public_key);
// bad_validator_key
Result<void> check_validator_proof(std::string_view network, const Did& organization,
                                   const ValidatorKey& validator);

// Write a row and keep role and counts; the caller has checked that they may. The operator of a member speaks
// for it in the federation's scope of governance, and that of a validator among the validators too.
Result<void> put_member(const ledger::BlockContext& block, ledger::View& view, Federation& federation,
                        Member member, std::vector<ledger::Event>& events);
Result<void> put_validator(const ledger::BlockContext& block, ledger::View& view, Federation& federation,
                           const Member& member, const codec::HexBytes& public_key, const std::string& peer,
                           std::vector<ledger::Event>& events);
// It answers for its key a while longer (stake.h).
Result<void> erase_validator(const ledger::BlockContext& block, ledger::View& view, Federation& federation,
                             const Did& organization, std::vector<ledger::Event>& events);
// With its validator, if it has one. Its stake comes free later.
Result<void> erase_member(const ledger::BlockContext& block, ledger::View& view, Federation& federation,
                          const Did& organization, std::vector<ledger::Event>& events);

// Rules::validator_changes.
Result<std::vector<ledger::ValidatorUpdate>> validator_changes(const ledger::Reader& before,
                                                               const std::vector<storage::Row>& rows);
// Block 0 of a network that begins with validators.
Result<void> genesis_step(const ledger::Genesis& genesis, const ledger::BlockContext& block,
                          ledger::View& view);
// "federation.register": counts are right; each member is found by its operator; each validator is a member
// with that role, of one key and operator; there is one at least.
std::vector<ledger::Invariant> invariants();

}  // namespace icn::federation
