#include <gtest/gtest.h>

#include "dag/api/put_block.h"
#include "dag/api/query_blocks.h"
#include "dag/api_testing.h"
#include "http/http_testing.h"

namespace icn::dag {
namespace {

using http::Method;
using testing::Answer;
using testing::Ask;
using testing::ask;
using testing::TestDag;
using testing::text;

class QueryTest : public ::testing::Test {
 protected:
  QueryTest() {
    for (const std::uint64_t who : {1, 2}) test_.grant(who);
  }
  std::string put(std::string_view data, std::uint64_t who, const std::string& more = "") {
    const Answer made =
        ask<api::PutBlock>(test_, {Method::kPost,
                                   "/dag/blocks",
                                   {},
                                   TestDag::as(who),
                                   R"({"data":")" + base64_encode(text(data)) + "\"" + more + "}"});
    EXPECT_EQ(made.status, 201) << made.body;
    return made.field("cid");
  }
  Answer query(const std::string& body, const http::Caller& caller) {
    return ask<api::QueryBlocks>(
        test_, {Method::kPost, "/data/query", {}, caller, body, {{"content-type", "application/json"}}});
  }
  // The CIDs of all pages, sorted by the answer's own order.
  std::vector<std::string> all(const std::string& filter, const http::Caller& caller, int limit = 200) {
    std::vector<std::string> cids;
    std::string cursor;
    while (true) {
      const Answer page = query(R"({"filter":)" + filter + R"(,"limit":)" + std::to_string(limit) +
                                    (cursor.empty() ? "" : R"(,"cursor":")" + cursor + "\"") + "}",
                                caller);
      EXPECT_EQ(page.status, 200) << page.body;
      if (page.status != 200) return cids;
      const codec::Json json = page.json();
      for (const codec::Json& item : *json.find("items")->array())
        cids.push_back(*item.find("cid")->string());
      const codec::Json* next = json.find("next_cursor");
      if (next == nullptr) return cids;
      EXPECT_LE(json.find("items")->array()->size(), static_cast<std::size_t>(limit));
      cursor = *next->string();
    }
  }
  static std::vector<std::string> sorted(std::vector<std::string> cids) {
    std::ranges::sort(cids);
    return cids;
  }
  static std::string by(std::uint64_t who) { return R"({"author":")" + TestDag::person(who).text() + "\"}"; }

  TestDag test_;
};

TEST_F(QueryTest, FindsWhatTheFilterSays) {
  const std::string plain = put("a", 1);
  test_.clock.advance(std::chrono::seconds(100));
  const std::string later = put("b", 1, R"(,"type":"governance","scope":"coop:mill")");
  const std::string public_one = put("c", 2, R"(,"visibility":"public")");
  const http::Caller one = TestDag::as(1);
  EXPECT_EQ(sorted(all(by(1), one)), sorted({plain, later}));
  EXPECT_EQ(all(R"({"type":"governance"})", one), (std::vector{later}));
  EXPECT_EQ(all(R"({"scope":"coop:mill"})", one), (std::vector{later}));
  EXPECT_TRUE(all(R"({"scope":"coop:mil"})", one).empty());
  EXPECT_EQ(sorted(all(R"({"since":1700000100})", one)), sorted({later, public_one}));
  EXPECT_TRUE(all(R"({"since":1700000101})", one).empty());
  EXPECT_EQ(sorted(all("{}", one)), sorted({plain, later, public_one}));
}

TEST_F(QueryTest, ShowsPrivateBlocksToNobodyElse) {
  const std::string secret = put("secret", 1);
  const std::string open = put("open", 1, R"(,"visibility":"public")");
  EXPECT_EQ(all(by(1), TestDag::as(2)), (std::vector{open}));
  EXPECT_EQ(all("{}", http::Caller()), (std::vector{open}));
  EXPECT_EQ(sorted(all(by(1), TestDag::as(0))), sorted({secret, open}));  // the operator
  ASSERT_TRUE(test_.dag->blocks().share({Cid::parse(secret).value()}, TestDag::person(2)).ok());
  EXPECT_EQ(sorted(all(by(1), TestDag::as(2))), sorted({secret, open}));
  EXPECT_EQ(query(R"({"cid":")" + secret + "\"}", http::Caller()).field("code"), "E001");
}

