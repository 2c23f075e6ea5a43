#include "identity/custody.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <future>

#include "http/errors.h"
#include "identity/identity_testing.h"
#include "identity/operations.h"

namespace icn::identity {
namespace {

using testing::key_named;

// Keys of did:key, whose documents need no ledger. What callers do with them: api/identity_api_test.cc.
class CustodyTest : public ::testing::Test {
 protected:
  CustodyTest() {
    std::string pattern = ::testing::TempDir() + "custody.XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    keys_.emplace(
        crypto::KeyStore::create(folder_ + "/keys.json", as_bytes("passphrase"), crypto::kRandomCost, random_)
            .value());
    const storage::TableSet ledger_tables(
        ledger::kParameters, ledger::kClock, ledger::kDue, ledger::kStuckRows, ledger::kNetwork,
        ledger::kOrder, ledger::kTransactionPlaces, ledger::kHeaders, ledger::kBodies, testing::kBalances);
    std::vector<storage::TableSchema> schemas = tables();
    for (const storage::TableSchema& schema : ledger_tables.schemas()) schemas.push_back(schema);
    node_store_ = node_engine_.open(node_tables()).value();
    writes_ = std::make_unique<storage::GroupCommit>(*node_store_);
    const ledger::Genesis genesis{"test", "production", crypto::did_key(node_key_.public_key()),
                                  clock_.now_secs()};
    ledger_ =
        ledger::Ledger::open(std::make_unique<storage::MemoryEngine>(), schemas, rules_, genesis).value();
    custody_ =
        std::make_unique<NodeCustody>(*ledger_, *node_store_, *writes_, *keys_, node_key_, clock_, random_);
  }
  ~CustodyTest() override { std::filesystem::remove_all(folder_); }

  static http::Caller caller(const std::string& id, http::Role role = http::Role::kMember) {
    return {role, http::Credential::kApiKey, id, std::make_shared<const std::vector<Did>>()};
  }
  Did keep_for(const http::Caller& owner) {
    const NewKey key = custody_->make_key();
    newest_ = key.public_key;
    const Did did = crypto::did_key(key.public_key);
    std::promise<bool> kept;
    custody_->keep(did, key, NodeCustody::owner_of(owner).value(), executor_,
                   [&kept](const Result<void>& done) { kept.set_value(done.ok()); });
    EXPECT_TRUE(kept.get_future().get());
    return did;
  }
  NodeCustody at_gateway(const Did& leader) {
    return {*ledger_, *node_store_, *writes_, *keys_, gateway_key_, clock_, random_, leader};
  }

  std::string folder_;
  SeededRandom random_{7};
  ManualClock clock_;
  InlineExecutor executor_;
  crypto::SecretKey node_key_ = key_named("node");
  crypto::SecretKey gateway_key_ = key_named("gateway");
  std::optional<crypto::KeyStore> keys_;
  ledger::Rules rules_ = testing::make_rules();
  storage::MemoryEngine node_engine_;
  std::unique_ptr<storage::Store> node_store_;
  std::unique_ptr<storage::GroupCommit> writes_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<NodeCustody> custody_;
  crypto::PublicKey newest_ = node_key_.public_key();
  const http::Caller one_ = caller("key-1");
  const http::Caller other_ = caller("key-10");  // begins as the first does
};

using Dids = std::vector<Did>;

TEST_F(CustodyTest, CallersAreToldOfTheDidsWhoseKeysAreKeptForThem) {
  const NodeCustody gateway = at_gateway(custody_->node_did());
  const Did mine = keep_for(one_);
  const Did theirs = keep_for(other_);
  for (const auto* each : std::initializer_list<const NodeCustody*>{custody_.get(), &gateway}) {
    EXPECT_EQ(each->kept_for(one_, 5), Dids{mine});
    EXPECT_EQ(each->kept_for(other_, 5), Dids{theirs});
    EXPECT_TRUE(each->kept_for(caller("key-2"), 5).empty());
    EXPECT_TRUE(each->kept_for(http::Caller(), 5).empty());
  }
  keep_for(one_);
  EXPECT_EQ(gateway.kept_for(one_, 5).size(), 2u);
  EXPECT_EQ(gateway.kept_for(one_, 1).size(), 1u);
  ASSERT_TRUE(custody_->forget(crypto::did_key(newest_), newest_).ok());
  EXPECT_EQ(gateway.kept_for(one_, 5), Dids{mine});
  EXPECT_FALSE(kKeptFor.contains(*node_store_, {"key-1", crypto::did_key(newest_)}).value());
}

TEST_F(CustodyTest, AGatewayKnowsWhoMayActAndSignsAsNobody) {
  const NodeCustody gateway = at_gateway(custody_->node_did());
  const http::Caller operator_caller = caller("key-9", http::Role::kOperator);
  for (const auto& [who, may] : {std::pair(operator_caller, true), std::pair(one_, false)}) {
    EXPECT_EQ(custody_->may_act_as(who, custody_->node_did()), may);
    EXPECT_EQ(gateway.may_act_as(who, custody_->node_did()), may);
  }
  EXPECT_FALSE(gateway.may_act_as(operator_caller, crypto::did_key(gateway_key_.public_key())));
  EXPECT_TRUE(custody_->key_for(operator_caller, custody_->node_did()).ok());
  EXPECT_FALSE(gateway.key_for(operator_caller, custody_->node_did()).ok());
}

TEST_F(CustodyTest, KeysThatAFormerVersionKeptAreNoted) {
  ASSERT_TRUE(custody_->note_former_owners().ok()) << "nothing is kept";
  const Did mine = keep_for(one_);
  storage::StoreSpace space(*node_store_, storage::Durability::kBuffered);
  ASSERT_TRUE(kKeptFor.erase(space, {"key-1", mine}).ok());
  EXPECT_TRUE(custody_->kept_for(one_, 5).empty());
  for (int starts = 0; starts < 2; ++starts) {
    ASSERT_TRUE(custody_->note_former_owners().ok());
    EXPECT_EQ(custody_->kept_for(one_, 5), Dids{mine});
  }
}

}  // namespace
}  // namespace icn::identity
