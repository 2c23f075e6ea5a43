#include "ledger/api/kept_writes.h"

#include <gtest/gtest.h>

#include <future>

#include "base/random.h"
#include "ledger/api/writer.h"
#include "ledger/errors.h"
#include "ledger/toy_domain.h"
#include "storage/memory/memory_engine.h"

namespace icn::ledger {
namespace {

// A federation's log that a test gives and takes the quorum. With one, each transaction is a block.
class QuorumLog final : public OrderedLog {
 public:
  explicit QuorumLog(Ledger& ledger) : ledger_(ledger) {}
  void submit(std::vector<Submission> group) override {
    for (const Submission& each : group) {
      if (!has_quorum) {
        each.done(Error(kNoQuorum));
      } else if (refuses) {
        each.done(Error(kBadTransaction, "as the test wants it"));
      } else {
        auto block =
            BlockExecutor(ledger_.rules())
                .execute(ledger_.published()->head, *ledger_.store().value(), time, {&each.transaction, 1});
        ICN_ASSERT(block.ok() && ledger_.commit(*block).ok());
        each.done(Commitment{block->outcomes.at(0), block->head.header.height});
      }
    }
  }
  LogStatus status() const override { return {has_quorum, "", 0, has_quorum, time}; }
  std::optional<std::uint64_t> stale_secs() const override { return std::nullopt; }
  void stop() override {}

  bool has_quorum = false;
  bool refuses = false;
  TimestampSecs time = toy::kStart + 5;

 private:
  Ledger& ledger_;
};

class KeptWritesTest : public ::testing::Test {
 protected:
  KeptWritesTest() {
    ledger_ = Ledger::open(std::make_unique<storage::MemoryEngine>(), toy::tables(), rules_, toy::genesis())
                  .value();
    log_ = std::make_unique<QuorumLog>(*ledger_);
    gateway_ = std::make_unique<Gateway>(*ledger_, *log_, clock_, 1);
    store_ = node_engine_.open({KeptWrites::table()}).value();
    writes_ = std::make_unique<storage::GroupCommit>(*store_);
    start();
  }
  ~KeptWritesTest() override { writes_->stop(); }

  // Its thread looks when the test is long over: the test looks itself.
  void start(std::size_t kept_max = 10, std::size_t sender_max = 5) {
    kept_.reset();
    writes_->stop();  // a node that stops writes what waits
    writes_ = std::make_unique<storage::GroupCommit>(*store_);
    kept_ = KeptWrites::open({*store_, *writes_, *ledger_, *gateway_, *log_, clock_, make_silent_log()},
                             {kept_max, sender_max, std::chrono::hours(1)})
                .value();
  }

  std::shared_ptr<CheckedTransaction> raise(std::int64_t by, std::uint8_t who = 1) {
    const auto key = crypto::SecretKey::from_seed(Bytes(32, who));
    const Transaction transaction = toy::signed_raise(key, random_, clock_.now_secs() + 300, "a", by);
    return CheckedTransaction::from_json(rules_.types, codec::to_json(transaction)).value();
  }

  std::string keep(const CheckedTransaction& transaction) {
    std::promise<std::string> answer;
    kept_->keep(transaction, executor_, [&](const Result<void>& kept) {
      answer.set_value(kept.ok() ? "kept" : std::string(kept.error().code()));
    });
    return answer.get_future().get();
  }
  std::string state(const CheckedTransaction& transaction) {
    const auto found = kept_->find(transaction.id());
    return found ? std::string(codec::enum_name(found->state)) : "none";
  }
  std::int64_t counter() {
    const auto found = toy::kCounters.get(*ledger_->store().value(), "a").value();
    return found ? found->value : 0;
  }
  // Twice: what was submitted in one round is answered in the next.
  void look() {
    kept_->look();
    kept_->look();
  }

