#pragma once

#include <map>
#include <memory>
#include <string>

#include "crypto/key_text.h"
#include "identity/errors.h"
#include "identity/guardianship.h"
#include "identity/key_proof.h"
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
#include "ledger/block_executor.h"
#include "ledger/errors.h"
#include "ledger/state.h"
#include "storage/memory/memory_engine.h"

// Shared by the tests of this folder: a ledger of one block a transaction, with accounts that only count.
namespace icn::identity::testing {

inline constexpr TimestampSecs kGenesisTime = 1'700'000'000;
inline constexpr ErrorKind kNoMana{Category::kPayment, "exceeds_balance", "not enough mana"};

struct Balance {
  std::int64_t millimana = 0;
  static constexpr auto fields() { return described(codec::field("millimana", &Balance::millimana)); }
};
inline const ledger::Table<Did, Balance> kBalances{59, "test_balances"};

inline Result<void> burn_fee(const ledger::BlockContext&, ledger::View& view, const Did& payer, Millimana fee,
                             std::string_view, const std::string&) {
  ICN_TRY_ASSIGN(balance, kBalances.get(view, payer));
  if (!balance || balance->millimana < fee.value) return Error(kNoMana, payer.text() + " has too little");
  return kBalances.put(view, payer, {balance->millimana - fee.value});
}
inline Result<bool> has_account(const ledger::View& view, const Did& did) {
  return kBalances.contains(view, did);
}
inline Result<void> grant_start(const ledger::BlockContext&, ledger::View& view, const Did& did,
                                const std::string&) {
  return kBalances.put(view, did, {1'750'000});
}

// As the registry does it.
template <typename Type>
struct Held : Type {
  static Result<void> precheck(const ledger::ApplyContext& context, const typename Type::Body& body,
                               const ledger::View& view) {
    ICN_TRY(check_not_frozen(context, view));
    return Type::precheck(context, body, view);
  }
};

inline ledger::Rules make_rules() {
  using ledger::make_transaction_type;
  return {ledger::TransactionTypes({
              make_transaction_type<Held<CreateDid>>(20, "identity.create", false, "makes a DID"),
              make_transaction_type<Held<RotateKey>>(21, "identity.rotate", false, "gives it a new key"),
              make_transaction_type<Held<DeactivateDid>>(22, "identity.deactivate", false, "ends it"),
              make_transaction_type<Held<ChangeServices>>(23, "identity.services", false, "its services"),
              make_transaction_type<Held<SetControllers>>(28, "identity.controllers", false, "controllers"),
              make_transaction_type<Held<ManageDid>>(29, "identity.manage", false, "by a controller"),
              make_transaction_type<Held<SetGuardians>>(30, "identity.guardians", false, "guardians"),
              make_transaction_type<Held<RecoverDid>>(31, "identity.recover", false, "asks for a key"),
              make_transaction_type<Held<ApproveRecovery>>(32, "identity.approve_recovery", false, "agrees"),
              make_transaction_type<Held<CancelRecovery>>(33, "identity.cancel_recovery", false, "stops it"),
          }),
          due_handlers(),
          invariants(),
          {},
          &resolve_key,
          {&burn_fee, &has_account, &grant_start}};
}

// A key that follows from its name.
inline crypto::SecretKey key_named(const std::string& name) {
  return crypto::SecretKey::from_seed(crypto::sha256(as_bytes(name)));
}
inline Bytes nonce_named(const std::string& name) {
  return to_bytes(ByteView(crypto::sha256(as_bytes("nonce " + name))).first(16));
}

class TestLedger {
 public:
  explicit TestLedger(bool is_development = false, std::string network = "test")
      : rules_(make_rules()), network_(std::move(network)) {
    std::vector<storage::TableSchema> schemas = tables();
    for (const auto& schema : {ledger::kParameters.schema(), ledger::kClock.schema(), ledger::kDue.schema(),
                               ledger::kNetwork.schema(), ledger::kTransactionPlaces.schema(),
                               ledger::kHeaders.schema(), ledger::kBodies.schema(), kBalances.schema()}) {
      schemas.push_back(schema);
    }
    store_ = engine_.open(schemas).value();
    const ledger::Genesis genesis{network_, is_development ? "development" : "production",
                                  crypto::did_key(key_named("operator").public_key()), kGenesisTime};
    take(ledger::BlockExecutor(rules_).genesis(genesis, *store_));
  }

