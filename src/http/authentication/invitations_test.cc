#include "http/authentication/invitations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "http/errors.h"
#include "storage/errors.h"
#include "storage/fault/fault_engine.h"
#include "storage/memory/memory_engine.h"

namespace icn::http {
namespace {

using testing::Not;
using testing::StartsWith;

class InvitationsTest : public testing::Test {
 protected:
  InvitationsTest() {
    clock_.advance(std::chrono::seconds(1'000'000));
    start();
  }
  ~InvitationsTest() override { end(); }

  // As a node does: what is not in the store is gone.
  void start() {
    store_ = engine_.open({ApiKeys::table(), Invitations::table()}).value();
    writes_ = std::make_unique<storage::GroupCommit>(*store_);
    keys_ = ApiKeys::open(*store_, Bytes(32, 1), clock_, random_).value();
    invitations_ = std::make_unique<Invitations>(*store_, *writes_, *keys_, Bytes(32, 2), clock_, random_);
  }
  void end() {
    if (writes_) writes_->stop();
    invitations_.reset();
    keys_.reset();
    writes_.reset();
    store_.reset();
  }

  Result<MadeInvitation> create(NewInvitation wanted = {}) {
    std::promise<Result<MadeInvitation>> answer;
    invitations_->create(std::move(wanted), executor_,
                         [&](const Result<MadeInvitation>& made) { answer.set_value(made); });
    return answer.get_future().get();
  }
  Result<AcceptedCode> accept_code(const std::string& code, const std::string& retry_key = "",
                                   const std::vector<Did>& dids = {}) {
    std::promise<Result<AcceptedCode>> answer;
    invitations_->accept(code, retry_key, dids, executor_,
                         [&](const Result<AcceptedCode>& accepted) { answer.set_value(accepted); });
    return answer.get_future().get();
  }
  Result<NewApiKey> accept(const std::string& code, const std::string& retry_key = "",
                           const std::vector<Did>& dids = {}) {
    ICN_TRY_ASSIGN(accepted, accept_code(code, retry_key, dids));
    return std::move(accepted.made);
  }
  Result<void> revoke(const std::string& id) {
    std::promise<Result<void>> answer;
    invitations_->revoke(id, executor_, [&](const Result<void>& revoked) { answer.set_value(revoked); });
    return answer.get_future().get();
  }
  std::vector<InvitationInfo> list() { return invitations_->list({}, 200).value().items; }

