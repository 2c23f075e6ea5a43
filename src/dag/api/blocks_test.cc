#include <gtest/gtest.h>

#include "codec/car.h"
#include "codec/unixfs_file.h"
#include "dag/api/export_car.h"
#include "dag/api/get_block.h"
#include "dag/api/import_car.h"
#include "dag/api/pins.h"
#include "dag/api/post_file.h"
#include "dag/api/put_block.h"
#include "dag/api/upkeep.h"
#include "dag/api_testing.h"
#include "dag/merkle_tree.h"

namespace icn::dag {
namespace {

using http::Method;
using testing::Answer;
using testing::Ask;
using testing::ask;
using testing::node_of;
using testing::TestDag;
using testing::text;

class DagApiTest : public ::testing::Test {
 protected:
  Answer put(const Bytes& data, std::uint64_t who, const std::string& more = "") {
    return ask<api::PutBlock>(test_, {Method::kPost,
                                      "/dag/blocks",
                                      {},
                                      TestDag::as(who),
                                      R"({"data":")" + base64_encode(data) + "\"" + more + "}"});
  }
  Answer get(const std::string& cid, const http::Caller& caller, const std::string& accept = "*/*") {
    return ask<api::GetBlock>(
        test_, {Method::kGet, "/dag/blocks/x", {{"cid", cid}}, caller, "", {{"accept", accept}}});
  }
  template <typename Handler>
  Answer upload(std::string body, std::uint64_t who, const std::string& query = "") {
    return ask<Handler>(test_, {Method::kPost, "/dag/x" + query, {}, TestDag::as(who), std::move(body)});
  }
  TestDag test_;
};

TEST_F(DagApiTest, APrivateBlockIsForItsAuthorAndTheOperator) {
  test_.grant(1);
  const Answer made = put(text("secret"), 1);
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string cid = made.field("cid");
  EXPECT_EQ(cid, Cid::of(codec::kRaw, text("secret")).to_string());
  EXPECT_EQ(made.field("fee"), "0.01");
  EXPECT_EQ(get(cid, TestDag::as(1)).body, "secret");
  EXPECT_EQ(get(cid, TestDag::as(0)).body, "secret");
  for (const http::Caller& caller : {http::Caller(), TestDag::as(2)}) {
    EXPECT_EQ(get(cid, caller).status, 404);
    EXPECT_EQ(get(cid, caller).field("code"), "E001");
  }
  EXPECT_EQ(put(text("secret"), 1, R"(,"visibility":"public")").field("created"), "false");
  EXPECT_EQ(get(cid, http::Caller()).body, "secret");
  const Answer described = get(cid, http::Caller(), "application/json");
  EXPECT_EQ(described.field("data"), base64_encode(text("secret")));
  const Answer meta = ask<api::GetBlockMeta>(test_, {Method::kGet, "/x", {{"cid", cid}}});
  EXPECT_EQ(meta.field("author_did"), TestDag::person(1).text());
  EXPECT_EQ(meta.field("size"), "6");
}

TEST_F(DagApiTest, EveryWrongPutHasItsCode) {
  test_.grant(1);
  const std::string other = Cid::of(codec::kRaw, text("other")).to_string();
  EXPECT_EQ(put(text("x"), 1, R"(,"cid":")" + other + "\"").field("code"), "E002");
  const Bytes parent = node_of({Cid::of(codec::kRaw, text("other"))});
  EXPECT_EQ(put(parent, 1, R"(,"codec":"dag-cbor")").field("code"), "E003");
  EXPECT_EQ(put(parent, 1, R"(,"codec":"dag-cbor","links":[")" + other + "\"]").status, 201);
  EXPECT_EQ(put(text("x"), 1, R"(,"timestamp":1700000061)").field("code"), "future_timestamp");
  EXPECT_EQ(put(text("x"), 1, R"(,"author":")" + TestDag::person(2).text() + "\"").status, 403);
  EXPECT_EQ(put(text("x"), 1, R"(,"codec":"dag-xml")").field("code"), "unsupported_codec");
  EXPECT_EQ(put(text("x"), 1, R"(,"codec":"dag-cbor")").field("code"), "bad_dag_cbor");
  const Answer poor = put(text("x"), 2);
  EXPECT_EQ(poor.status, 402);
  EXPECT_EQ(poor.field("code"), "E005");
  put(text("held"), 1);
  EXPECT_EQ(put(text("held"), 2).status, 201);  // costs nothing
  test_.script->set_full(true);
  const Answer full = put(text("y"), 1);
  EXPECT_EQ(full.status, 507);
  EXPECT_EQ(full.field("code"), "E008");
}

