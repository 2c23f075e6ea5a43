#include "http/authentication/api_keys.h"

#include <gtest/gtest.h>

#include <future>

#include "base/errors.h"
#include "storage/errors.h"
#include "storage/fault/fault_engine.h"
#include "storage/memory/memory_engine.h"

namespace icn::http {
namespace {

class ApiKeysTest : public testing::Test {
 protected:
  ApiKeysTest() {
    clock_.advance(std::chrono::seconds(1'000'000));
    start();
  }
  ~ApiKeysTest() override { writes_->stop(); }

  // As a node does: what is not in the store is gone.
  void start() {
    if (writes_) writes_->stop();
    keys_.reset();
    writes_.reset();
    store_.reset();
    store_ = engine_.open({ApiKeys::table()}).value();
    writes_ = std::make_unique<storage::GroupCommit>(*store_);
    keys_ = ApiKeys::open(*store_, Bytes(32, 1), clock_, random_).value();
  }
  Result<NewApiKey> create(Role role = Role::kMember, std::optional<TimestampSecs> expires_at = {}) {
    std::promise<Result<NewApiKey>> answer;
    keys_->create("label", role, {}, expires_at, *writes_, executor_,
                  [&](const Result<NewApiKey>& made) { answer.set_value(made); });
    return answer.get_future().get();
  }
  Result<void> revoke(const std::string& id) {
    std::promise<Result<void>> answer;
    keys_->revoke(id, *writes_, executor_, [&](const Result<void>& revoked) { answer.set_value(revoked); });
    return answer.get_future().get();
  }

  ManualClock clock_;
  SeededRandom random_{7};
  InlineExecutor executor_;
  std::shared_ptr<storage::FaultScript> faults_ = std::make_shared<storage::FaultScript>();
  storage::FaultEngine engine_{std::make_unique<storage::MemoryEngine>(), faults_};
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<storage::GroupCommit> writes_;
  std::unique_ptr<ApiKeys> keys_;
};

TEST_F(ApiKeysTest, WhatWasAnsweredIsThereAfterARestart) {
  const auto kept = create();
  const auto ended = create(Role::kOperator);
  ASSERT_TRUE(kept.ok() && ended.ok());
  EXPECT_EQ(keys_->find(ended->key)->role, Role::kOperator);
  ASSERT_TRUE(revoke(ended->info.id).ok());
  EXPECT_FALSE(keys_->find(ended->key));
  EXPECT_TRUE(revoke(ended->info.id).error().is(errors::kNotFound));
  start();
  EXPECT_TRUE(keys_->find(kept->key));
  EXPECT_FALSE(keys_->find(ended->key));
}

TEST_F(ApiKeysTest, BadOnesAreRefusedAtOnce) {
  EXPECT_TRUE(create(Role::kNone).error().is(errors::kMalformed));
  EXPECT_TRUE(create(Role::kRead, clock_.now_secs()).error().is(errors::kMalformed));
  EXPECT_TRUE(keys_->list().empty());
}

TEST_F(ApiKeysTest, AFailedWriteMakesAndEndsNoKey) {
  const auto made = create();
  ASSERT_TRUE(made.ok());
  faults_->set_full(true);
  EXPECT_TRUE(create().error().is(storage::kFull));
  EXPECT_TRUE(revoke(made->info.id).error().is(storage::kFull));
  EXPECT_EQ(keys_->list().size(), 1u);
  EXPECT_TRUE(keys_->find(made->key));
  faults_->set_full(false);
  ASSERT_TRUE(revoke(made->info.id).ok());
  start();
  EXPECT_FALSE(keys_->find(made->key));
}

// The times of last use are written beside it all the while: a revoked key must not come back with them.
TEST_F(ApiKeysTest, AKeyThatIsRevokedWhileItIsUsedStaysRevoked) {
  for (int round = 0; round < 50; ++round) {
    const auto made = create();
    ASSERT_TRUE(made.ok());
    clock_.advance(std::chrono::seconds(1));
    EXPECT_TRUE(keys_->find(made->key));
    auto flushed = std::async(std::launch::async, [this] { return keys_->flush_last_use(); });
    EXPECT_TRUE(revoke(made->info.id).ok());
    EXPECT_TRUE(flushed.get().ok());
    start();
    EXPECT_FALSE(keys_->find(made->key)) << "round " << round;
  }
}

}  // namespace
}  // namespace icn::http