  ManualClock clock_;
  SeededRandom random_{7};
  InlineExecutor executor_;
  std::shared_ptr<storage::FaultScript> faults_ = std::make_shared<storage::FaultScript>();
  storage::FaultEngine engine_{std::make_unique<storage::MemoryEngine>(), faults_};
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<storage::GroupCommit> writes_;
  std::unique_ptr<ApiKeys> keys_;
  std::unique_ptr<Invitations> invitations_;
};

TEST_F(InvitationsTest, CodeGivesOneKeyOfItsRole) {
  const auto made = create({"Ada", Role::kValidator, "coop:bakery", {Did("did:key:a")}, {}, 3600});
  ASSERT_TRUE(made.ok());
  EXPECT_THAT(made->code, StartsWith("icn-invite-"));
  EXPECT_EQ(made->info.expires_at, clock_.now_secs() + 7 * 86'400);
  const auto key = accept(made->code, "", {Did("did:key:b"), Did("did:key:a")});
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(key->info.label, "Ada");
  EXPECT_EQ(key->info.scope, "coop:bakery");
  EXPECT_EQ(key->info.expires_at, clock_.now_secs() + 3600);
  EXPECT_EQ(key->info.dids, (std::vector<Did>{Did("did:key:a"), Did("did:key:b")}));
  const auto caller = keys_->find(key->key);
  ASSERT_TRUE(caller);
  EXPECT_EQ(caller->role, Role::kValidator);
  EXPECT_TRUE(accept(made->code).error().is(kInvitationUsed));
  EXPECT_EQ(keys_->list().size(), 1u);

  end();
  start();
  EXPECT_TRUE(keys_->find(key->key));
  EXPECT_TRUE(accept(made->code).error().is(kInvitationUsed));
  ASSERT_EQ(list().size(), 1u);
  EXPECT_EQ(list()[0].state, InvitationState::kAccepted);
  EXPECT_EQ(list()[0].api_key_id, key->info.id);
}

TEST_F(InvitationsTest, CodeSaysWhereItsBearerIsInvitedToAlsoToWhoRetries) {
  NewInvitation wanted;
  wanted.scope = "group:bakers";
  wanted.member_roles = {"treasurer", "steward"};
  const auto made = create(wanted);
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(made->info.member_roles, wanted.member_roles);
  const auto accepted = accept_code(made->code, "retry");
  ASSERT_TRUE(accepted.ok());
  EXPECT_EQ(accepted->scope, "group:bakers");
  EXPECT_EQ(accepted->member_roles, wanted.member_roles);
  end();
  start();
  const auto again = accept_code(made->code, "retry");
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->made.key, accepted->made.key);
  EXPECT_EQ(again->member_roles, wanted.member_roles);
}

// The node is killed between the use of a code and its answer.
TEST_F(InvitationsTest, RetryAfterAKillGetsTheSameKey) {
  const std::string code = create()->code;
  const std::string lost = accept(code, "retry").value().key;
  end();
  start();
  EXPECT_TRUE(accept(code).error().is(kInvitationUsed));
  EXPECT_TRUE(accept(code, "other").error().is(kInvitationUsed));
  EXPECT_EQ(accept(code, "retry")->key, lost);
  EXPECT_EQ(keys_->list().size(), 1u);
  clock_.advance(std::chrono::hours(24));
  EXPECT_TRUE(accept(code, "retry").error().is(kInvitationUsed));
}

TEST_F(InvitationsTest, RetryGivesNoKeyThatWasRevoked) {
  const std::string code = create()->code;
  std::promise<Result<void>> answer;
  keys_->revoke(accept(code, "retry")->info.id, *writes_, executor_,
                [&](const Result<void>& revoked) { answer.set_value(revoked); });
  ASSERT_TRUE(answer.get_future().get().ok());
  EXPECT_TRUE(accept(code, "retry").error().is(kInvitationUsed));
}

TEST_F(InvitationsTest, FailedWriteSpendsNoCode) {
  const std::string code = create()->code;
  faults_->set_full(true);
  EXPECT_TRUE(accept(code, "retry").error().is(storage::kFull));
  EXPECT_TRUE(create().error().is(storage::kFull));
  EXPECT_TRUE(keys_->list().empty());
  faults_->set_full(false);
  EXPECT_TRUE(accept(code).ok());
}

TEST_F(InvitationsTest, TwoAtOnceGetOneKey) {
  const std::string code = create()->code;
  std::vector<Result<NewApiKey>> answers;
  std::mutex mutex;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      auto answer = accept(code);
      const std::lock_guard lock(mutex);
      answers.push_back(std::move(answer));
    });
  }
  for (std::thread& thread : threads) thread.join();
  int given = 0;
  for (const auto& answer : answers) {
    given += answer.ok();
    EXPECT_TRUE(answer.ok() || answer.error().is(kInvitationUsed) ||
                answer.error().is(kInvitationInProgress));
  }
  EXPECT_EQ(given, 1);
  EXPECT_EQ(keys_->list().size(), 1u);
}

TEST_F(InvitationsTest, WrongCodesTellNothing) {
  const std::string code = create()->code;
  std::string other_secret = code;
  other_secret[40] = other_secret[40] == 'A' ? 'B' : 'A';
  for (const std::string& wrong : {std::string(), std::string("icn-invite-"), code + "A", code.substr(1),
                                   code.substr(11), other_secret, "icn-invite-" + std::string(43, 'A')}) {
    EXPECT_TRUE(accept(wrong).error().is(kInvitationUnknown)) << wrong;
  }
  EXPECT_TRUE(accept(code).ok());
}

