#include "dag/texts.h"

#include <gtest/gtest.h>

#include "dag/awaited.h"
#include "dag/exchange_testing.h"
#include "dag/node_testing.h"

namespace icn::dag {
namespace {

using codec::Json;
using testing::held_texts;
using testing::TestDag;
using Transaction = std::shared_ptr<ledger::CheckedTransaction>;

// Texts as memos of transfers from person 0 to person 1.
class TextsTest : public ::testing::Test {
 protected:
  TextsTest() {
    test_.custody.kept_count = 1;
    test_.grant(1);
  }

  // The status it is answered with; `cid_` names its text.
  int act(const std::string& text, int mana, Visibility visibility = Visibility::kPublic,
          const std::string& idempotency_key = "") {
    PutOptions options = public_act(TestDag::person(0));
    options.visibility = visibility;
    Texts texts(
        {test_.dag->blocks(), test_.clock, test_.random, [this](const Cid& cid) { told_.push_back(cid); }},
        test_.executor, options);
    cid_ = texts.add(text).value();
    const Json body =
        Json::object({{"to", TestDag::person(1).text()}, {"amount", mana}, {"memo_cid", cid_.to_string()}});
    return testing::answered_status(
        test_.executor,
        [&](http::Request& request) {
          request.caller = TestDag::as(0);
          if (!idempotency_key.empty()) request.headers.add("idempotency-key", idempotency_key);
        },
        [&](const auto& exchange) {
          test_.writer->submit_plain(exchange, texts.write(body), {"economics.transfer", 200, {}});
        });
  }
  // Runs what follows from what was answered.
  void run_what_waits() {
    bool is_done = false;
    test_.dag->blocks().writer().submit(
        test_.executor, 1, [](Batch&) { return Result<void>(); },
        [&](const Result<void>&) { is_done = true; });
    test_.executor.run_until([&] { return is_done; });
  }
  std::vector<std::string> held() { return held_texts(test_.dag->blocks()); }
  std::size_t waiting() { return list_awaited(test_.dag->blocks().writer().rows())->size(); }

  Transaction transfer(int mana) {
    return test_.writer
        ->make(TestDag::person(0), TestDag::node_key(), "economics.transfer",
               Json::object({{"to", TestDag::person(1).text()}, {"amount", mana}}))
        .value();
  }
  bool commit(const Transaction& transaction) {
    std::optional<bool> is_done;
    transaction->set_verified_key(TestDag::node_key().secret.public_key());
    test_.log->submit({{transaction, &test_.inline_executor, [&](const Result<ledger::Commitment>& done) {
                          is_done = done.ok() && done->outcome.ok;
                        }}});
    return is_done.value();
  }
  Cid keep(const Transaction& transaction, std::string_view words) {
    std::vector<NewBlock> blocks;
    blocks.push_back(*make_block(codec::kRaw, to_bytes(as_bytes(words))));
    const Cid cid = blocks.front().cid;
    std::optional<bool> stored;
    put_awaited(test_.dag->blocks(), test_.executor, std::move(blocks),
                testing::by("did:key:a", Visibility::kPublic),
                {to_bytes(transaction->hash()), transaction->envelope().expires},
                [&](const Result<void>& done) { stored = done.ok(); });
    test_.executor.run_until([&] { return stored.has_value(); });
    return cid;
  }
  void settle() { ASSERT_TRUE(settle_texts(*test_.ledger, test_.dag->blocks()).ok()); }
  bool has(const Cid& cid) { return *test_.dag->blocks().has(cid); }

  TestDag test_;
  Cid cid_;
  std::vector<Cid> told_;
};

using Held = std::vector<std::string>;

TEST_F(TextsTest, ARefusedActLeavesNoText) {
  EXPECT_EQ(act("taken", 1), 200);
  EXPECT_EQ(act("refused", 900'000), 402);
  EXPECT_EQ(held(), Held{"taken"});
  EXPECT_EQ(waiting(), 0u);
}

TEST_F(TextsTest, PeersAreToldOfPublicTextsThatWereTaken) {
  EXPECT_EQ(act("for all", 1), 200);
  const Cid shown = cid_;
  EXPECT_EQ(act("refused", 900'000), 402);
  EXPECT_EQ(act("for the author", 1, Visibility::kPrivate), 200);
  run_what_waits();
  EXPECT_EQ(told_, std::vector<Cid>{shown});
  const BlockMeta meta = test_.dag->blocks().meta(shown).value().value();
  EXPECT_EQ(meta.author, TestDag::person(0));
  EXPECT_EQ(meta.time, test_.clock.now_secs());
  EXPECT_EQ(meta.type, BlockType::kGovernance);
  EXPECT_EQ(meta.visibility, Visibility::kPublic);
  EXPECT_EQ(test_.dag->blocks().meta(cid_).value().value().visibility, Visibility::kPrivate);
}

TEST_F(TextsTest, ARetryKeepsTheTextOfTheFirstTime) {
  EXPECT_EQ(act("once", 1, Visibility::kPublic, "a key"), 200);
  const Cid first = cid_;
  EXPECT_EQ(act("once", 1, Visibility::kPublic, "a key"), 200);
  EXPECT_NE(cid_, first);
  EXPECT_EQ(held(), Held{"once"});
  EXPECT_TRUE(has(first));
}

TEST_F(TextsTest, ALostAnswerDecidesNothing) {
  test_.log->loses_answers = true;
  EXPECT_EQ(act("nobody was told", 900'000), 503);
  EXPECT_EQ(held(), Held{"nobody was told"});
  EXPECT_EQ(waiting(), 1u);
  settle();
  EXPECT_EQ(held(), Held{});
  EXPECT_EQ(waiting(), 0u);
}

// Nobody here waited for the outcome, as after a crash.
TEST_F(TextsTest, WhatTheLedgerKnowsDecides) {
  const Transaction taken = transfer(1);
  const Transaction refused = transfer(900'000);
  const Transaction unknown = transfer(2);
  const Cid kept = keep(taken, "taken");
  const Cid gone = keep(refused, "refused");
  const Cid open = keep(unknown, "nobody knows yet");
  EXPECT_TRUE(commit(taken));
  EXPECT_FALSE(commit(refused));
  settle();
  EXPECT_TRUE(has(kept));
  EXPECT_FALSE(has(gone));
  EXPECT_TRUE(has(open));
  // To the second before its expiry a block may still hold it.
  test_.clock.advance(std::chrono::seconds(ledger::Writer::kLifetimeSecs - 1));
  EXPECT_TRUE(commit(transfer(3)));
  settle();
  EXPECT_TRUE(has(open));
  test_.clock.advance(std::chrono::seconds(1));
  EXPECT_TRUE(commit(transfer(4)));
  settle();
  EXPECT_FALSE(has(open));
  EXPECT_TRUE(has(kept));
  EXPECT_EQ(list_awaited(test_.dag->blocks().writer().rows())->size(), 0u);
}

}  // namespace
}  // namespace icn::dag