TEST_F(DagApiTest, ASignatureStandsForItsAuthor) {
  test_.grant(1);
  const auto key = economics::testing::key_of_person(2);
  const Cid cid = Cid::of(codec::kRaw, text("signed"));
  const auto body = [&](const Bytes& signature) {
    return R"(,"author":")" + TestDag::person(2).text() + R"(","key":")" +
           crypto::did_key_method(key.public_key()).text() + R"(","timestamp":1700000000,"signature":")" +
           hex_encode(signature) + "\"";
  };
  const auto message = api::block_signing_bytes(cid, TestDag::person(2), 1'700'000'000, BlockType::kData,
                                                Visibility::kPrivate, "");
  Bytes signature = to_bytes(key.sign(message).view());
  const Answer made = put(text("signed"), 1, body(signature));
  EXPECT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(get(cid.to_string(), TestDag::as(2)).body, "signed");
  signature[3] ^= 1;
  const Answer refused = put(text("signed"), 1, body(signature));
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.field("code"), "E004");
}

TEST_F(DagApiTest, AMemoIsAPrivateSaltedBlock) {
  const Cid first = *test_.dag->memos().keep(TestDag::person(1), "for the bread");
  const Cid second = *test_.dag->memos().keep(TestDag::person(1), "for the bread");
  EXPECT_NE(first, second);
  EXPECT_EQ(get(first.to_string(), http::Caller()).status, 404);
  const Answer memo = get(first.to_string(), TestDag::as(1));
  const auto value = codec::decode_dag_cbor(as_bytes(memo.body));
  ASSERT_TRUE(value.ok());
  EXPECT_EQ(*value->find("text")->text(), "for the bread");
  EXPECT_EQ(value->find("salt")->bytes()->size(), 16u);
}

