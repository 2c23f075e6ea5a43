#include "consensus/cometbft/application.h"

#include <gtest/gtest.h>

#include "abci.pb.h"
#include "base/errors.h"
#include "base/random.h"
#include "consensus/cometbft/abci_server.h"
#include "consensus/cometbft/frame.h"
#include "ledger/pruning.h"
#include "ledger/toy_domain.h"
#include "ledger/verify.h"
#include "storage/fault/fault_engine.h"
#include "storage/memory/memory_engine.h"
#include "storage/shared_engine_testing.h"

namespace icn::consensus {
namespace {

namespace toy = ledger::toy;

std::vector<storage::TableSchema> tables() {
  auto out = toy::tables();
  for (const auto& table : cometbft_tables()) out.push_back(table);
  return out;
}

// A block that the engine has decided and keeps.
struct Decided {
  std::int64_t height = 0;
  std::int64_t time = 0;
  std::vector<std::string> wires;
};

// A toy ledger on a disk that can lose power, and the calls CometBFT makes.
class ApplicationTest : public ::testing::Test {
 protected:
  void SetUp() override { open(); }

  void open() {
    auto faulty = std::make_unique<storage::FaultEngine>(
        std::make_unique<storage::testing::SharedEngine>(memory_), script_);
    auto opened = ledger::Ledger::open(std::move(faulty), tables(), rules_, toy::genesis(),
                                       {"", 2, blocks_kept_, nullptr});
    ASSERT_TRUE(opened.ok()) << opened.error().detail();
    ledger_ = std::move(opened).value();
    application_ = std::make_unique<Application>(
        *ledger_, clock_, make_silent_log(), ApplicationOptions{.chain = "toy-net", .sender_waiting_max = 3},
        ApplicationListener{
            [this](const CommittedBlock& block) { committed_.push_back(block); },
            [this](const crypto::Hash&, const Error& error) { refused_.emplace_back(error.code()); }});
  }
  void lose_power_and_open() {
    script_->lose_power();
    application_.reset();
    ledger_.reset();
    open();
  }

  std::string wire(const std::string& name, std::int64_t by, std::uint64_t lifetime_secs = 300,
                   std::optional<std::uint64_t> reset = {}) {
    const ledger::Transaction transaction =
        toy::signed_raise(key_, random_, clock_.now_secs() + lifetime_secs, name, by, reset);
    return codec::canonical_json(codec::to_json(transaction));
  }

  abci::Response call(const abci::Request& request) {
    abci::Response response;
    application_->answer(request, response);
    return response;
  }
  std::int64_t info_height() {
    abci::Request request;
    request.mutable_info();
    return call(request).info().last_block_height();
  }
  std::string info_hash() {
    abci::Request request;
    request.mutable_info();
    return call(request).info().last_block_app_hash();
  }
  abci::Response init_chain() {
    abci::Request request;
    request.mutable_init_chain()->set_chain_id("toy-net");
    request.mutable_init_chain()->set_initial_height(1);
    // Other white space and order than ours: what it says counts.
    request.mutable_init_chain()->set_app_state_bytes(
        R"({ "time": 1700000000, "profile": "development", "operator_did": "did:key:operator", "network": "toy-net" })");
    return call(request);
  }
  std::vector<std::string> prepare(const Decided& block, std::int64_t bytes_max = 1 << 20) {
    abci::Request request;
    auto& asked = *request.mutable_prepare_proposal();
    asked.set_height(block.height);
    asked.mutable_time()->set_seconds(block.time);
    asked.set_max_tx_bytes(bytes_max);
    for (const auto& each : block.wires) asked.add_txs(each);
    const abci::Response response = call(request);
    return {response.prepare_proposal().txs().begin(), response.prepare_proposal().txs().end()};
  }
  bool accepts(const Decided& block) {
    abci::Request request;
    auto& asked = *request.mutable_process_proposal();
    asked.set_height(block.height);
    asked.mutable_time()->set_seconds(block.time);
    for (const auto& each : block.wires) asked.add_txs(each);
    return call(request).process_proposal().status() == abci::ResponseProcessProposal::ACCEPT;
  }
  abci::Response finalize(const Decided& block) {
    abci::Request request;
    auto& asked = *request.mutable_finalize_block();
    asked.set_height(block.height);
    asked.mutable_time()->set_seconds(block.time);
    for (const auto& each : block.wires) asked.add_txs(each);
    return call(request);
  }
  abci::Response commit() {
    abci::Request request;
    request.mutable_commit();
    return call(request);
  }
  std::string decide(const Decided& block) {
    const abci::Response finalized = finalize(block);
    EXPECT_TRUE(finalized.has_finalize_block()) << finalized.exception().error();
    EXPECT_TRUE(commit().has_commit());
    return finalized.finalize_block().app_hash();
  }
  abci::ResponseCheckTx check(const std::string& bytes, abci::CheckTxType type = abci::NEW) {
    abci::Request request;
    request.mutable_check_tx()->set_tx(bytes);
    request.mutable_check_tx()->set_type(type);
    return call(request).check_tx();
  }

