#include "bench/members.h"

#include <gtest/gtest.h>

#include <set>

#include "ledger/transaction.h"

namespace icn::bench {
namespace {

TEST(Members, AreTheSameInEveryRunAndDifferFromEachOther) {
  const auto first = make_members(3);
  const auto again = make_members(2);
  EXPECT_EQ(first[1].did, again[1].did);
  EXPECT_NE(first[0].did, first[1].did);
  EXPECT_EQ(first[0].method.text().rfind(first[0].did.text() + "#", 0), 0u);
}

TEST(Members, SignDistinctTransfersThatVerify) {
  const auto members = make_members(2);
  const auto bodies = sign_transfers(members, "net", 10, 1);
  std::set<std::string> distinct;
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    distinct.insert(bodies[i]);
    const auto json = codec::parse_json(bodies[i]);
    ASSERT_TRUE(json.ok());
    const auto transaction = codec::from_json<ledger::Transaction>(*json);
    ASSERT_TRUE(transaction.ok()) << transaction.error().detail();
    EXPECT_EQ(transaction->sender, members[i % 2].did);
    const auto signature = crypto::Signature::from_bytes(transaction->signature.bytes);
    EXPECT_TRUE(crypto::verify(members[i % 2].key.public_key(), as_bytes(ledger::signing_bytes(*transaction)),
                               *signature));
  }
  EXPECT_EQ(distinct.size(), bodies.size());
  EXPECT_NE(sign_transfers(members, "net", 1, 2)[0], bodies[0]);
}

}  // namespace
}  // namespace icn::bench
