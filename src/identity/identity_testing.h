#pragma once

#include <map>
#include <memory>
#include <string>

#include "crypto/key_text.h"
#include "identity/errors.h"
#include "identity/identity_rules_testing.h"
#include "identity/key_proof.h"
#include "identity/tables.h"
#include "ledger/block_executor.h"
#include "ledger/errors.h"
#include "ledger/state.h"
#include "ledger/stuck_rows.h"
#include "storage/memory/memory_engine.h"

// Shared by the tests of this folder: a ledger of one block a transaction, with accounts that only count.
namespace icn::identity::testing {

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
    for (const auto& schema :
         {ledger::kParameters.schema(), ledger::kClock.schema(), ledger::kDue.schema(),
          ledger::kStuckRows.schema(), ledger::kNetwork.schema(), ledger::kTransactionPlaces.schema(),
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

  void set_parameter(std::string_view name, std::int64_t value) {
    storage::StoreSpace space(*store_, storage::Durability::kBuffered);
    ICN_ASSERT(ledger::set_parameter(space, name, value).ok());
  }
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
