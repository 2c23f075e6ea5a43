#include "registry/rules.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/key_text.h"
#include "economics/tables.h"
#include "federation/tables.h"
#include "governance/tables.h"
#include "ledger/block_executor.h"
#include "storage/memory/memory_engine.h"

namespace icn::registry {
namespace {

// A node that joins copies rows it does not understand: somebody must know their index values.
TEST(Rules, EveryIndexOfTheLedgerCanBeMadeFromItsRecords) {
  const ledger::Rules all = rules();
  for (const storage::TableSchema& table : ledger_tables()) {
    const bool is_known =
        std::ranges::find(all.indexers, table.id, &ledger::TableIndexer::table) != all.indexers.end();
    EXPECT_EQ(is_known, !table.indexes.empty()) << table.name;
  }
}

TEST(Rules, EveryIndexOfTheNodesOwnTablesCanBeMadeFromItsRecords) {
  const auto all = node_indexers();
  for (const storage::TableSchema& table : node_tables()) {
    const bool is_known = std::ranges::find(all, table.id, &ledger::TableIndexer::table) != all.end();
    EXPECT_EQ(is_known, !table.indexes.empty()) << table.name;
  }
}

TEST(Rules, WhatCanBeProvedLiesInTheAgreedState) {
  for (const ledger::ProofSubject& each : rules().proof_subjects) EXPECT_LT(each.table->id, 200) << each.name;
}

TEST(Rules, TheProofOfAMembershipNamesItsScopeAndItsDid) {
  const ledger::Rules all = rules();
  const auto found = std::ranges::find(all.proof_subjects, "membership", &ledger::ProofSubject::name);
  ASSERT_NE(found, all.proof_subjects.end());
  storage::MemoryEngine engine;
  const auto store = engine.open(ledger_tables()).value();
  governance::Member member;
  member.did = Did("did:key:z6Mk");
  member.scope = "federation:valley";
  storage::RowBuffer rows(*store);
  ASSERT_TRUE(governance::kMembers.put(rows, {member.scope, member.did}, member).ok());
  ASSERT_TRUE(store->write(rows.take(), storage::Durability::kBuffered).ok());
  const auto record = store->get(*found->table, found->key("federation:valley did:key:z6Mk")).value();
  ASSERT_TRUE(record);
  EXPECT_EQ(*found->show(*record)->find("scope")->string(), "federation:valley");
  for (const char* other :
       {"federation:valley", "federation:valley ", " did:key:z6Mk", "", "local did:key:z6Mk"})
    EXPECT_FALSE(store->get(*found->table, found->key(other)).value()) << other;
}

// The ledger of a federation whose validator 0 is its operator's, with the start grant of 1,750 mana.
class MisconductTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ledger::Genesis genesis{"fed-test", "development", operator_, kStart, {}, {}};
    genesis.validators = {{"one", operator_, operator_, {to_bytes(key_.public_key().view())}, "id@host:1"}};
    store_ = engine_.open(ledger_tables()).value();
    take(executor_.genesis(genesis, *store_));
    address_ = Bytes(20);
    std::ranges::copy(ByteView(crypto::sha256(key_.public_key().view())).first(20), address_.begin());
  }
  void take(Result<ledger::ExecutedBlock> block) {
    ASSERT_TRUE(block.ok()) << block.error().detail();
    EXPECT_EQ(block->failures, std::vector<std::string>());
    head_ = block->head;
    ASSERT_TRUE(store_->write(block->rows, storage::Durability::kBuffered).ok());
  }
  void block(TimestampSecs time, const std::vector<ledger::Misconduct>& misconduct) {
    take(executor_.execute(head_, *store_, time, {}, misconduct));
  }
  economics::Account account() { return *economics::kAccounts.get(*store_, operator_).value(); }
  economics::Supply supply() { return *economics::kSupply.get(*store_, economics::kSupplyKey).value(); }

  static constexpr TimestampSecs kStart = 1'700'000'000;
  crypto::SecretKey key_ = crypto::SecretKey::from_seed(Bytes(32, 5));
  Did operator_ = crypto::did_key(crypto::SecretKey::from_seed(Bytes(32, 6)).public_key());
  ledger::Rules rules_ = rules();
  ledger::BlockExecutor executor_{rules_,
                                  [](std::uint64_t) -> Result<crypto::Hash> { return crypto::Hash{}; }};
  storage::MemoryEngine engine_;
  std::unique_ptr<storage::Store> store_;
  ledger::Head head_;
  Bytes address_;
};

TEST_F(MisconductTest, AQuarterOfTheStakeIsLockedAndBurnedAWeekLater) {
  block(kStart, {{"duplicate_vote", {address_}, 7, kStart}});
  // 1,750 mana are less than a stake of 10,000: a quarter of them.
  EXPECT_EQ(account().locked, Millimana{437'500});
  EXPECT_EQ(account().balance, Millimana{1'750'000});
  const Millimana burned_before = supply().burned;
  // Found once, punished once.
  block(kStart, {{"duplicate_vote", {address_}, 7, kStart}});
  EXPECT_EQ(account().locked, Millimana{437'500});
  block(kStart + 60, {});
  EXPECT_EQ(supply().burned, burned_before);
  // Heartbeats keep the time of the network running.
  for (TimestampSecs time = kStart + 120; time <= kStart + 604'800; time += 60) block(time, {});
  EXPECT_EQ(account().locked, Millimana{});
  EXPECT_EQ(supply().burned - burned_before, Millimana{437'500});
  const auto offence =
      federation::kOffences.get(*store_, {address_, std::uint64_t{7}, "duplicate_vote"}).value();
  ASSERT_TRUE(offence);
  EXPECT_EQ(offence->burned, Millimana{437'500});
}

TEST_F(MisconductTest, AnAttackCostsAllOfItAndAStrangerNothing) {
  block(kStart, {{"duplicate_vote", {Bytes(20, 9)}, 7, kStart}});
  EXPECT_EQ(account().locked, Millimana{});
  block(kStart, {{"light_client_attack", {address_}, 8, kStart}});
  EXPECT_EQ(account().locked, Millimana{1'750'000});
}

}  // namespace
}  // namespace icn::registry
