#include "registry/rules.h"

#include <algorithm>

#include "consensus/cometbft/engine_state.h"
#include "credentials/operations.h"
#include "credentials/staged_blocks.h"
#include "credentials/tables.h"
#include "credentials/tx/anchor_disclosure.h"
#include "credentials/tx/change_status.h"
#include "credentials/tx/issue.h"
#include "credentials/tx/register_schema.h"
#include "dag/tables.h"
#include "dag/tx/charge.h"
#include "economics/conservation.h"
#include "economics/economy.h"
#include "economics/tx/contest.h"
#include "economics/tx/declare.h"
#include "economics/tx/grant.h"
#include "economics/tx/transfer.h"
#include "economics/tx/vouch.h"
#include "federation/affiliation.h"
#include "federation/directory/profile.h"
#include "federation/directory/trust.h"
#include "federation/misconduct.h"
#include "federation/tx/bring.h"
#include "federation/tx/contest.h"
#include "federation/tx/depart.h"
#include "federation/tx/init.h"
#include "federation/tx/join.h"
#include "federation/tx/propose.h"
#include "federation/tx/register.h"
#include "federation/tx/trust.h"
#include "federation/validators.h"
#include "governance/operations.h"
#include "governance/tables.h"
#include "governance/tx/amend.h"
#include "governance/tx/cast_vote.h"
#include "governance/tx/declare_emergency.h"
#include "governance/tx/delegate.h"
#include "governance/tx/dispute.h"
#include "governance/tx/enroll.h"
#include "governance/tx/judge_objection.h"
#include "governance/tx/propose.h"
#include "governance/tx/reveal_vote.h"
#include "governance/tx/veto.h"
#include "http/authentication/api_keys.h"
#include "http/authentication/invitations.h"
#include "http/idempotency.h"
#include "identity/guardianship.h"
#include "identity/key_resolver.h"
#include "identity/operations.h"
#include "identity/tables.h"
#include "identity/tx/change_services.h"
#include "identity/tx/create_did.h"
#include "identity/tx/deactivate_did.h"
#include "identity/tx/manage_did.h"
#include "identity/tx/recover.h"
#include "identity/tx/rotate_key.h"
#include "identity/tx/set_controllers.h"
#include "identity/tx/set_guardians.h"
#include "ledger/api/kept_writes.h"
#include "ledger/block.h"
#include "ledger/light_proof.h"
#include "ledger/state.h"
#include "ledger/tx/take_checkpoint.h"
#include "mesh/operations.h"
#include "mesh/tables.h"
#include "mesh/tx/assign.h"
#include "mesh/tx/cancel.h"
#include "mesh/tx/claim.h"
#include "mesh/tx/confirm.h"
#include "mesh/tx/judge.h"
#include "mesh/tx/object.h"
#include "mesh/tx/settle.h"
#include "mesh/tx/start.h"
#include "mesh/tx/submit.h"
#include "mesh/tx/withdraw.h"
#include "network/ban_store.h"
#include "reputation/tx/appeal.h"
#include "reputation/tx/attest.h"
#include "reputation/tx/endorse.h"

namespace icn::registry {
namespace {

// The members of a federation vouch for their own people; in a network that is none its operator does.
Result<std::optional<Did>> vouches_for(const storage::Reader& state, const Did& operator_did) {
  ICN_TRY_ASSIGN(member, federation::member_of_operator(state, operator_did));
  if (member) return std::optional<Did>(member->organization);
  return economics::vouching_network(state, operator_did);
}

// Whoever has a new DID made: where membership is open a member, who has the start grant as such.
Result<void> grant_start(const ledger::BlockContext& block, ledger::View& view, const Did& did,
                         const std::string& reference) {
  ICN_TRY(economics::economy().grant_start(block, view, did, reference));
  return governance::welcome(block, view, did);
}

ledger::Economy economy() {
  ledger::Economy out = economics::economy();
  out.vouches_for = &vouches_for;
  out.grant_start = &grant_start;
  return out;
}

// Federations stand above jobs: who is in which comes to the choice of executors from here.
template <typename Type>
struct Composed : Type {};
template <>
struct Composed<mesh::AssignJobs> : mesh::AssignJobs {
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view) {
    return apply_with(context, body, view, &federation::find_affiliation);
  }
};

// "SCOPE DID": that somebody is a member of a scope. Neither holds a space.
ledger::ProofSubject membership_subject() {
  return {"membership", &governance::kMembers.schema(),
          [](std::string_view id) {
            const std::size_t space = std::min(id.find(' '), id.size());
            const std::string_view did = id.substr(std::min(space + 1, id.size()));
            return ledger::key_of(std::string(id.substr(0, space)), Did(std::string(did)));
          },
          [](ByteView bytes) -> Result<codec::Json> {
            ICN_TRY_ASSIGN(record, codec::decode_record<governance::Member>(bytes));
            return codec::to_json(record);
          }};
}

// What every transaction is held to before its own rules.
template <typename Type>
struct Held : Type {
  static Result<void> precheck(const ledger::ApplyContext& context, const typename Type::Body& body,
                               const ledger::View& view) {
    ICN_TRY(identity::check_not_frozen(context, view));
    return Type::precheck(context, body, view);
  }
};

}  // namespace

