#pragma once

#include <memory>
#include <string>
#include <vector>

#include "crypto/key_text.h"
#include "federation/changes.h"
#include "federation/tx/bring.h"
#include "federation/tx/depart.h"
#include "federation/tx/init.h"
#include "federation/tx/join.h"
#include "federation/tx/propose.h"
#include "federation/tx/trust.h"
#include "identity/key_resolver.h"
#include "identity/operations.h"
#include "ledger/block_executor.h"
#include "ledger/state.h"
#include "storage/memory/memory_engine.h"

// A federation's ledger in memory: one transaction a block, signed by who is named.
namespace icn::federation::testing {

inline constexpr TimestampSecs kStart = 1'700'000'000;
inline constexpr std::string_view kNetwork = "fed-test";

inline crypto::SecretKey key_named(const std::string& name) {
  return crypto::SecretKey::from_seed(crypto::sha256(as_bytes(name)));
}
// Whoever is named so: a did:key.
inline Did did_named(const std::string& name) { return crypto::did_key(key_named(name).public_key()); }

inline Result<void> burn_nothing(const ledger::BlockContext&, ledger::View&, const Did&, Millimana,
                                 std::string_view, const std::string&) {
  return {};
}
inline Result<bool> has_no_account(const ledger::View&, const Did&) { return false; }
inline Result<void> grant_nothing(const ledger::BlockContext&, ledger::View&, const Did&,
                                  const std::string&) {
  return {};
}

// As the organisation `name` proposes its validator: its key is that named "<name> validator".
inline ValidatorKey validator_key(const std::string& name, std::string_view network = kNetwork) {
  const crypto::SecretKey key = key_named(name + " validator");
  const auto proof = key.sign(validator_proof_bytes(network, did_named(name), key.public_key()));
  return {{to_bytes(key.public_key().view())}, "id-of-" + name + "@127.0.0.1:1", {to_bytes(proof.view())}};
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
      make_transaction_type<SetTrust>(111, "cooperative.trust", false, "")};
  std::vector<ledger::Invariant> held = identity::invariants();
  for (const ledger::Invariant& each : invariants()) held.push_back(each);
  ledger::Rules out{ledger::TransactionTypes(std::move(types)),
                    {},
                    std::move(held),
                    {&genesis_step},
                    &identity::resolve_key,
                    {&burn_nothing, &has_no_account, &grant_nothing}};
  out.validator_changes = &validator_changes;
  return out;
}

inline std::vector<storage::TableSchema> all_tables() {
  storage::TableSet set;
  for (const auto& table : ledger::own_tables()) set.add(table);
  for (const auto& table : identity::tables()) set.add(table);
  for (const auto& table : tables()) set.add(table);
  return set.schemas();
}

class TestLedger {
 public:
  // Begins with a validator of each of these organisations; with none it is of one node alone, whose operator
  // is the one named "operator".
  explicit TestLedger(const std::vector<std::string>& validators)
      : rules_(rules()), executor_(rules_), store_(engine_.open(all_tables()).value()) {
    ledger::Genesis genesis{std::string(kNetwork), "development", did_named("operator"), kStart};
    for (const std::string& name : validators) {
      if (!genesis.validators) genesis.validators.emplace();
      const ValidatorKey key = validator_key(name);
      genesis.validators->push_back({name, did_named(name), did_named(name), key.public_key, key.peer});
    }
    auto block = executor_.genesis(genesis, *store_);
    ICN_ASSERT(block.ok());
    take(*block);
  }

  void advance(std::uint64_t secs) { now_ += secs; }
  storage::Store& store() { return *store_; }
  // Of the newest block.
  const std::vector<ledger::ValidatorUpdate>& updates() const { return updates_; }

  // The outcome: "ok", or the code of the refusal; `output` gets what it answered.
  std::string submit(const std::string& sender, std::string_view type, codec::Json body) {
    ledger::Transaction transaction;
    transaction.network = kNetwork;
    transaction.sender = did_named(sender);
    transaction.key = crypto::did_key_method(key_named(sender).public_key());
    transaction.nonce.bytes = random_.bytes(16);
    transaction.type = type;
    transaction.body = std::move(body);
    transaction.expires = now_ + 60;
    transaction.signature.bytes = Bytes(64);
    auto checked = ledger::CheckedTransaction::from_json(rules_.types, codec::to_json(transaction));
    if (!checked.ok()) return std::string(checked.error().code());
    (*checked)->set_verified_key(key_named(sender).public_key());
    const std::shared_ptr<const ledger::CheckedTransaction> one = std::move(checked).value();
    auto block = executor_.execute(head_, *store_, now_, {&one, 1});
    ICN_ASSERT(block.ok());
    updates_ = rules_.validator_changes(*store_, block->rows).value();
    take(*block);
    const ledger::Outcome& outcome = block->outcomes.front();
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
  void take(ledger::ExecutedBlock& block) {
    head_ = block.head;
    ICN_ASSERT(store_->write(block.rows, storage::Durability::kBuffered).ok());
  }

  ledger::Rules rules_;
  ledger::BlockExecutor executor_;
  storage::MemoryEngine engine_;
  std::unique_ptr<storage::Store> store_;
  ledger::Head head_;
  TimestampSecs now_ = kStart;
  SeededRandom random_{7};
  std::vector<ledger::ValidatorUpdate> updates_;
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