  storage::Store& store() { return *store_; }
  TimestampSecs time() const { return time_; }
  void advance(std::uint64_t secs) { time_ += secs; }
  const std::vector<std::string>& failures() const { return failures_; }
  const std::vector<ledger::Event>& events() const { return events_; }

  void set_balance(const Did& did, std::int64_t millimana) {
    storage::StoreSpace space(*store_, storage::Durability::kBuffered);
    ICN_ASSERT(kBalances.put(space, did, {millimana}).ok());
  }
  std::int64_t balance(const Did& did) {
    const auto found = kBalances.get(*store_, did).value();
    return found ? found->millimana : -1;
  }

  // What the gateway and the executor make of it: its output as JSON.
  Result<std::string> submit_any(const Did& sender, const KeyId& key_id, const crypto::SecretKey& key,
                                 std::string_view type, codec::Json body) {
    ledger::Transaction transaction;
    transaction.network = network_;
    transaction.sender = sender;
    transaction.key = key_id;
    transaction.nonce.bytes = nonce_named("transaction " + std::to_string(++count_));
    transaction.type = type;
    transaction.body = std::move(body);
    transaction.expires = time_ + 60;
    ledger::sign(transaction, key);
    ICN_TRY_ASSIGN(checked, ledger::CheckedTransaction::from_json(rules_.types, codec::to_json(transaction)));
    ICN_TRY_ASSIGN(valid_key, resolve_key(*store_, sender, key_id));
    const auto signature = crypto::Signature::from_bytes(transaction.signature.bytes).value();
    if (!crypto::verify(valid_key, checked->signing_bytes(), signature)) return Error(ledger::kBadSignature);
    checked->set_verified_key(valid_key);
    const std::shared_ptr<const ledger::CheckedTransaction> one = checked;
    const ledger::Outcome outcome =
        take(ledger::BlockExecutor(rules_).execute(head_, *store_, time_, {&one, 1})).outcomes.at(0);
    if (!outcome.ok) return outcome.error();
    return outcome.output;
  }
  // The same of a type that changes a document.
  Result<ChangeOutput> submit(const Did& sender, const KeyId& key_id, const crypto::SecretKey& key,
                              std::string_view type, codec::Json body) {
    ICN_TRY_ASSIGN(output, submit_any(sender, key_id, key, type, std::move(body)));
    return codec::from_json<ChangeOutput>(codec::parse_json(output).value());
  }

  // A block without transactions: what is due runs.
  void idle_block() { take(ledger::BlockExecutor(rules_).execute(head_, *store_, time_, {})); }

  codec::Json create_body(IdentityType type, const crypto::SecretKey& key, const Bytes& nonce) const {
    CreateDid::Body body;
    body.type = type;
    body.public_key = crypto::multikey_text(key.public_key());
    body.nonce.bytes = nonce;
    const Did did = make_did_icn(type, key.public_key(), nonce);
    body.proof.bytes = proof(did, nonce, key);
    return codec::to_json(body);
  }
  codec::Json rotate_body(const Did& did, const crypto::SecretKey& key, const Bytes& nonce) const {
    RotateKey::Body body;
    body.new_key = crypto::multikey_text(key.public_key());
    body.nonce.bytes = nonce;
    body.proof.bytes = proof(did, nonce, key);
    return codec::to_json(body);
  }

 private:
  Bytes proof(const Did& did, const Bytes& nonce, const crypto::SecretKey& key) const {
    return to_bytes(key.sign(key_proof_bytes(network_, did, nonce, key.public_key())).view());
  }

  ledger::ExecutedBlock take(Result<ledger::ExecutedBlock> block) {
    ICN_ASSERT(block.ok());
    head_ = block->head;
    events_ = block->events;
    for (const std::string& failure : block->failures) failures_.push_back(failure);
    ICN_ASSERT(store_->write(block->rows, storage::Durability::kBuffered).ok());
    return std::move(block).value();
  }

  ledger::Rules rules_;
  std::string network_;
  storage::MemoryEngine engine_;
  std::unique_ptr<storage::Store> store_;
  ledger::Head head_;
  TimestampSecs time_ = kGenesisTime + 10;
  std::uint64_t count_ = 0;
  std::vector<std::string> failures_;
  std::vector<ledger::Event> events_;
};

}  // namespace icn::identity::testing
