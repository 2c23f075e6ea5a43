#include "federation/validators.h"

#include <algorithm>
#include <map>
#include <set>

#include "codec/json.h"
#include "federation/directory/profile.h"
#include "federation/directory/trust.h"
#include "federation/errors.h"
#include "federation/stake.h"
#include "governance/members.h"

namespace icn::federation {
namespace {

using ledger::View;

constexpr std::string_view kProofDomain{"icn:validator:v1\0", 17};

Error broken(const std::string& what) { return Error(kRegisterBroken, what); }

Result<bool> is_touched(const View& view, View::Savepoint savepoint) {
  bool touched = false;
  const auto note = [&](ByteView, const std::optional<Bytes>&, const std::optional<Bytes>&) -> Result<void> {
    touched = true;
    return {};
  };
  ICN_TRY(view.changes_since(savepoint, kMembers.schema(), note));
  ICN_TRY(view.changes_since(savepoint, kValidators.schema(), note));
  ICN_TRY(view.changes_since(savepoint, kFederation.schema(), note));
  return touched;
}

Result<void> operator_is_found(const View& view, const Bytes& record) {
  ICN_TRY_ASSIGN(member, codec::decode_record<Member>(record));
  ICN_TRY_ASSIGN(acting, kOperators.get(view, member.operator_did));
  if (acting && acting->organization == member.organization) return {};
  return broken(member.organization.text() + " is not found by its operator");
}

Result<void> register_holds(const View& view, View::Savepoint savepoint) {
  ICN_TRY_ASSIGN(touched, is_touched(view, savepoint));
  if (!touched) return {};
  ICN_TRY_ASSIGN(federation, kFederation.get(view, kFederationKey));
  ICN_TRY_ASSIGN(validators, load_validators(view));
  if (!federation) {  // none yet, or the node has left it and goes on alone
    ICN_TRY_ASSIGN(members, kMembers.scan(view, {}));
    ICN_TRY_ASSIGN(member, members.next());
    if (!member && validators.empty()) return {};
    return broken("members or validators without a federation");
  }
  if (validators.empty() || validators.size() != federation->validator_count)
    return broken("the count of validators is wrong, or there is none");
  std::set<Bytes> keys;
  std::set<Did> operators;
  for (const Validator& each : validators) {
    ICN_TRY_ASSIGN(member, kMembers.get(view, each.organization));
    if (!member || member->role != Role::kValidator || member->operator_did != each.operator_did)
      return broken(each.organization.text() + " validates and is no such member");
    if (!keys.insert(each.public_key.bytes).second || !operators.insert(each.operator_did).second)
      return broken("two validators have one key or operator");
  }
  std::int64_t joined = 0;
  ICN_TRY(view.changes_since(
      savepoint, kMembers.schema(),
      [&](ByteView, const std::optional<Bytes>& before, const std::optional<Bytes>& after) -> Result<void> {
        joined += (after ? 1 : 0) - (before ? 1 : 0);
        return after ? operator_is_found(view, *after) : Result<void>();
      }));
  std::int64_t counted = 0;
  ICN_TRY(view.changes_since(
      savepoint, kFederation.schema(),
      [&](ByteView, const std::optional<Bytes>& before, const std::optional<Bytes>& after) -> Result<void> {
        if (!after) return broken("a federation disappeared and is there");
        ICN_TRY_ASSIGN(newer, codec::decode_record<Federation>(*after));
        counted += static_cast<std::int64_t>(newer.member_count);
        if (!before) return {};
        ICN_TRY_ASSIGN(older, codec::decode_record<Federation>(*before));
        counted -= static_cast<std::int64_t>(older.member_count);
        return {};
      }));
  return joined == counted ? Result<void>() : Result<void>(broken("the count of members is wrong"));
}

Result<void> save(View& view, const Federation& federation) {
  return kFederation.put(view, kFederationKey, federation);
}

}  // namespace

std::vector<storage::TableSchema> tables() {
  return storage::TableSet(kFederation, kMembers, kOperators, kValidators, kChanges, kSpentTickets, kPeople,
                           kOffences, kLeavingStakes, kFormerValidators, kFormerMembers, kCooperatives,
                           kOfferings, kTrustEdges, kTrustCounts)
      .schemas();
}

std::vector<ledger::Invariant> invariants() { return {{"federation.register", &register_holds}}; }

Result<std::vector<Validator>> load_validators(const ledger::Reader& state) {
  ICN_TRY_ASSIGN(rows, kValidators.scan(state, {}));
  std::vector<Validator> out;
  while (true) {
    ICN_TRY_ASSIGN(row, rows.next());
    if (!row) return out;
    out.push_back(std::move(*row));
  }
}

const Validator* find_operator(const std::vector<Validator>& validators, const Did& operator_did) {
  const auto found = std::ranges::find(validators, operator_did, &Validator::operator_did);
  return found == validators.end() ? nullptr : &*found;
}

Result<std::optional<Member>> member_of_operator(const ledger::Reader& state, const Did& operator_did) {
  ICN_TRY_ASSIGN(acting, kOperators.get(state, operator_did));
  if (!acting) return std::optional<Member>();
  return kMembers.get(state, acting->organization);
}

Result<Federation> load_federation(const ledger::Reader& state) {
  ICN_TRY_ASSIGN(found, kFederation.get(state, kFederationKey));
  if (!found)
    return Error(kNoFederation,
                 "the ledger here is of one node alone; `icn federation init` makes it a federation's");
  return std::move(*found);
}

Bytes validator_proof_bytes(std::string_view network, const Did& organization,
                            const crypto::PublicKey& public_key) {
  Bytes out = to_bytes(as_bytes(kProofDomain));
  append(
      out,
      as_bytes(codec::canonical_json(codec::Json::object({{"network", network},
                                                          {"organization", organization.text()},
                                                          {"public_key", hex_encode(public_key.view())}}))));
  return out;
}

Result<void> check_validator_proof(std::string_view network, const Did& organization,
                                   const ValidatorKey& validator) {
  const auto key = crypto::PublicKey::from_bytes(validator.public_key.bytes);
  if (!key.ok()) return Error(kBadValidatorKey, "public_key: " + key.error().detail());
  ICN_TRY_ASSIGN(signature, crypto::Signature::from_bytes(validator.proof.bytes));
  if (crypto::verify(*key, validator_proof_bytes(network, organization, *key), signature)) return {};
  return Error(kBadValidatorKey, "proof: is no signature of public_key for " + organization.text() +
                                     " in network \"" + std::string(network) + "\"");
}

Result<void> put_member(const ledger::BlockContext& block, View& view, Federation& federation, Member member,
                        std::vector<ledger::Event>& events) {
  member.joined_at = block.time;
  ++federation.member_count;
  ICN_TRY(kFormerMembers.erase(view, member.operator_did));
  ICN_TRY(kMembers.put(view, member.organization, member));
  ICN_TRY(kOperators.put(view, member.operator_did, {member.organization}));
  const std::string scope = governance::federation_scope(block.network);
  ICN_TRY(governance::admit(block, view, {scope, member.operator_did, member.operator_did, {}, "", false},
                            events));
  return save(view, federation);
}

Result<void> put_validator(const ledger::BlockContext& block, View& view, Federation& federation,
                           const Member& member, const codec::HexBytes& public_key, const std::string& peer,
                           std::vector<ledger::Event>& events) {
  Member changed = member;
  changed.role = Role::kValidator;
  ICN_TRY(kMembers.put(view, member.organization, changed));
  ICN_TRY(
      kValidators.put(view, member.organization,
                      {member.organization, member.name, member.operator_did, public_key, peer, block.time}));
  ++federation.validator_count;
  const std::string scope = governance::validators_scope(block.network);
  ICN_TRY(governance::admit(block, view, {scope, member.operator_did, member.operator_did, {}, "", false},
                            events));
  return save(view, federation);
}

Result<void> erase_validator(const ledger::BlockContext& block, View& view, Federation& federation,
                             const Did& organization, std::vector<ledger::Event>& events) {
  ICN_TRY_ASSIGN(member, kMembers.get(view, organization));
  if (!member) return Error(kMemberNotFound, organization.text() + " is no member");
  ICN_TRY_ASSIGN(validator, kValidators.get(view, organization));
  if (!validator) return Error(kValidatorNotFound, organization.text() + " has no validator");
  ICN_TRY(keep_answerable(block, view, *validator));
  member->role = Role::kMember;
  ICN_TRY(kMembers.put(view, organization, *member));
  ICN_TRY(kValidators.erase(view, organization));
  ICN_TRY(governance::depart(block, view, governance::validators_scope(block.network),
                             validator->operator_did, events));
  --federation.validator_count;
  return save(view, federation);
}

Result<void> erase_member(const ledger::BlockContext& block, View& view, Federation& federation,
                          const Did& organization, std::vector<ledger::Event>& events) {
  ICN_TRY_ASSIGN(member, kMembers.get(view, organization));
  if (!member) return Error(kMemberNotFound, organization.text() + " is no member");
  ICN_TRY(governance::depart(block, view, governance::federation_scope(block.network), member->operator_did,
                             events));
  ICN_TRY_ASSIGN(validates, kValidators.contains(view, organization));
  ICN_TRY(leave_stake(block, view, *member));
  if (validates) ICN_TRY(erase_validator(block, view, federation, organization, events));
  ICN_TRY(kFormerMembers.put(view, member->operator_did, {organization, block.time}));
  ICN_TRY(kOperators.erase(view, member->operator_did));
  ICN_TRY(kMembers.erase(view, organization));
  --federation.member_count;
  return save(view, federation);
}

Result<std::vector<ledger::ValidatorUpdate>> validator_changes(const ledger::Reader& before,
                                                               const std::vector<storage::Row>& rows) {
  std::map<Bytes, std::uint64_t> power_by_key;
  std::vector<Bytes> added;
  for (const storage::Row& row : rows) {
    if (row.table->id != kValidators.schema().id) continue;
    ICN_TRY_ASSIGN(old, before.get(kValidators.schema(), row.key));
    if (old) {
      ICN_TRY_ASSIGN(validator, codec::decode_record<Validator>(*old));
      power_by_key[validator.public_key.bytes] = 0;
    }
    if (!row.record) continue;
    ICN_TRY_ASSIGN(validator, codec::decode_record<Validator>(*row.record));
    added.push_back(validator.public_key.bytes);
  }
  // A key that leaves one organisation and comes to another in one block stays.
  for (Bytes& key : added) power_by_key[std::move(key)] = ledger::kValidatorPower;
  std::vector<ledger::ValidatorUpdate> out;
  for (const auto& [key, power] : power_by_key) out.push_back({key, power});
  return out;
}

Result<void> genesis_step(const ledger::Genesis& genesis, const ledger::BlockContext& block, View& view) {
  if (!genesis.validators || genesis.validators->empty()) return {};
  Federation federation;
  federation.name = genesis.network;
  federation.founder = genesis.validators->front().organization;
  federation.founded_at = block.time;
  ICN_TRY(kFederation.put(view, kFederationKey, federation));
  std::vector<ledger::Event> events;  // nobody listens yet
  for (const ledger::GenesisValidator& each : *genesis.validators) {
    ICN_TRY_ASSIGN(is_known, kMembers.contains(view, each.organization));
    if (is_known) return Error(kMemberExists, "two validators stand for " + each.organization.text());
    Member member;
    member.organization = each.organization;
    member.name = each.name;
    member.operator_did = each.operator_did;
    ICN_TRY(put_member(block, view, federation, member, events));
    ICN_TRY_ASSIGN(stored, kMembers.get(view, each.organization));
    ICN_TRY(put_validator(block, view, federation, *stored, each.public_key, each.peer, events));
  }
  return {};
}

}  // namespace icn::federation