  std::int64_t counter(const std::string& name) {
    const auto found = toy::kCounters.get(*ledger_->store().value(), name).value();
    return found ? found->value : 0;
  }
  std::uint64_t height() { return ledger_->published()->head.header.height; }
  std::int64_t now() { return static_cast<std::int64_t>(clock_.now_secs()); }

  ledger::Rules rules_ = toy::rules();
  ManualClock clock_{toy::kStart * 1000 + 5'000};
  SeededRandom random_{7};
  crypto::SecretKey key_ = crypto::SecretKey::from_seed(Bytes(32, 1));
  std::shared_ptr<storage::MemoryEngine> memory_ = std::make_shared<storage::MemoryEngine>();
  std::shared_ptr<storage::FaultScript> script_ = std::make_shared<storage::FaultScript>();
  std::unique_ptr<ledger::Ledger> ledger_;
  std::uint64_t blocks_kept_ = 0;
  std::vector<CommittedBlock> committed_;
  std::vector<std::string> refused_;
  std::unique_ptr<Application> application_;
};

TEST_F(ApplicationTest, TellsHeightZeroUntilABlockWasCommitted) {
  EXPECT_EQ(info_height(), 0);
  EXPECT_EQ(info_hash(), "");
  const std::string genesis_hash = to_text(ledger_->published()->head.hash);
  EXPECT_EQ(init_chain().init_chain().app_hash(), genesis_hash);
  EXPECT_EQ(info_height(), 0);
  EXPECT_EQ(decide({1, now(), {}}), genesis_hash);
  EXPECT_EQ(info_height(), 1);
  EXPECT_EQ(info_hash(), genesis_hash);
}

TEST_F(ApplicationTest, RefusesTheChainOfAnotherGenesis) {
  abci::Request request;
  request.mutable_init_chain()->set_chain_id("toy-net");
  request.mutable_init_chain()->set_app_state_bytes(
      R"({"network":"toy-net","operator_did":"did:key:somebody","profile":"development","time":1700000000})");
  EXPECT_NE(call(request).exception().error().find("app_state"), std::string::npos);
  request.mutable_init_chain()->set_chain_id("else");
  EXPECT_NE(call(request).exception().error().find("\"else\""), std::string::npos);
}

TEST_F(ApplicationTest, NothingIsDurableBeforeCommit) {
  init_chain();
  const Decided block{1, now(), {wire("a", 5)}};
  const std::string app_hash = finalize(block).finalize_block().app_hash();
  EXPECT_EQ(counter("a"), 0);
  EXPECT_EQ(height(), 0u);
  lose_power_and_open();
  EXPECT_EQ(info_height(), 0);
  EXPECT_TRUE(commit().has_exception());
  EXPECT_EQ(decide(block), app_hash);
  lose_power_and_open();
  EXPECT_EQ(counter("a"), 5);
  EXPECT_EQ(info_height(), 1);
  EXPECT_EQ(info_hash(), app_hash);
}

TEST_F(ApplicationTest, AnEmptyBlockIsNoBlockOfOurs) {
  init_chain();
  const std::string first = decide({1, now(), {wire("a", 5)}});
  EXPECT_EQ(decide({2, now() + 10, {}}), first);
  EXPECT_EQ(decide({3, now() + 20, {}}), first);
  EXPECT_EQ(height(), 1u);
  EXPECT_EQ(info_height(), 3);
  EXPECT_NE(decide({4, now() + 21, {wire("a", 1)}}), first);
  EXPECT_EQ(height(), 2u);
  const auto place = kEngineBlocks.get(*ledger_->store().value(), 2).value();
  ASSERT_TRUE(place.has_value());
  EXPECT_EQ(place->height, 4u);
  ASSERT_EQ(committed_.size(), 4u);
  EXPECT_EQ(committed_[1].height, 0u);
  EXPECT_EQ(committed_[3].height, 2u);
}

TEST_F(ApplicationTest, DueRowsRunInAnEmptyBlock) {
  init_chain();
  decide({1, now(), {wire("a", 5, 300, 30)}});
  const std::string before = info_hash();
  EXPECT_EQ(decide({2, now() + 29, {}}), before);
  EXPECT_NE(decide({3, now() + 31, {}}), before);
  EXPECT_EQ(counter("a"), 0);
  EXPECT_EQ(height(), 2u);
}

TEST_F(ApplicationTest, ResultsTellWhatCameOfEachTransaction) {
  init_chain();
  const std::string good = wire("a", 90);
  const Decided block{1, now(), {good, wire("a", 20), good, "no transaction"}};
  const abci::Response response = finalize(block);
  const auto& results = response.finalize_block().tx_results();
  ASSERT_EQ(results.size(), 4);
  EXPECT_EQ(results[0].code(), 0u);
  EXPECT_EQ(results[1].code(), 1u);
  EXPECT_EQ(results[1].log(), "rule_broken");
  EXPECT_EQ(results[2].code(), 2u);
  EXPECT_EQ(results[3].code(), 2u);
  commit();
  EXPECT_EQ(finalize({2, now(), {good}}).finalize_block().tx_results(0).code(), 2u);
  EXPECT_EQ(counter("a"), 90);
}

TEST_F(ApplicationTest, CheckTxRefusesWhatCannotBeTaken) {
  init_chain();
  EXPECT_EQ(check("{").codespace(), "malformed");
  std::string forged = wire("a", 1);
  forged.replace(forged.find("\"by\":1"), 6, "\"by\":2");
  EXPECT_EQ(check(forged).codespace(), "bad_signature");
  EXPECT_EQ(check(" " + wire("a", 1)).codespace(), "bad_transaction");
  EXPECT_EQ(check(wire("a", 1, 0)).codespace(), "expired");
  EXPECT_EQ(check(wire("a", 1, 601)).codespace(), "expires_too_late");
  EXPECT_EQ(refused_, (std::vector<std::string>{"expired", "expires_too_late"}));
  const std::string good = wire("a", 1);
  EXPECT_EQ(check(good).code(), 0u);
  decide({1, now(), {good}});
  EXPECT_EQ(check(good, abci::RECHECK).codespace(), "conflict");
}

TEST_F(ApplicationTest, OneSenderCannotFillThePool) {
  init_chain();
  std::vector<std::string> wires;
  for (int i = 0; i < 3; ++i) wires.push_back(wire("a", 1));
  for (const auto& each : wires) EXPECT_EQ(check(each).code(), 0u);
  EXPECT_EQ(check(wires[0]).code(), 0u) << "one that waits counts once";
  const std::string fourth = wire("a", 1);
  EXPECT_EQ(check(fourth).codespace(), "sender_queue_full");
  decide({1, now(), {wires[0]}});
  EXPECT_EQ(check(fourth).code(), 0u);
  EXPECT_EQ(check(wire("a", 1)).codespace(), "sender_queue_full");
  decide({2, now() + 301, {}});
  EXPECT_EQ(check(wire("a", 1)).code(), 0u) << "what has expired waits no more";
}

TEST_F(ApplicationTest, AProposalHoldsWhatMayBeTakenAndIsAcceptedForItsForm) {
  init_chain();
  const std::string one = wire("a", 1), two = wire("b", 2), too_late = wire("a", 1, 610),
                    expired = wire("a", 1, 0);
  const Decided proposed{1, now(), {one, "{}", too_late, two, one, expired}};
  EXPECT_EQ(prepare(proposed), (std::vector<std::string>{one, two}));
  EXPECT_TRUE(accepts({1, now(), {one, two}}));
  EXPECT_TRUE(accepts({1, now(), {wire("a", 99), wire("a", 99)}})) << "what fails has a good form";
  EXPECT_FALSE(accepts({1, now(), {one, "{}"}}));
  EXPECT_FALSE(accepts({1, now(), {expired}}));
  EXPECT_FALSE(accepts({1, now(), {too_late}}));
  std::string forged = one;
  forged.replace(forged.find("\"by\":1"), 6, "\"by\":3");
  EXPECT_FALSE(accepts({1, now(), {forged}}));
  // The clock of this machine says nothing.
  clock_.advance(std::chrono::hours(2));
  EXPECT_TRUE(accepts({1, static_cast<std::int64_t>(toy::kStart) + 5, {one, two}}));
}

TEST_F(ApplicationTest, AFullBlockTakesWhatFits) {
  init_chain();
  const std::string one = wire("a", 1), two = wire("b", 2);
  const auto room = static_cast<std::int64_t>(one.size() + 3);
  EXPECT_EQ(prepare({1, now(), {one, two}}, room), (std::vector<std::string>{one}));
  EXPECT_EQ(prepare({1, now(), {one, two}}, room - 1), (std::vector<std::string>{}));
}

// What is dropped here the engine may drop too, and no more. Its heights are others: it has empty blocks.
TEST_F(ApplicationTest, CommitTellsTheEngineFromWhichHeightItKeepsBlocks) {
  const auto retained = [this](const Decided& block) {
    EXPECT_TRUE(finalize(block).has_finalize_block());
    return commit().commit().retain_height();
  };
  init_chain();
  for (std::int64_t i = 1; i <= 5; ++i) {
    decide({2 * i - 1, now(), {}});
    EXPECT_EQ(retained({2 * i, now(), {wire("a", 1)}}), 0);
  }
  clock_.advance(std::chrono::hours(3));
  decide({11, now(), {wire("a", 1)}});
  ASSERT_EQ(ledger::prune_blocks(*ledger_->store().value(), 2, 100).value(), 4u);
  EXPECT_EQ(retained({12, now(), {}}), 0) << "without ledger.blocks_kept it keeps all";
  blocks_kept_ = 2;
  application_.reset();
  ledger_.reset();
  open();
  ledger_->checkpoints().wait_until_idle();
  ASSERT_EQ(ledger::pruned_height(*ledger_->store().value()).value(), height() - blocks_kept_);
  const auto oldest = kEngineBlocks.get(*ledger_->store().value(), height() - blocks_kept_ + 1).value();
  ASSERT_TRUE(oldest.has_value());
  EXPECT_EQ(retained({13, now(), {}}), static_cast<std::int64_t>(oldest->height));
  EXPECT_EQ(oldest->height, 11u);  // where the first block after the three hours stands
}

TEST_F(ApplicationTest, AFailedSyncIsDecidedByTheDisk) {
  init_chain();
  script_->fail_syncs(1, storage::FaultScript::Unsynced::kKept);
  const Decided first{1, now(), {wire("a", 5)}};
  finalize(first);
  EXPECT_TRUE(commit().has_commit());
  EXPECT_EQ(counter("a"), 5);
  script_->fail_syncs(1, storage::FaultScript::Unsynced::kLost);
  const Decided second{2, now(), {wire("a", 6)}};
  finalize(second);
  EXPECT_TRUE(commit().has_exception());
  EXPECT_NE(application_->problem(), "");
  EXPECT_EQ(info_height(), 1);
  EXPECT_EQ(committed_.size(), 1u) << "nobody is answered";
  decide(second);
  EXPECT_EQ(counter("a"), 11);
  EXPECT_EQ(application_->problem(), "");
  script_->fail_syncs(1, storage::FaultScript::Unsynced::kLost);
  const Decided empty{3, now(), {}};
  finalize(empty);
  EXPECT_TRUE(commit().has_exception());
  EXPECT_EQ(info_height(), 2);
  decide(empty);
  EXPECT_EQ(info_height(), 3);
  EXPECT_EQ(application_->problem(), "");
}

// The calls of three blocks; power is lost before one of them, each in turn. What CometBFT then does: it asks
// Info, starts the chain when that says 0, and gives every block above Info's height again.
TEST_F(ApplicationTest, PowerLossBetweenAnyTwoCallsChangesNothing) {
  const std::vector<Decided> blocks{{1, now(), {wire("a", 1), wire("b", 2, 300, 10)}},
                                    {2, now() + 1, {}},
                                    {3, now() + 12, {wire("a", 4)}},
                                    {4, now() + 13, {wire("b", 5)}}};
  const std::size_t calls = 1 + blocks.size() * 4;
  std::vector<std::string> hashes;
  for (std::size_t lost_before = 0; lost_before <= calls; ++lost_before) {
    memory_ = std::make_shared<storage::MemoryEngine>();
    script_ = std::make_shared<storage::FaultScript>();
    application_.reset();
    ledger_.reset();
    open();
    std::size_t step = 0;
    const auto recover = [&](std::int64_t decided) {
      lose_power_and_open();
      if (info_height() == 0) init_chain();
      for (const Decided& each : blocks) {
        if (each.height > info_height() && each.height <= decided) decide(each);
      }
    };
    const auto before_call = [&](std::int64_t decided) {
      if (step++ == lost_before) recover(decided);
    };
    before_call(0);
    init_chain();
    for (const Decided& each : blocks) {
      before_call(each.height - 1);
      prepare(each);
      before_call(each.height - 1);
      EXPECT_TRUE(accepts(each));
      before_call(each.height - 1);
      finalize(each);
      if (step++ == lost_before) {
        recover(each.height);  // it was decided: the engine gives it again
        continue;
      }
      EXPECT_TRUE(commit().has_commit());
    }
    EXPECT_EQ(info_height(), 4) << "power lost before call " << lost_before;
    hashes.push_back(hex_encode(as_bytes(info_hash())));
    EXPECT_EQ(hashes.back(), hashes.front()) << "power lost before call " << lost_before;
  }
}

// The same blocks through the executor alone, as a single node runs it.
TEST_F(ApplicationTest, TheExecutorAloneMakesTheSameHeaders) {
  init_chain();
  std::vector<Decided> blocks{{1, now(), {wire("a", 1), wire("b", 13), wire("b", 2, 300, 10)}},
                              {2, now() + 5, {}},
                              {3, now() + 12, {}},
                              {4, now() + 3, {wire("a", 4), wire("c", 99)}}};
  for (const Decided& each : blocks) decide(each);

  storage::MemoryEngine engine;
  auto store = engine.open(tables()).value();
  const ledger::BlockExecutor executor(
      rules_, [](std::uint64_t) -> Result<crypto::Hash> { return Error(errors::kInternal, "too soon"); });
  auto block = executor.genesis(toy::genesis(), *store).value();
  ledger::Head head = block.head;
  ASSERT_TRUE(store->write(std::move(block.rows), storage::Durability::kSynced).ok());
  for (const Decided& each : blocks) {
    std::vector<TransactionPtr> transactions;
    for (const std::string& bytes : each.wires) {
      auto parsed = ledger::CheckedTransaction::parse(rules_.types, bytes).value();
      parsed->set_verified_key(key_.public_key());
      transactions.push_back(parsed);
    }
    auto next = executor.execute(head, *store, static_cast<TimestampSecs>(each.time), transactions).value();
    if (transactions.empty() && next.due_rows == 0) continue;
    head = next.head;
    ASSERT_TRUE(store->write(std::move(next.rows), storage::Durability::kSynced).ok());
  }
  EXPECT_EQ(head.header.height, 3u);
  EXPECT_EQ(hex_encode(head.hash), hex_encode(ledger_->published()->head.hash));
  auto scratch = storage::MemoryEngine().open(tables()).value();
  EXPECT_EQ(ledger::verify_ledger(rules_, *ledger_->store().value(), tables(), *scratch).value().difference,
            std::nullopt);
}

TEST_F(ApplicationTest, ASessionAnswersInOrderHoweverTheBytesArrive) {
  init_chain();
  std::string bytes;
  const auto add = [&](const abci::Request& request) { append_frame(bytes, request.SerializeAsString()); };
  abci::Request echo, check_one, check_two, flush;
  echo.mutable_echo()->set_message("hello");
  check_one.mutable_check_tx()->set_tx(wire("a", 1));
  check_two.mutable_check_tx()->set_tx("no transaction");
  flush.mutable_flush();
  for (const auto* each : {&echo, &check_one, &check_two, &flush}) add(*each);
  for (const std::size_t step : {bytes.size(), std::size_t{1}, std::size_t{7}}) {
    AbciSession session(*application_);
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += step)
      ASSERT_TRUE(session.receive(std::string_view(bytes).substr(i, step), out).ok());
    FrameReader reader;
    reader.feed(out);
    std::vector<abci::Response> responses;
    while (auto frame = reader.next().value()) responses.emplace_back().ParseFromString(std::string(*frame));
    ASSERT_EQ(responses.size(), 4u);
    EXPECT_EQ(responses[0].echo().message(), "hello");
    EXPECT_EQ(responses[1].check_tx().code(), 0u);
    EXPECT_EQ(responses[2].check_tx().codespace(), "malformed");
    EXPECT_TRUE(responses[3].has_flush());
  }
}

TEST_F(ApplicationTest, ASessionEndsAtBytesThatAreNoAbci) {
  std::string out;
  EXPECT_FALSE(AbciSession(*application_).receive("\xff\xff\xff\xff\xff\xff", out).ok());
  EXPECT_FALSE(AbciSession(*application_).receive(std::string("\x03\xff\xff\xff", 4), out).ok());
  EXPECT_EQ(out, "");
  std::string empty_request;
  append_frame(empty_request, "");
  EXPECT_FALSE(AbciSession(*application_).receive(empty_request, out).ok());
}

}  // namespace
}  // namespace icn::consensus