TEST_F(DagApiTest, WritesAreChargedOnce) {
  test_.grant(1);
  const Millimana before = test_.balance(1);
  put(Bytes(100), 1);
  put(Bytes(100), 1);                                   // again: free
  put(Bytes(1024), 1);                                  // below 10 KiB: 0.1
  put(Bytes(200 * 1024), 1, R"(,"type":"execution")");  // 10 and 0.1 for its type
  EXPECT_EQ(test_.balance(1), before);
  test_.log->loses_answers = true;
  EXPECT_FALSE(test_.dag->charge_now().ok());
  test_.log->loses_answers = false;
  test_.open();  // as after a crash: the outcome is found on the ledger
  ASSERT_TRUE(test_.dag->charge_now().ok());
  ASSERT_TRUE(test_.dag->charge_now().ok());
  EXPECT_EQ(before - test_.balance(1), Millimana{10 + 100 + 10'100});
  EXPECT_FALSE(*kOwed.get(*test_.store, TestDag::person(1)));
  put(Bytes(50), 0);  // the node itself pays nothing
  EXPECT_FALSE(*kOwed.get(*test_.store, TestDag::person(0)));
}

TEST_F(DagApiTest, AFileComesBackWhole) {
  SeededRandom random(9);
  Bytes content(5'000'000);
  random.fill(content);
  const Answer made = upload<api::PostFile>(to_text(content), 0, "?visibility=public");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.field("size"), "5000000");
  EXPECT_EQ(made.field("blocks"), "21");  // 20 leaves of 256 KiB and their root
  std::vector<Bytes> leaves;
  codec::FileBuilder builder([](const Cid&, ByteView) { return Result<void>(); });
  ASSERT_TRUE(builder.write(content).ok());
  EXPECT_EQ(made.field("cid"), builder.finish()->cid.to_string());
  const Answer pins = ask<api::ListPins>(test_, {Method::kGet, "/dag/pins", {}, TestDag::as(0)});
  EXPECT_EQ(pins.field("total"), "1");

  const Answer archive = ask<api::ExportCar>(test_, {Method::kGet, "/x", {{"cid", made.field("cid")}}});
  EXPECT_FALSE(archive.is_broken_off);
  std::size_t blocks = 0, bytes = 0;
  codec::CarReader reader([](const std::vector<Cid>&) { return Result<void>(); },
                          [&](const Cid&, ByteView block) {
                            ++blocks;
                            bytes += block.size();
                            return Result<void>();
                          });
  ASSERT_TRUE(reader.feed(as_bytes(archive.body)).ok() && reader.finish().ok());
  EXPECT_EQ(blocks, 21u);

  TestDag other;
  const Answer taken =
      ask<api::ImportCar>(other, {Method::kPost, "/x?visibility=public", {}, TestDag::as(0), archive.body});
  ASSERT_EQ(taken.status, 201) << taken.body;
  EXPECT_EQ(taken.field("blocks"), "21");
  EXPECT_EQ(taken.field("roots"), "[\"" + made.field("cid") + "\"]");
  EXPECT_EQ(ask<api::ExportCar>(other, {Method::kGet, "/x", {{"cid", made.field("cid")}}}).body,
            archive.body);
}

TEST_F(DagApiTest, AnUploadThatIsRefusedLeavesNothing) {
  test_.grant(1);
  EXPECT_EQ(upload<api::PostFile>("x", 1, "?visibility=secret").status, 400);
  EXPECT_EQ(upload<api::PostFile>(std::string(300'000, 'x'), 2).field("code"), "E005");
  test_.dag->api().file_bytes_max = 1'000'000;
  EXPECT_EQ(upload<api::PostFile>(std::string(1'000'001, 'x'), 0).status, 413);
  while (!test_.dag->uploads().is_tidy()) std::this_thread::yield();
  EXPECT_EQ(test_.dag->blocks().totals().blocks, 0u);
}

TEST_F(DagApiTest, AHostileArchiveIsRefusedWhole) {
  const std::vector<Cid> roots{Cid::of(codec::kRaw, text("good"))};
  Bytes good = codec::encode_car_header(roots);
  codec::append_car_block(good, roots[0], text("good"));
  const auto with_block = [&](const Cid& cid, const Bytes& block) {
    Bytes car = good;
    codec::append_car_block(car, cid, block);
    return to_text(car);
  };
  struct Case {
    std::string car;
    std::string code;
  };
  for (const Case& each :
       {Case{"", "bad_car"}, Case{"garbage garbage", "bad_car"},
        Case{to_text(good).substr(0, good.size() - 1), "bad_car"}, Case{to_text(good) + '\0', "bad_car"},
        Case{with_block(roots[0], text("evil")), "E002"},
        Case{with_block(Cid::of(codec::kRaw, Bytes(kBlockBytesMax + 1)), Bytes(kBlockBytesMax + 1)),
             "too_large"},
        Case{with_block(Cid::of(codec::kDagCbor, Bytes{0x18, 0x01}), Bytes{0x18, 0x01}), "bad_dag_cbor"},
        Case{with_block(Cid::of(0x99, Bytes{1}), Bytes{1}), "unsupported_codec"}}) {
    const Answer refused = upload<api::ImportCar>(each.car, 0);
    EXPECT_EQ(refused.field("code"), each.code);
    EXPECT_EQ(test_.dag->blocks().totals().blocks, 0u);
  }
  EXPECT_EQ(upload<api::ImportCar>(to_text(good), 0).status, 201);
}

TEST_F(DagApiTest, TheRootIsThatOfTheCidsHeld) {
  std::vector<Hash> keys;
  for (int i = 0; i < 200; ++i) {
    const Bytes data = text("block " + std::to_string(i));
    ASSERT_EQ(put(data, 0).status, 201);
    keys.push_back(tree_key(Cid::of(codec::kRaw, data).bytes()));
  }
  const Answer root = ask<api::GetRoot>(test_, {});
  EXPECT_EQ(root.field("in_sync"), "true");
  EXPECT_EQ(root.field("cid"), tree_root_cid(tree_root(keys)).to_string());
  const Answer status = ask<api::GetStatus>(test_, {});
  EXPECT_EQ(status.field("current_root"), root.field("cid"));
  EXPECT_EQ(status.field("blocks"), "200");
}

TEST_F(DagApiTest, PinsAndPruning) {
  test_.grant(1);
  const std::string kept = put(text("kept"), 1).field("cid");
  const std::string lost = put(text("lost"), 1).field("cid");
  const auto pin = [&](const std::string& body, std::uint64_t who) {
    return ask<api::CreatePin>(test_, {Method::kPost, "/dag/pins", {}, TestDag::as(who), body});
  };
  EXPECT_EQ(pin(R"({"cid":")" + kept + R"(","ttl":172800})", 1).field("expires_at"), "1700172800");
  EXPECT_EQ(pin(R"({"cid":")" + kept + "\"}", 2).field("code"), "E001");
  const auto prune = [&](const std::string& body) {
    return ask<api::Prune>(test_, {Method::kPost, "/dag/prune", {}, TestDag::as(0), body});
  };
  test_.clock.advance(std::chrono::hours(24));
  EXPECT_EQ(prune(R"({"dry_run":true})").field("removed"), "1");
  EXPECT_EQ(prune("{}").field("bytes"), "4");
  EXPECT_EQ(get(lost, TestDag::as(1)).status, 404);
  EXPECT_EQ(get(kept, TestDag::as(1)).status, 200);
  const auto unpin = [&] {
    return ask<api::RemovePin>(test_, {Method::kDelete, "/x", {{"cid", kept}}, TestDag::as(1)});
  };
  EXPECT_EQ(unpin().status, 200);
  EXPECT_EQ(unpin().field("code"), "pin_not_found");
}

}  // namespace
}  // namespace icn::dag
