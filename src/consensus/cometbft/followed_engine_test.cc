#include "consensus/cometbft/followed_engine.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>

#include "base/errors.h"
#include "consensus/cometbft/errors.h"
#include "consensus/cometbft/followed_engine_testing.h"

namespace icn::consensus::followed {
namespace {

using namespace std::chrono_literals;
using Way = FakeEngine::Way;
using Spoil = FakeEngine::Spoil;

TEST_F(FollowedEngineTest, TakesBlocksFromTheFirstOneOn) {
  chain_.decide(now(), {wire(90), wire(20)});
  chain_.decide(now() + 1);
  chain_.decide(now() + 2, {wire(5, "b")});
  start();
  EXPECT_TRUE(eventually([&] { return has_all() && engine_->follows(); }));
  EXPECT_EQ(counter("a"), 90);
  EXPECT_EQ(counter("b"), 5);
  chain_.decide(now() + 3, {wire(6, "b")});
  EXPECT_TRUE(eventually([&] { return has_all(); }));
  EXPECT_TRUE(engine_->follows());
  EXPECT_EQ(engine_->problem(), "");
  engine_.reset();
  ASSERT_EQ(committed_.size(), 4u);
  ASSERT_EQ(committed_[0].outcomes.size(), 2u);
  EXPECT_TRUE(committed_[0].outcomes[0].ok);
  EXPECT_EQ(committed_[0].outcomes[1].code, "rule_broken");
  EXPECT_EQ(committed_[1].height, 0u) << "an empty block is none of ours";
  EXPECT_EQ(committed_[3].height, 3u);
  EXPECT_EQ(committed_[3].time, now() + 3);
  EXPECT_EQ(second_.requests(), 0u);
  EXPECT_EQ(first_.asked("validators"), 0u) << "the genesis names them";
}

TEST_F(FollowedEngineTest, KnowsWhatWasSignedOfTheNewestBlock) {
  start();
  ASSERT_FALSE(engine_->newest_block().ok());
  EXPECT_TRUE(engine_->newest_block().error().is(errors::kUnavailable));
  const crypto::Hash genesis = chain_.head();
  chain_.decide(now(), {wire(1)});
  const crypto::Hash after_first = chain_.head();
  chain_.decide(now() + 1, {wire(2)});
  EXPECT_TRUE(eventually([&] {
    const auto newest = engine_->newest_block();
    return newest.ok() && newest->height == 2;
  }));
  EXPECT_EQ(engine_->newest_block()->hash, chain_.block(2)->attestation.block_id.hash.bytes);
  const EngineAttestation newest = engine_->attestation(2).value();
  EXPECT_EQ(first_.asked("commit", "2"), first_.asked("block", "2"));
  EXPECT_TRUE(check_attestation(newest, "toy-net", after_first).ok());
  const std::size_t before = first_.asked("commit", "1");
  EXPECT_TRUE(check_attestation(engine_->attestation(1).value(), "toy-net", genesis).ok());
  EXPECT_EQ(first_.asked("commit", "1"), before + 1);
  EXPECT_TRUE(engine_->attestation(9).error().is(kEngineFailed));
  first_.spoil([](DecidedBlock& block) { DecidedChain::seal(block, {11, 12, 13, 14}); });
  EXPECT_TRUE(engine_->attestation(1).error().is(kEngineFailed)) << "signed by strangers";
}

// ---- Servers that lie

const Seeds kValidators = {1, 2, 3, 4};
const Seeds kStrangers = {11, 12, 13, 14};

struct Lie {
  std::string_view name;
  std::string_view part;  // that problem() names
  Spoil tell;
};

class LyingServerTest : public FollowedEngineTest, public ::testing::WithParamInterface<Lie> {};

TEST_P(LyingServerTest, IsNotBelieved) {
  chain_.decide(now(), {wire(1)});
  use_only(first_);
  start();
  EXPECT_TRUE(eventually([&] { return has_all(); }));
  first_.spoil(GetParam().tell);
  chain_.decide(now() + 1, {wire(2), wire(3)});
  EXPECT_TRUE(tells_problem(": " + std::string(GetParam().part)))
      << engine_->problem() << " where it should name " << GetParam().part;
  EXPECT_TRUE(asks_again(first_, 2));
  EXPECT_FALSE(engine_->follows());
  EXPECT_EQ(engine_->problem().find("no next block from " + first_.address()), 0u) << engine_->problem();
  EXPECT_EQ(height(), 1u);
  EXPECT_EQ(counter("a"), 1);
  EXPECT_EQ(engine_->newest_block()->height, 1u);
  // Another one tells what was decided.
  options_.servers = {first_.address(), second_.address()};
  start();
  EXPECT_TRUE(eventually([&] { return has_all() && engine_->follows() && engine_->problem().empty(); }));
  EXPECT_EQ(counter("a"), 6);
}

const Lie kLies[] = {
    {"TransactionChanged", "data_hash: ", [](DecidedBlock& block) { block.transactions[1] += " "; }},
    {"TransactionLeftOut", "data_hash: ", [](DecidedBlock& block) { block.transactions.pop_back(); }},
    {"TransactionsInAnotherOrder",
     "data_hash: ", [](DecidedBlock& block) { std::swap(block.transactions[0], block.transactions[1]); }},
    {"HeaderChanged", "block_id: ", [](DecidedBlock& block) { block.attestation.header.time.nanos ^= 1; }},
    {"SignatureChanged", "signature 2 is not valid",
     [](DecidedBlock& block) { block.attestation.signatures[2].signature.bytes[9] ^= 1; }},
    {"TooFewSignatures", "signatures: ",
     [](DecidedBlock& block) { block.attestation.signatures[0] = block.attestation.signatures[3] = {}; }},
    {"OneSignatureMissing",
     "signatures: ", [](DecidedBlock& block) { block.attestation.signatures.pop_back(); }},
    {"SignedByStrangers", "signature 0 is not valid",
     [](DecidedBlock& block) {
       DecidedBlock other = block;
       DecidedChain::seal(other, kStrangers);
       block.attestation.signatures = other.attestation.signatures;
     }},
    {"ChainOfStrangers",
     "validators_hash: ", [](DecidedBlock& block) { DecidedChain::seal(block, kStrangers); }},
    {"AnotherChain", "chain: ",
     [](DecidedBlock& block) {
       block.attestation.header.chain_id = "else";
       DecidedChain::seal(block, kValidators);
     }},
    {"AnotherHeight", "height: ",
     [](DecidedBlock& block) {
       ++block.attestation.header.height;
       DecidedChain::seal(block, kValidators);
     }},
    {"AnotherBlockBefore", "last_block_id: ",
     [](DecidedBlock& block) {
       block.attestation.header.last_block_id.hash.bytes[0] ^= 1;
       DecidedChain::seal(block, kValidators);
     }},
    {"EvidenceLeftOut", "evidence_hash: ",
     [](DecidedBlock& block) {
       block.attestation.header.evidence_hash.bytes[0] ^= 1;
       DecidedChain::seal(block, kValidators);
     }},
};
INSTANTIATE_TEST_SUITE_P(Lies, LyingServerTest, ::testing::ValuesIn(kLies),
                         [](const auto& lie) { return std::string(lie.param.name); });

TEST_F(FollowedEngineTest, AnotherLedgerThanTheValidatorsIsTold) {
  chain_.decide(now(), {wire(1)});
  use_only(first_);
  first_.spoil([](DecidedBlock& block) {
    block.attestation.header.app_hash.bytes[0] ^= 1;
    DecidedChain::seal(block, kValidators);
  });
  start();
  EXPECT_TRUE(tells_problem("app_hash: block 1 follows a ledger with header")) << engine_->problem();
  EXPECT_NE(engine_->problem().find(hex_encode(ledger_->published()->head.hash)), std::string::npos);
  EXPECT_TRUE(asks_again(first_, 1));
  EXPECT_EQ(height(), 0u);
  EXPECT_EQ(ledger_->published()->head.header.height, 0u);
  EXPECT_FALSE(engine_->follows());
}

// ---- Servers that fail

TEST_F(FollowedEngineTest, ABlockThatWasDroppedIsTold) {
  for (int i = 0; i < 5; ++i) chain_.decide(now() + static_cast<TimestampSecs>(i), {wire(1)});
  use_only(first_);
  first_.has(4, 5);
  start();
  EXPECT_TRUE(tells_problem("height 1 is not available, lowest height is 4")) << engine_->problem();
  EXPECT_TRUE(asks_again(first_, 1));
  EXPECT_EQ(height(), 0u);
  options_.servers = {first_.address(), second_.address()};
  start();
  EXPECT_TRUE(eventually([&] { return has_all(); })) << "the second one has it";
}

struct Failure {
  std::string_view name;
  Way way;
  std::string_view text;
};

class FailingServerTest : public FollowedEngineTest, public ::testing::WithParamInterface<Failure> {};

TEST_P(FailingServerTest, IsLeftForTheNext) {
  options_.timeout_ms = 40;
  chain_.decide(now(), {wire(1)});
  first_.behave(GetParam().way, std::string(GetParam().text));
  start();
  EXPECT_TRUE(eventually([&] { return has_all(); }));
  EXPECT_GT(first_.requests(), 0u);
}

TEST_P(FailingServerTest, IsTheProblemWhenThereIsNoOther) {
  options_.timeout_ms = 40;
  chain_.decide(now(), {wire(1)});
  first_.behave(GetParam().way, std::string(GetParam().text));
  use_only(first_);
  start();
  EXPECT_TRUE(tells_problem("no next block from " + first_.address()));
  EXPECT_FALSE(engine_->follows());
  first_.behave(Way::kAnswers);
  EXPECT_TRUE(eventually([&] { return has_all() && engine_->follows() && engine_->problem().empty(); }));
}

constexpr Failure kFailures[] = {
    {"Closes", Way::kCloses, ""},
    {"IsSilent", Way::kIsSilent, ""},
    {"Drips", Way::kDrips, ""},
    {"IsNoHttp", Way::kSays, "220 mail.example ESMTP\r\n"},
    {"IsNoJson", Way::kSays, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>"},
    {"AnswersNothing", Way::kSays, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"},
    {"AnswersElse", Way::kSays, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n[1,2]"},
    {"AnswersMuchTooLong", Way::kSays, "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"},
};
INSTANTIATE_TEST_SUITE_P(Failures, FailingServerTest, ::testing::ValuesIn(kFailures),
                         [](const auto& failure) { return std::string(failure.param.name); });

TEST_F(FollowedEngineTest, AServerThatIsGoneIsNoProblemWhileAnotherAnswers) {
  {
    const FakeEngine gone(chain_);
    options_.servers = {gone.address(), second_.address()};
  }
  chain_.decide(now(), {wire(1)});
  std::promise<void> asked, may_answer;
  bool is_first = true;
  second_.spoil([&](const DecidedBlock&) {
    if (!std::exchange(is_first, false)) return;
    asked.set_value();
    may_answer.get_future().wait();
  });
  start();
  EXPECT_EQ(asked.get_future().wait_for(15s), std::future_status::ready);
  EXPECT_EQ(engine_->problem(), "");
  EXPECT_GE(engine_->losses(), 2u) << "what was handed to the first one may be nowhere";
  may_answer.set_value();
  EXPECT_TRUE(eventually([&] { return has_all() && engine_->follows(); }));
}

TEST_F(FollowedEngineTest, AServerWithoutNewBlocksIsLeftAfterAWhile) {
  first_.has(1, 1);
  chain_.decide(now(), {wire(1)});
  start();
  EXPECT_TRUE(eventually([&] { return has_all() && engine_->follows(); }));
  chain_.decide(now() + 1, {wire(2)});
  EXPECT_TRUE(asks_again(first_, 2));
  clock_.advance(std::chrono::milliseconds(options_.silence_ms));
  EXPECT_TRUE(asks_again(first_, 2));
  EXPECT_EQ(second_.requests(), 0u);
  EXPECT_EQ(height(), 1u);
  const std::uint64_t losses = engine_->losses();
  clock_.advance(1ms);
  EXPECT_TRUE(eventually([&] { return has_all(); }));
  EXPECT_GT(engine_->losses(), losses);
  EXPECT_EQ(engine_->problem(), "");
}

// ---- Where it begins

TEST_F(FollowedEngineTest, GoesOnWhereTheStoreStands) {
  chain_.decide(now(), {wire(1)});
  chain_.decide(now() + 1, {wire(2)});
  use_only(first_);
  start();
  EXPECT_TRUE(eventually([&] { return has_all(); }));
  engine_.reset();
  chain_.decide(now() + 2, {wire(3)});
  use_only(second_);
  start();
  EXPECT_TRUE(eventually([&] { return has_all(); }));
  EXPECT_EQ(second_.asked("block", "1") + second_.asked("block", "2"), 0u);
  EXPECT_EQ(counter("a"), 6);
}

// The block of a server is held against what the store knows, not against what another server said.
TEST_F(FollowedEngineTest, TheStoreKnowsTheBlockBefore) {
  chain_.decide(now(), {wire(1)});
  use_only(first_);
  start();
  EXPECT_TRUE(eventually([&] { return has_all(); }));
  engine_.reset();
  first_.spoil([](DecidedBlock& block) {
    block.attestation.header.last_block_id.hash.bytes[0] ^= 1;
    DecidedChain::seal(block, kValidators);
  });
  chain_.decide(now() + 1, {wire(2)});
  start();
  EXPECT_TRUE(tells_problem("last_block_id")) << engine_->problem();
  EXPECT_EQ(height(), 1u);
}

TEST_F(FollowedEngineTest, NeedsTheHashOfTheNewestBlock) {
  const auto store = ledger_->store().value();
  storage::StoreSpace space(*store, storage::Durability::kBuffered);
  ASSERT_TRUE(kEngineNote.put(space, kEngineKey, {"toy-net", 3, 0}).ok());
  const std::string refused = refusal();
  EXPECT_EQ(refused.find("wrong_genesis: the newest block here was written by an older version"), 0u)
      << refused;
  EXPECT_NE(refused.find("consensus.engine = \"cometbft\""), std::string::npos) << refused;
}

TEST_F(FollowedEngineTest, IsOfOneChain) {
  {
    const auto store = ledger_->store().value();
    storage::StoreSpace space(*store, storage::Durability::kBuffered);
    ASSERT_TRUE(
        kEngineNote.put(space, kEngineKey, {"else", 3, 0, codec::HexBytes{}, codec::HexBytes{}}).ok());
  }
  EXPECT_EQ(refusal(), "wrong_genesis: the ledger here was ordered by chain \"else\", not by \"toy-net\"");
}

TEST_F(FollowedEngineTest, IsOfOneGenesis) {
  options_.genesis.ledger.operator_did = Did("did:key:somebody");
  const std::string refused = refusal();
  EXPECT_EQ(refused.find("wrong_genesis: app_state"), 0u) << refused;
  options_.genesis = chain_.genesis();
  options_.genesis.chain = "else";
  EXPECT_EQ(refusal().find("wrong_genesis: "), 0u);
}

TEST_F(FollowedEngineTest, GoesOnWhereANodeThatWasAloneEnded) {
  DecidedChain chain(3);
  FakeEngine server(chain);
  chain.decide(now(), {DecidedChain::wire(chain.raise(7, "b"))});
  ASSERT_EQ(chain.height(), 4u);
  const auto ledger = chain.open_ledger();
  ASSERT_EQ(ledger->published()->head.header.height, 3u);
  Application application(*ledger, clock_, make_silent_log(), {.chain = "toy-net"},
                          {[](const CommittedBlock&) {}, [](const crypto::Hash&, const Error&) {}});
  options_.genesis = chain.genesis();
  use_only(server);
  auto started = FollowedEngine::start(*ledger, application, clock_, make_silent_log(), options_);
  ASSERT_TRUE(started.ok()) << started.error().detail();
  EXPECT_TRUE(eventually([&] { return ledger->published()->head.hash == chain.head(); }))
      << (*started)->problem();
  EXPECT_EQ(ledger->published()->head.header.height, 4u);
  started->reset();
  EXPECT_EQ(refusal().find("wrong_genesis: the chain goes on from block 3"), 0u) << "this one is at block 0";
}

// ---- Other validators

TEST_F(FollowedEngineTest, ValidatorsChangeWhenAHeaderNamesOthers) {
  const Seeds later = {3, 4, 5, 6, 7};
  chain_.decide(now(), {wire(1)}, later);
  chain_.decide(now() + 1, {wire(2)});
  use_only(first_);
  const std::pair<std::string, Spoil> lies[] = {
      {"validators_hash", [](DecidedBlock& block) { DecidedChain::seal(block, kValidators); }},
      {"signature 0 is not valid",
       [](DecidedBlock& block) {
         DecidedBlock other = block;
         DecidedChain::seal(other, kStrangers);
         other.attestation.signatures.push_back(other.attestation.signatures[0]);
         block.attestation.signatures = other.attestation.signatures;
       }},
      {"validators: ",
       [](DecidedBlock& block) { block.attestation.validators = DecidedChain::validators_of(kValidators); }},
  };
  for (const auto& [part, lie] : lies) {
    first_.spoil([&lie](DecidedBlock& block) {
      if (block.attestation.header.height == 2) lie(block);
    });
    start();
    EXPECT_TRUE(tells_problem(part)) << engine_->problem() << " where it should name " << part;
    EXPECT_TRUE(asks_again(first_, 2));
    EXPECT_EQ(height(), 1u);
    engine_.reset();
  }
  first_.spoil({});
  chain_.decide(now() + 2, {wire(3)});
  start();
  EXPECT_TRUE(eventually([&] { return has_all(); })) << engine_->problem();
  EXPECT_EQ(engine_->attestation(3).value().validators.size(), 5u);
  EXPECT_EQ(first_.asked("validators", "3"), 0u) << "those of block 2 are known";
}

// ---- Its end

TEST_F(FollowedEngineTest, StopsWhileItsServerHangs) {
  options_.timeout_ms = 100;
  use_only(first_);
  start();
  EXPECT_TRUE(asks_again(first_, 1));
  first_.behave(Way::kIsSilent);
  const std::size_t before = first_.requests();
  EXPECT_TRUE(eventually([&] { return first_.requests() > before; }));
  const auto began = std::chrono::steady_clock::now();
  const auto handed = engine_->hand_over(std::vector<std::string>{wire(1)});
  EXPECT_TRUE(!handed.ok() && handed.error().is(kEngineFailed));
  engine_->stop();
  engine_->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - began, 2s);
}

}  // namespace
}  // namespace icn::consensus::followed