  Rules rules_ = toy::rules();
  ManualClock clock_{toy::kStart * 1000 + 5'000};
  SeededRandom random_{11};
  InlineExecutor executor_;
  std::unique_ptr<Ledger> ledger_;
  std::unique_ptr<QuorumLog> log_;
  std::unique_ptr<Gateway> gateway_;
  storage::MemoryEngine node_engine_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<storage::GroupCommit> writes_;
  std::unique_ptr<KeptWrites> kept_;
};

TEST_F(KeptWritesTest, WhatIsKeptIsCommittedOnceTheQuorumIsBack) {
  const auto first = raise(3);
  const auto second = raise(4);
  EXPECT_EQ(keep(*first), "kept");
  EXPECT_EQ(keep(*second), "kept");
  EXPECT_EQ(keep(*first), "kept");  // asked again: the same one
  EXPECT_EQ(kept_->count(), 2u);
  look();
  EXPECT_EQ(state(*first), "queued");
  EXPECT_EQ(counter(), 0);
  log_->has_quorum = true;
  look();
  EXPECT_EQ(counter(), 7);
  EXPECT_EQ(kept_->count(), 0u);
  EXPECT_EQ(state(*first), "none");  // the ledger tells its outcome
  look();
  EXPECT_EQ(counter(), 7);
}

TEST_F(KeptWritesTest, ARestartLosesNothingAndKeepsTheOrder) {
  std::vector<std::shared_ptr<CheckedTransaction>> sent;
  for (int i = 1; i <= 4; ++i) {
    sent.push_back(raise(i));
    ASSERT_EQ(keep(*sent.back()), "kept");
  }
  start();
  EXPECT_EQ(kept_->count(), 4u);
  log_->has_quorum = true;
  look();
  EXPECT_EQ(counter(), 10);
  for (std::uint64_t i = 0; i < sent.size(); ++i) {
    const auto place = find_commitment(*ledger_->store().value(), sent[i]->hash()).value();
    ASSERT_TRUE(place);
    EXPECT_EQ(place->height, i + 1);
  }
  start();
  EXPECT_EQ(kept_->count(), 0u);
}

TEST_F(KeptWritesTest, WhatNoBlockCanHoldAnyMoreEndsAsExpired) {
  const auto late = raise(1);
  ASSERT_EQ(keep(*late), "kept");
  clock_.advance(std::chrono::seconds(400));
  log_->has_quorum = true;
  // The clock here has passed its time; the last block has not, and others may still commit it.
  look();
  EXPECT_EQ(state(*late), "queued");
  log_->time += 400;
  look();
  EXPECT_EQ(state(*late), "expired");
  EXPECT_EQ(kept_->find(late->id())->code, "expired");
  EXPECT_EQ(kept_->count(), 0u);
  EXPECT_EQ(counter(), 0);
  start();
  EXPECT_EQ(state(*late), "expired");
  clock_.advance(std::chrono::seconds(KeptWrites::kEndedKeptSecs + 1));
  look();
  EXPECT_EQ(state(*late), "none");
}

TEST_F(KeptWritesTest, WhatOthersCommittedIsNotSubmittedAgain) {
  const auto twice = raise(5);
  ASSERT_EQ(keep(*twice), "kept");
  log_->has_quorum = true;
  gateway_->submit_now(executor_, twice, [](const Result<Commitment>& result) { EXPECT_TRUE(result.ok()); });
  EXPECT_EQ(counter(), 5);
  look();
  EXPECT_EQ(counter(), 5);
  EXPECT_EQ(state(*twice), "none");
}

TEST_F(KeptWritesTest, WhatIsRefusedEndsWithTheReason) {
  const auto refused = raise(1);
  ASSERT_EQ(keep(*refused), "kept");
  log_->has_quorum = true;
  log_->refuses = true;
  look();
  EXPECT_EQ(state(*refused), "refused");
  EXPECT_EQ(kept_->find(refused->id())->code, "bad_transaction");
  // Asked again, it has another chance.
  log_->refuses = false;
  EXPECT_EQ(keep(*refused), "kept");
  look();
  EXPECT_EQ(counter(), 1);
}

TEST_F(KeptWritesTest, IsBoundedAsAWholeAndBySender) {
  start(3, 2);
  EXPECT_EQ(keep(*raise(1, 1)), "kept");
  EXPECT_EQ(keep(*raise(1, 1)), "kept");
  EXPECT_EQ(keep(*raise(1, 1)), "queue_full");
  EXPECT_EQ(keep(*raise(1, 2)), "kept");
  EXPECT_EQ(keep(*raise(1, 3)), "queue_full");
  log_->has_quorum = true;
  look();
  EXPECT_EQ(keep(*raise(1, 1)), "kept");
}

}  // namespace
}  // namespace icn::ledger