ledger::Rules rules() {
  std::vector<ledger::TransactionType> types;
#define TRANSACTION(number, type, name, governable, doc) \
  types.push_back(ledger::make_transaction_type<Held<Composed<type>>>(number, name, governable, doc));
#include "registry/transactions.def"
#undef TRANSACTION
  std::vector<ledger::Invariant> invariants = identity::invariants();
  invariants.push_back(economics::conservation_invariant());
  for (const ledger::Invariant& invariant : credentials::invariants()) invariants.push_back(invariant);
  for (const ledger::Invariant& invariant : mesh::invariants()) invariants.push_back(invariant);
  for (const ledger::Invariant& invariant : federation::invariants()) invariants.push_back(invariant);
  for (const ledger::Invariant& invariant : governance::invariants()) invariants.push_back(invariant);
  std::vector<ledger::DueHandler> due = mesh::due_handlers();
  for (const ledger::DueHandler& each : identity::due_handlers()) due.push_back(each);
  for (const ledger::DueHandler& each : credentials::due_handlers()) due.push_back(each);
  for (const ledger::DueHandler& each : governance::due_handlers()) due.push_back(each);
  for (const ledger::DueHandler& each : federation::due_handlers()) due.push_back(each);
  for (const ledger::DueHandler& each : economics::due_handlers()) due.push_back(each);
  for (const ledger::DueHandler& each : reputation::due_handlers()) due.push_back(each);
  ledger::Rules out{ledger::TransactionTypes(std::move(types)),
                    std::move(due),
                    std::move(invariants),
                    {&economics::genesis_step, &federation::genesis_step},
                    &identity::resolve_key,
                    economy()};
  out.economic_totals = &economics::checkpoint_totals;
  out.proof_subjects = {ledger::proof_subject<economics::kAccounts>("balance"),
                        ledger::proof_subject<identity::kDocuments>("did"),
                        ledger::proof_subject<mesh::kJobs>("job"),
                        ledger::proof_subject<federation::kMembers>("member"),
                        ledger::proof_subject<governance::kProposals>("tally"),
                        membership_subject()};
  out.indexers = {ledger::table_indexer<identity::kOperations>(),
                  ledger::table_indexer<credentials::kCredentials>(),
                  ledger::table_indexer<mesh::kJobs>(),
                  ledger::table_indexer<federation::kValidators>(),
                  ledger::table_indexer<federation::kChanges>(),
                  ledger::table_indexer<federation::kCooperatives>(),
                  ledger::table_indexer<federation::kTrustEdges>()};
  for (const ledger::TableIndexer& each : governance::indexers()) out.indexers.push_back(each);
  out.validator_changes = &federation::validator_changes;
  out.punish = &federation::punish;
  return out;
}

std::vector<storage::TableSchema> ledger_tables() {
  storage::TableSet tables;
  for (const auto& table : economics::tables()) tables.add(table);
  for (const auto& table : ledger::own_tables()) tables.add(table);
  for (const auto& table : identity::tables()) tables.add(table);
  for (const auto& table : credentials::tables()) tables.add(table);
  tables.add(credentials::StagedBlocks::table());
  for (const auto& table : mesh::tables()) tables.add(table);
  for (const auto& table : federation::tables()) tables.add(table);
  for (const auto& table : governance::tables()) tables.add(table);
  for (const auto& table : reputation::tables()) tables.add(table);
  for (const auto& table : consensus::cometbft_tables()) tables.add(table);
  return tables.schemas();
}

std::vector<storage::TableSchema> node_tables() {
  storage::TableSet tables;
  for (const auto& table : identity::node_tables()) tables.add(table);
  for (const auto& table : dag::tables()) tables.add(table);
  for (const auto& table : mesh::node_tables()) tables.add(table);
  tables.add(http::ApiKeys::table());
  tables.add(http::IdempotencyStore::table());
  tables.add(http::Invitations::table());
  tables.add(ledger::KeptWrites::table());
  tables.add(network::BanStore::table());
  return tables.schemas();
}

std::vector<ledger::TableIndexer> node_indexers() {
  return {ledger::table_indexer<dag::kPins>(), ledger::table_indexer<dag::kStaged>(),
          ledger::TableIndexer{http::Invitations::table().id, &http::Invitations::index_values}};
}

}  // namespace icn::registry
