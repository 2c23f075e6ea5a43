#pragma once

#include <string>
#include <vector>

#include "credentials/operations.h"
#include "economics/economics_testing.h"
#include "federation/changes.h"
#include "federation/misconduct.h"
#include "federation/tx/bring.h"
#include "federation/tx/contest.h"
#include "federation/tx/depart.h"
#include "federation/tx/init.h"
#include "federation/tx/join.h"
#include "federation/tx/propose.h"
#include "federation/tx/trust.h"
#include "governance/operations.h"
#include "governance/tx/cast_vote.h"
#include "governance/tx/propose.h"
#include "identity/key_resolver.h"
#include "identity/operations.h"
#include "mesh/operations.h"
#include "reputation/appeals.h"

// A federation's ledger in memory: one transaction a block, signed by who is named.
namespace icn::federation::testing {

inline constexpr TimestampSecs kStart = 1'700'000'000;
inline constexpr std::string_view kNetwork = "fed-test";

inline crypto::SecretKey key_named(const std::string& name) {
  return crypto::SecretKey::from_seed(crypto::sha256(as_bytes(name)));
}
// Whoever is named so: a did:key.
inline Did did_named(const std::string& name) { return crypto::did_key(key_named(name).public_key()); }

// As the organisation `name` proposes its validator: its key is that named "<name> validator".
inline ValidatorKey validator_key(const std::string& name, std::string_view network = kNetwork) {
  const crypto::SecretKey key = key_named(name + " validator");
  const auto proof = key.sign(validator_proof_bytes(network, did_named(name), key.public_key()));
  return {{to_bytes(key.public_key().view())}, "id-of-" + name + "@127.0.0.1:1", {to_bytes(proof.view())}};
}

// The members vouch for their own people.
inline Result<std::optional<Did>> vouches_for(const storage::Reader& state, const Did& operator_did) {
  ICN_TRY_ASSIGN(member, member_of_operator(state, operator_did));
  return member ? std::optional<Did>(member->organization) : std::nullopt;
}

inline ledger::Rules rules() {
  using ledger::make_transaction_type;
  std::vector<ledger::TransactionType> types{
      make_transaction_type<InitFederation>(100, "federation.init", false, ""),
      make_transaction_type<ProposeChange>(101, "federation.propose", false, ""),
      make_transaction_type<ApproveChange>(102, "federation.approve", false, ""),
      make_transaction_type<JoinFederation>(103, "federation.join", false, ""),
      make_transaction_type<LeaveFederation>(104, "federation.leave", false, ""),
      make_transaction_type<BringRecords>(105, "federation.bring", false, ""),
      make_transaction_type<SealLedger>(106, "federation.seal", false, ""),
      make_transaction_type<DepartFromFederation>(107, "federation.depart", false, ""),
      make_transaction_type<ContestPenalty>(108, "federation.contest", false, ""),
      make_transaction_type<SetTrust>(111, "cooperative.trust", false, ""),
      make_transaction_type<governance::Propose>(122, "governance.propose", false, ""),
      make_transaction_type<governance::CastVote>(130, "governance.vote", false, "")};
  std::vector<ledger::Invariant> held = identity::invariants();
  for (const ledger::Invariant& each : invariants()) held.push_back(each);
  for (const ledger::Invariant& each : governance::invariants()) held.push_back(each);
  held.push_back(economics::conservation_invariant());
  std::vector<ledger::DueHandler> due = due_handlers();
  for (const ledger::DueHandler& each : governance::due_handlers()) due.push_back(each);
  ledger::Rules out{ledger::TransactionTypes(std::move(types)), std::move(due),         std::move(held),
                    {&economics::genesis_step, &genesis_step},  &identity::resolve_key, economics::economy()};
  out.economy.vouches_for = &vouches_for;
  out.validator_changes = &validator_changes;
  return out;
}

inline std::vector<storage::TableSchema> all_tables() {
  storage::TableSet set;
  for (const auto& table : economics::tables()) set.add(table);
  for (const auto& table : ledger::own_tables()) set.add(table);
  for (const auto& table : identity::tables()) set.add(table);
  for (const auto& table : reputation::tables()) set.add(table);
  for (const auto& table : governance::tables()) set.add(table);
  for (const auto& table : credentials::tables()) set.add(table);
  for (const auto& table : mesh::tables()) set.add(table);
  for (const auto& table : tables()) set.add(table);
  return set.schemas();
}

inline ledger::Genesis genesis_of(const std::vector<std::string>& validators) {
  ledger::Genesis out{std::string(kNetwork), "development", did_named("operator"), kStart, {}, {}};
  for (const std::string& name : validators) {
    if (!out.validators) out.validators.emplace();
    const ValidatorKey key = validator_key(name);
    out.validators->push_back({name, did_named(name), did_named(name), key.public_key, key.peer});
  }
  return out;
}

class TestLedger : public economics::testing::TestLedger {
 public:
  // Begins with a validator of each of these organisations; with none it is of one node alone, whose operator
  // is the one named "operator".
  explicit TestLedger(const std::vector<std::string>& validators)
      : economics::testing::TestLedger(genesis_of(validators), testing::rules(), all_tables()) {
    before_write = [this](const ledger::ExecutedBlock& block) {
      updates_ = rules().validator_changes(store(), block.rows).value();
      events_ = block.events;
    };
  }

  // Of the newest block.
  const std::vector<ledger::ValidatorUpdate>& updates() const { return updates_; }
  // The data of its first event of this type; empty: there is none.
  std::string event(std::string_view type) const {
    for (const ledger::Event& each : events_) {
      if (each.type == type) return each.data;
    }
    return "";
  }

  // The outcome: "ok", or the code of the refusal; `output` gets what it answered.
  std::string submit(const std::string& sender, std::string_view type, const codec::Json& body) {
    const auto made = try_make(did_named(sender), type, codec::write_json(body));
    if (!made.ok()) return std::string(made.error().code());
    const ledger::ExecutedBlock block = run({&*made, 1});
    const ledger::Outcome& outcome = block.outcomes.front();
    output = outcome.ok ? codec::parse_json(outcome.output).value() : codec::Json();
    return outcome.ok ? "ok" : outcome.code;
  }

  std::string text(std::string_view member) const {
    const codec::Json* found = output.find(member);
    if (found == nullptr) return "absent";
    return found->string() != nullptr ? *found->string() : found->number()->text;
  }
  std::string change_id() const { return text("change_id"); }

  codec::Json output;

 private:
  std::vector<ledger::ValidatorUpdate> updates_;
  std::vector<ledger::Event> events_;
};

inline codec::Json change(std::string_view kind, const std::string& organization) {
  return codec::Json::object({{"kind", kind}, {"organization", did_named(organization).text()}});
}
inline codec::Json admit(const std::string& organization) {
  codec::Json body = change("admit_member", organization);
  body.set("name", organization);
  body.set("operator_did", did_named(organization).text());
  return body;
}
inline codec::Json add_validator(const std::string& organization) {
  codec::Json body = change("add_validator", organization);
  body.set("validator", codec::to_json(validator_key(organization)));
  return body;
}
inline codec::Json approval(const std::string& change_id) {
  return codec::Json::object({{"change_id", change_id}});
}

}  // namespace icn::federation::testing
