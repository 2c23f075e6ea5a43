#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "crypto/key_text.h"
#include "economics/conservation.h"
#include "economics/economy.h"
#include "economics/tx/contest.h"
#include "economics/tx/declare.h"
#include "economics/tx/grant.h"
#include "economics/tx/transfer.h"
#include "economics/tx/vouch.h"
#include "identity/tables.h"
#include "ledger/block_executor.h"
#include "ledger/state.h"
#include "ledger/stuck_rows.h"
#include "reputation/score/tables.h"
#include "storage/memory/memory_engine.h"

// A ledger of economics alone in memory, for tests and benches: blocks are executed and written one by one.
namespace icn::economics::testing {

inline constexpr TimestampSecs kStart = 1'700'000'000;

inline Result<crypto::PublicKey> resolve_key(const ledger::Reader&, const Did& sender, const KeyId&) {
  return crypto::read_did_key(sender.text());
}

inline ledger::Rules rules() {
  return ledger::Rules{
      ledger::TransactionTypes(
          {ledger::make_transaction_type<Transfer>(20, "economics.transfer", false, ""),
           ledger::make_transaction_type<Grant>(21, "economics.grant", false, ""),
           ledger::make_transaction_type<DeclareCapacity>(22, "economics.declare_capacity", false, ""),
           ledger::make_transaction_type<VouchFor>(23, "economics.vouch", false, ""),
           ledger::make_transaction_type<ContestPenalty>(24, "economics.contest_penalty", false, "")}),
      due_handlers(),
      {conservation_invariant()},
      {&genesis_step},
      &resolve_key,
      economy()};
}

inline std::vector<storage::TableSchema> all_tables() {
  storage::TableSet set(ledger::kParameters, ledger::kClock, ledger::kDue, ledger::kStuckRows,
                        ledger::kNetwork, ledger::kOrder, ledger::kTransactionPlaces, ledger::kHeaders,
                        ledger::kBodies, identity::kDocuments);
  for (const auto& table : tables()) set.add(table);
  for (const auto& table : reputation::score_tables()) set.add(table);
  return set.schemas();
}

// The did:key of person `number`: 0 is the operator.
inline crypto::SecretKey key_of_person(std::uint64_t number) {
  SeededRandom random(number + 1);
  return crypto::SecretKey::generate(random);
}
inline Did person(std::uint64_t number) { return crypto::did_key(key_of_person(number).public_key()); }

class TestLedger {
 public:
  explicit TestLedger(std::string profile = "development", ledger::Rules its_rules = testing::rules())
      : TestLedger({"test-net", std::move(profile), person(0), kStart, {}, {}}, std::move(its_rules),
                   all_tables()) {}
  // Of other domains too: their rules and tables beside those of economics.
  TestLedger(const ledger::Genesis& genesis, ledger::Rules its_rules,
             const std::vector<storage::TableSchema>& its_tables)
      : rules_(std::move(its_rules)),
        executor_(rules_),
        store_(engine_.open(its_tables).value()),
        network_(genesis.network),
        now_(genesis.time) {
    auto block = executor_.genesis(genesis, *store_);
    ICN_ASSERT(block.ok());
    take(*block);
  }

  TimestampSecs now() const { return now_; }
  void advance(std::uint64_t secs) { now_ += secs; }

  // A transaction as it comes out of the gateway; its signature is not looked at again.
  std::shared_ptr<const ledger::CheckedTransaction> make(const Did& sender, std::string_view type,
                                                         const std::string& body) {
    auto made = try_make(sender, type, body);
    ICN_ASSERT(made.ok());
    return std::move(made).value();
  }
  Result<std::shared_ptr<const ledger::CheckedTransaction>> try_make(const Did& sender, std::string_view type,
                                                                     const std::string& body) {
    ledger::Transaction transaction;
    transaction.network = network_;
    transaction.sender = sender;
    transaction.key = crypto::did_key_method(crypto::read_did_key(sender.text()).value());
    transaction.nonce.bytes = random_.bytes(16);
    transaction.type = type;
    transaction.body = codec::parse_json(body).value();
    transaction.expires = now_ + 60;
    transaction.signature.bytes = Bytes(64);
    auto checked = ledger::CheckedTransaction::from_json(rules_.types, codec::to_json(transaction));
    if (!checked.ok()) return std::move(checked).error();
    (*checked)->set_verified_key(crypto::read_did_key(sender.text()).value());
    return std::shared_ptr<const ledger::CheckedTransaction>(std::move(checked).value());
  }

  // Executes one block of them and writes it.
  ledger::ExecutedBlock run(ledger::TransactionList transactions) {
    auto block = executor_.execute(head_, *store_, now_, transactions);
    ICN_ASSERT(block.ok());
    if (before_write) before_write(*block);
    take(*block);
    return std::move(block).value();
  }

  // What another domain does in a block: its changes are kept when it succeeds and conservation holds.
  template <typename Step>
  auto step(Step&& what) {
    ledger::View view(*store_);
    const ledger::Parameters parameters = ledger::load_parameters(*store_).value();
    const ledger::BlockContext block{network_, head_.header.height, now_, standstill_secs_, &parameters};
    auto done = what(block, view);
    if (!done.ok()) return done;
    const auto held = conserved(view, 0);
    ICN_ASSERT(held.ok());
    ICN_ASSERT(store_->write(view.take_rows(), storage::Durability::kBuffered).ok());
    return done;
  }

  void set_parameter(std::string_view name, std::int64_t value) {
    const auto done = step([&](const ledger::BlockContext&, ledger::View& view) {
      return ledger::set_parameter(view, name, value);
    });
    ICN_ASSERT(done.ok());
  }

  Account account(const Did& did) const {
    Account found = kAccounts.get(*store_, did).value().value_or(Account{});
    settle_time(found, now_);
    return found;
  }
  std::uint64_t running_secs() const { return now_ - standstill_secs_; }
  const storage::Store& store() const { return *store_; }
  storage::Store& store() { return *store_; }
  const ledger::Rules& rules() const { return rules_; }
  std::function<void(const ledger::ExecutedBlock&)> before_write;  // sees the store as it was
  const ledger::Head& head() const { return head_; }
  const ledger::BlockExecutor& executor() const { return executor_; }

 private:
  void take(ledger::ExecutedBlock& block) {
    head_ = block.head;
    ICN_ASSERT(store_->write(block.rows, storage::Durability::kBuffered).ok());
  }

  ledger::Rules rules_;
  ledger::BlockExecutor executor_;
  storage::MemoryEngine engine_;
  std::unique_ptr<storage::Store> store_;
  std::string network_;
  ledger::Head head_;
  TimestampSecs now_ = kStart;
  std::uint64_t standstill_secs_ = 0;
  SeededRandom random_{42};
};

}  // namespace icn::economics::testing