TEST_F(QueryTest, PagesHoldEachBlockOnce) {
  std::vector<std::string> mine;
  for (int i = 0; i < 30; ++i) {
    const std::string cid = put("block " + std::to_string(i), 1 + i % 2);
    if (i % 2 == 0) mine.push_back(cid);
  }
  EXPECT_EQ(sorted(all(by(1), TestDag::as(1), 4)), sorted(mine));
  EXPECT_EQ(all(by(1), TestDag::as(1), 4), all(by(1), TestDag::as(1), 200));
  // A cursor belongs to its filter.
  const Answer page = query(R"({"filter":{},"limit":1})", TestDag::as(1));
  const std::string cursor = page.field("next_cursor");
  EXPECT_EQ(query(R"({"filter":)" + by(1) + R"(,"cursor":")" + cursor + "\"}", TestDag::as(1)).field("code"),
            "bad_cursor");
}

// 10,000 records are one page's search: what lies behind them is found by the next.
TEST_F(QueryTest, SearchOfAPageIsBounded) {
  std::vector<NewBlock> blocks;
  for (int i = 0; i < 10'500; ++i)
    blocks.push_back(make_block(codec::kRaw, text("row " + std::to_string(i))).value());
  PutOptions options;
  options.visibility = Visibility::kPublic;
  ASSERT_TRUE(test_.dag->blocks().put_many(std::move(blocks), options).ok());
  const Answer first = query(R"({"filter":{"scope":"none has this"}})", TestDag::as(1));
  EXPECT_EQ(first.field("items"), "[]");
  ASSERT_NE(first.field("next_cursor"), "absent");
  const Answer second =
      query(R"({"filter":{"scope":"none has this"},"cursor":")" + first.field("next_cursor") + "\"}",
            TestDag::as(1));
  EXPECT_EQ(second.field("next_cursor"), "absent");
  EXPECT_EQ(all("{}", TestDag::as(1)).size(), 10'500u);
}

TEST_F(QueryTest, BytesComeWhenAskedForAndBoundAPage) {
  std::vector<std::string> cids;
  for (int i = 0; i < 6; ++i) {
    std::string data(1'900'000, 'x');
    data += std::to_string(i);
    PutOptions options;
    options.visibility = Visibility::kPublic;
    cids.push_back(test_.dag->blocks().put(codec::kRaw, text(data), options).value().to_string());
  }
  const Answer page = query(R"({"filter":{},"data":true})", TestDag::as(1));
  EXPECT_EQ(http::count_of(page.body, R"({"cid":)"), 3u);  // 4 MiB are reached with the third
  EXPECT_EQ(http::count_of(page.body, R"("next_cursor":)"), 1u);
  const Answer one = query(R"({"cid":")" + cids[0] + R"(","data":true})", TestDag::as(1));
  EXPECT_GT(one.body.size(), 2'533'000u);  // 4/3 of the bytes
  EXPECT_EQ(http::count_of(one.body, "author_did"), 0u);
  EXPECT_EQ(http::count_of(one.body, R"("codec":"raw")"), 1u);
}

TEST_F(QueryTest, NeedsOneOfCidAndFilter) {
  EXPECT_EQ(query("{}", TestDag::as(1)).field("code"), "malformed");
  EXPECT_EQ(query(R"({"filter":{},"cid":"bafkqaaa"})", TestDag::as(1)).field("code"), "malformed");
  EXPECT_EQ(query(R"({"filter":{"type":"poem"}})", TestDag::as(1)).status, 400);
  EXPECT_EQ(query(R"({"cid":"bafkqaaa"})", TestDag::as(1)).status, 200);  // an identity CID is always held
}

}  // namespace
}  // namespace icn::dag