TEST_F(InvitationsTest, CodeExpires) {
  const std::string code = create({"", Role::kMember, "", {}, clock_.now_secs() + 60, {}})->code;
  clock_.advance(std::chrono::seconds(60));
  EXPECT_TRUE(accept(code).error().is(kInvitationExpired));
  EXPECT_EQ(list().at(0).state, InvitationState::kExpired);
  EXPECT_TRUE(keys_->list().empty());
}

TEST_F(InvitationsTest, RevokedCodeIsUnknown) {
  const auto made = create().value();
  EXPECT_TRUE(revoke("nothing").error().is(errors::kNotFound));
  ASSERT_TRUE(revoke(made.info.id).ok());
  EXPECT_TRUE(accept(made.code).error().is(kInvitationUnknown));
  EXPECT_TRUE(list().empty());
  const auto spent = create().value();
  ASSERT_TRUE(accept(spent.code).ok());
  EXPECT_TRUE(revoke(spent.info.id).error().is(kInvitationUsed));
}

TEST_F(InvitationsTest, WrongWishesAreRefused) {
  const TimestampSecs now = clock_.now_secs();
  EXPECT_TRUE(create({"", Role::kNone, "", {}, {}, {}}).error().is(errors::kMalformed));
  EXPECT_TRUE(create({"", Role::kMember, "", {Did("nobody")}, {}, {}}).error().is(errors::kMalformed));
  EXPECT_TRUE(create({"", Role::kMember, "", {}, now, {}}).error().is(errors::kMalformed));
  EXPECT_TRUE(create({"", Role::kMember, "", {}, now + 90 * 86'400 + 1, {}}).error().is(errors::kMalformed));
  EXPECT_TRUE(create({"", Role::kMember, "", {}, now + 90 * 86'400, {}}).ok());
}

TEST_F(InvitationsTest, ListPagesNewestFirst) {
  for (const char* label : {"a", "b", "c"}) {
    ASSERT_TRUE(create({label, Role::kMember, "", {}, {}, {}}).ok());
    clock_.advance(std::chrono::seconds(1));
  }
  const auto first = invitations_->list({}, 2).value();
  ASSERT_EQ(first.items.size(), 2u);
  EXPECT_EQ(first.items[0].label, "c");
  const auto second = invitations_->list(first.next, 2).value();
  ASSERT_EQ(second.items.size(), 1u);
  EXPECT_EQ(second.items[0].label, "a");
  EXPECT_TRUE(second.next.empty());
}

TEST_F(InvitationsTest, OldOnesAreForgotten) {
  ASSERT_TRUE(create().ok());
  ASSERT_TRUE(accept(create()->code).ok());
  clock_.advance(std::chrono::hours(24 * 30));
  EXPECT_EQ(*invitations_->prune(), 1u);  // the other one expired 23 days ago
  EXPECT_EQ(list().size(), 1u);
  clock_.advance(std::chrono::hours(24 * 7));
  EXPECT_EQ(*invitations_->prune(), 1u);
}

TEST_F(InvitationsTest, StoreHoldsNoSecret) {
  const auto made = create().value();
  const auto key = accept(made.code, "retry").value();
  for (const auto* table : {&Invitations::table(), &ApiKeys::table()}) {
    auto cursor = store_->scan(*table, {}).value();
    while (cursor->next().value()) {
      const std::string record = to_text(cursor->record().value());
      const std::string secret = to_text(ByteView(*base64url_decode(made.code.substr(11))).subspan(8));
      EXPECT_THAT(record, Not(testing::HasSubstr(secret)));
      EXPECT_THAT(record, Not(testing::HasSubstr(key.key)));
      EXPECT_THAT(record, Not(testing::HasSubstr(to_text(*base64url_decode(key.key.substr(4))))));
    }
  }
}

}  // namespace
}  // namespace icn::http
