#include "governance/api/texts.h"

#include <gtest/gtest.h>

#include "dag/awaited.h"
#include "dag/node_testing.h"

namespace icn::governance::api {
namespace {

using codec::Json;
using Transaction = std::shared_ptr<ledger::CheckedTransaction>;

// Texts of transactions whose outcome nobody waited for, as after a crash.
class TextsTest : public ::testing::Test {
 protected:
  Transaction transfer(int mana) {
    return test_.writer
        ->make(dag::testing::TestDag::person(0), dag::testing::TestDag::node_key(), "economics.transfer",
               Json::object({{"to", dag::testing::TestDag::person(1).text()}, {"amount", mana}}))
        .value();
  }
  bool commit(const Transaction& transaction) {
    std::optional<bool> is_done;
    transaction->set_verified_key(dag::testing::TestDag::node_key().secret.public_key());
    test_.log->submit({{transaction, &test_.inline_executor, [&](const Result<ledger::Commitment>& done) {
                          is_done = done.ok() && done->outcome.ok;
                        }}});
    return is_done.value();
  }
  codec::Cid keep(const Transaction& transaction, std::string_view words) {
    std::vector<dag::NewBlock> blocks;
    blocks.push_back(*dag::make_block(codec::kRaw, to_bytes(as_bytes(words))));
    const codec::Cid cid = blocks.front().cid;
    std::optional<bool> stored;
    dag::put_awaited(test_.dag->blocks(), test_.executor, std::move(blocks),
                     dag::testing::by("did:key:a", dag::Visibility::kPublic),
                     {to_bytes(transaction->hash()), transaction->envelope().expires},
                     [&](const Result<void>& done) { stored = done.ok(); });
    test_.executor.run_until([&] { return stored.has_value(); });
    return cid;
  }
  void settle() { ASSERT_TRUE(settle_texts(*test_.ledger, test_.dag->blocks()).ok()); }
  bool has(const codec::Cid& cid) { return *test_.dag->blocks().has(cid); }

  dag::testing::TestDag test_;
};

TEST_F(TextsTest, WhatTheLedgerKnowsDecides) {
  const Transaction taken = transfer(1);
  const Transaction refused = transfer(900'000);
  const Transaction unknown = transfer(2);
  const codec::Cid kept = keep(taken, "taken");
  const codec::Cid gone = keep(refused, "refused");
  const codec::Cid open = keep(unknown, "nobody knows yet");
  test_.grant(1);
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
  EXPECT_EQ(dag::list_awaited(test_.dag->blocks().writer().rows())->size(), 0u);
}

}  // namespace
}  // namespace icn::governance::api
