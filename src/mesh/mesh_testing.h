#pragma once

#include <memory>
#include <string>
#include <vector>

#include "credentials/operations.h"
#include "economics/conservation.h"
#include "economics/economy.h"
#include "economics/tx/grant.h"
#include "governance/operations.h"
#include "identity/key_resolver.h"
#include "identity/operations.h"
#include "ledger/block_executor.h"
#include "ledger/state.h"
#include "ledger/stuck_rows.h"
#include "mesh/lifecycle.h"
#include "mesh/operations.h"
#include "mesh/persons_testing.h"
#include "mesh/tx/cancel.h"
#include "mesh/tx/claim.h"
#include "mesh/tx/confirm.h"
#include "mesh/tx/judge.h"
#include "mesh/tx/object.h"
#include "mesh/tx/settle.h"
#include "mesh/tx/start.h"
#include "mesh/tx/submit.h"
#include "mesh/tx/withdraw.h"
#include "reputation/appeals.h"
#include "storage/memory/memory_engine.h"

// A ledger of economics and mesh in memory, for tests and benches.
namespace icn::mesh::testing {

inline constexpr TimestampSecs kStart = 1'700'000'000;

inline ledger::Rules rules() {
  using ledger::make_transaction_type;
  std::vector<ledger::Invariant> all = invariants();
  all.push_back(economics::conservation_invariant());
  return ledger::Rules{
      ledger::TransactionTypes({make_transaction_type<economics::Grant>(41, "economics.grant", false, ""),
                                make_transaction_type<SubmitJob>(60, "mesh.submit", false, ""),
                                make_transaction_type<AssignInTest>(61, "mesh.assign", false, ""),
                                make_transaction_type<SettleJobs>(62, "mesh.settle", false, ""),
                                make_transaction_type<CancelJob>(63, "mesh.cancel", false, ""),
                                make_transaction_type<ClaimPay>(64, "mesh.claim", false, ""),
                                make_transaction_type<StartJobs>(65, "mesh.start", false, ""),
                                make_transaction_type<WithdrawJobs>(66, "mesh.withdraw", false, ""),
                                make_transaction_type<ObjectToJob>(67, "mesh.object", false, ""),
                                make_transaction_type<JudgeJobs>(68, "mesh.judge", false, ""),
                                make_transaction_type<ConfirmEffects>(69, "mesh.confirm", false, "")}),
      due_handlers(),
      all,
      {&economics::genesis_step},
      &identity::resolve_key,
      economics::economy()};
}

inline std::vector<storage::TableSchema> ledger_tables() {
  std::vector<storage::TableSchema> all =
      storage::TableSet(ledger::kParameters, ledger::kClock, ledger::kDue, ledger::kStuckRows,
                        ledger::kNetwork, ledger::kOrder, ledger::kTransactionPlaces, ledger::kHeaders,
                        ledger::kBodies)
          .schemas();
  for (const auto& more : {identity::tables(), economics::tables(), reputation::tables(),
                           credentials::tables(), governance::tables(), tables()})
    all.insert(all.end(), more.begin(), more.end());
  return all;
}

inline JobSpec echo_spec(std::string text = "hello", std::int64_t max_price_mana = 20) {
  JobSpec spec;
  spec.kind = JobKind::kEcho;
  spec.args = {std::move(text)};
  spec.max_price = Millimana::from_mana(max_price_mana);
  return spec;
}

inline JobSpec redundant_spec(RedundancyKind kind, std::uint32_t count) {
  JobSpec spec = echo_spec();
  spec.redundancy = {kind, count};
  return spec;
}

inline ledger::Genesis genesis(std::string profile = "development") {
  return {"test-net", std::move(profile), person(0), kStart};
}

// A transaction of person `sender`, signed with its key.
inline ledger::Transaction make_transaction(std::uint64_t sender, std::string_view type, codec::Json body,
                                            TimestampSecs now, Random& random) {
  return ledger::make_signed({person(sender), key_id(sender), key_of_person(sender)}, "test-net", type,
                             std::move(body), now + 60, random);
}

// Executes blocks one by one, one transaction each.
class TestLedger {
 public:
  explicit TestLedger(std::string profile = "development")
      : rules_(rules()), executor_(rules_), store_(engine_.open(ledger_tables()).value()) {
    auto block = executor_.genesis(genesis(std::move(profile)), *store_);
    ICN_ASSERT(block.ok());
    take(*block);
  }

  TimestampSecs now() const { return now_; }
  void advance(std::uint64_t secs) { now_ += secs; }

  ledger::Outcome run(std::uint64_t sender, std::string_view type, codec::Json body) {
    return run(sender, make_transaction(sender, type, std::move(body), now_, random_));
  }
  ledger::Outcome run(std::uint64_t sender, const ledger::Transaction& made) {
    auto checked = ledger::CheckedTransaction::from_json(rules_.types, codec::to_json(made));
    if (!checked.ok()) return ledger::Outcome::failure(checked.error());
    (*checked)->set_verified_key(key_of_person(sender).public_key());
    last_ = made;
    const std::shared_ptr<const ledger::CheckedTransaction> one = *checked;
    return execute({&one, 1}).outcomes.at(0);
  }
  // A block without transactions: what is due runs.
  void idle() { execute({}); }

  ledger::Outcome grant(std::uint64_t to) {
    return run(0, "economics.grant", codec::Json::object({{"to", person(to).text()}}));
  }
  JobId submit_id(const Submission& submission) const {
    return job_id_of("test-net", last_.sender, last_.nonce, submission);
  }

  void set_parameter(std::string_view name, std::int64_t value) {
    change([&](ledger::View& view) { return ledger::set_parameter(view, name, value); });
  }
  // Outside of any block.
  template <typename Change>
  void change(const Change& change) {
    ledger::View view(*store_);
    ICN_ASSERT(change(view).ok());
    ICN_ASSERT(store_->write(view.take_rows(), storage::Durability::kBuffered).ok());
  }

  Job job(const JobId& id) const { return load_job(*store_, id).value(); }
  economics::Account account(std::uint64_t who) const {
    economics::Account found =
        economics::kAccounts.get(*store_, person(who)).value().value_or(economics::Account{});
    economics::settle_time(found, now_);
    return found;
  }
  const storage::Store& store() const { return *store_; }
  const std::vector<std::string>& failures() const { return failures_; }
  const std::vector<ledger::Event>& events() const { return events_; }

 private:
  ledger::ExecutedBlock execute(ledger::TransactionList transactions) {
    auto block = executor_.execute(head_, *store_, now_, transactions);
    ICN_ASSERT(block.ok());
    take(*block);
    return std::move(block).value();
  }
  void take(ledger::ExecutedBlock& block) {
    head_ = block.head;
    events_ = block.events;
    for (const std::string& failure : block.failures) failures_.push_back(failure);
    ICN_ASSERT(store_->write(block.rows, storage::Durability::kBuffered).ok());
  }

  ledger::Rules rules_;
  ledger::BlockExecutor executor_;
  storage::MemoryEngine engine_;
  std::unique_ptr<storage::Store> store_;
  ledger::Head head_;
  ledger::Transaction last_;
  TimestampSecs now_ = kStart;
  SeededRandom random_{42};
  std::vector<std::string> failures_;
  std::vector<ledger::Event> events_;
};

}  // namespace icn::mesh::testing
