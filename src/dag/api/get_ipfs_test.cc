#include "dag/api/get_ipfs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/car.h"
#include "codec/unixfs_file.h"
#include "dag/api_testing.h"
#include "dag/gateway_request.h"

// Expectations follow the IPFS Trustless Gateway and Path Gateway specifications.
namespace icn::dag {
namespace {

using testing::Answer;
using testing::Ask;
using testing::ask;
using testing::by;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::node_of;
using testing::TestDag;
using testing::text;

class GatewayTest : public ::testing::Test {
 protected:
  GatewayTest() {
    codec::FileBuilder builder(
        [&](const Cid& cid, ByteView bytes) {
          if (cid.codec() == codec::kRaw) leaves_.push_back(cid);
          return put(*trusted_block(cid, to_bytes(bytes)));
        },
        {.leaf_size = 10, .links_max = 2});
    EXPECT_TRUE(builder.write(text(kContent)).ok());
    const codec::BuiltFile file = *builder.finish();
    file_ = file.cid;
    note_ = Cid::of(codec::kRaw, text("a note"));
    EXPECT_TRUE(put(*make_block(codec::kRaw, text("a note"))).ok());
    const auto inner =
        *codec::encode_unixfs_directory({{"file.txt", file.cid, file.cumulative_size}, {"note", note_, 6}});
    const auto outer = *codec::encode_unixfs_directory({{"sub", inner.cid, inner.cumulative_size}});
    sub_ = inner.cid;
    dir_ = outer.cid;
    for (const auto& each : {inner, outer}) EXPECT_TRUE(put(*trusted_block(each.cid, each.bytes)).ok());
  }

  Result<void> put(NewBlock block) {
    std::vector<NewBlock> blocks;
    blocks.push_back(std::move(block));
    return test_.dag->blocks().put_many(std::move(blocks), by("did:key:a", Visibility::kPublic));
  }
  // `path` below /ipfs/: the CID, and what follows it.
  Answer get(const Cid& cid, const std::string& path = "", const std::string& query = "",
             std::vector<std::pair<std::string, std::string>> headers = {}, http::Caller caller = {}) {
    http::Parameters parameters{{"cid", cid.to_string()}};
    if (!path.empty()) parameters.emplace_back("path", path.substr(1));
    return ask<api::GetIpfs>(test_, {http::Method::kGet, "/ipfs/" + cid.to_string() + path + query,
                                     std::move(parameters), std::move(caller), "", std::move(headers)});
  }
  static std::vector<Cid> blocks_of(const Answer& answer) {
    std::vector<Cid> cids;
    codec::CarReader reader([](const std::vector<Cid>&) { return Result<void>(); },
                            [&](const Cid& cid, ByteView) {
                              cids.push_back(cid);
                              return Result<void>();
                            });
    EXPECT_TRUE(reader.feed(as_bytes(answer.body)).ok() && reader.finish().ok());
    return cids;
  }

  static constexpr std::string_view kContent = "0123456789abcdefghijklmnopqrstuvwxyz";  // leaves of 10: four
  TestDag test_;
  std::vector<Cid> leaves_;
  Cid file_, note_, sub_, dir_;
};

TEST_F(GatewayTest, ARawBlock) {
  for (const Answer& answer : {get(note_, "", "?format=raw"),
                               get(note_, "", "", {{"accept", "text/html, application/vnd.ipld.raw"}})}) {
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.type, "application/vnd.ipld.raw");
    EXPECT_EQ(answer.body, "a note");
    EXPECT_EQ(answer.header("Etag"), "\"" + note_.to_string() + ".raw\"");
    EXPECT_EQ(answer.header("Cache-Control"), "public, max-age=29030400, immutable");
    EXPECT_EQ(answer.header("Content-Disposition"), "attachment; filename=\"" + note_.to_string() + ".bin\"");
  }
  EXPECT_EQ(get(note_, "", "?format=raw").header("Content-Location"), "");
  EXPECT_EQ(get(note_, "", "", {{"accept", "application/vnd.ipld.raw"}}).header("Content-Location"),
            "/ipfs/" + note_.to_string() + "?format=raw");
  EXPECT_EQ(get(dir_, "/sub", "?format=raw").status, 400);
  EXPECT_EQ(get(note_, "", "?format=tar").status, 406);
}

TEST_F(GatewayTest, ConditionsAndCaches) {
  const std::string etag = "\"" + note_.to_string() + ".raw\"";
  for (const std::string& header : {etag, "W/" + etag, "\"x\", " + etag, std::string("*")}) {
    const Answer same = get(note_, "", "?format=raw", {{"if-none-match", header}});
    EXPECT_EQ(same.status, 304) << header;
    EXPECT_EQ(same.body, "");
    EXPECT_EQ(same.header("Etag"), etag);
  }
  EXPECT_EQ(get(note_, "", "?format=raw", {{"if-none-match", "\"x\""}}).status, 200);
  const Cid absent = Cid::of(codec::kRaw, text("absent"));
  EXPECT_EQ(get(absent, "", "?format=raw").status, 404);
  EXPECT_EQ(get(absent, "", "?format=car").status, 404);
  const Answer not_cached = get(absent, "", "?format=raw", {{"cache-control", "only-if-cached"}});
  EXPECT_EQ(not_cached.status, 412);
  EXPECT_EQ(not_cached.field("status"), "412");
  EXPECT_EQ(get(note_, "", "?format=raw", {{"cache-control", "only-if-cached"}}).status, 200);
  // The probe every gateway answers: the empty identity block.
  EXPECT_EQ(get(*Cid::parse("bafkqaaa"), "", "?format=raw").status, 200);
}

TEST_F(GatewayTest, PrivateBlocksAreNotThereForOthers) {
  const Cid cid = *test_.dag->blocks().put(codec::kRaw, text("private"), by(TestDag::person(1).text()));
  EXPECT_EQ(get(cid, "", "?format=raw").status, 404);
  EXPECT_EQ(get(cid, "", "?format=raw", {}, TestDag::as(2)).field("code"), "E001");
  const Answer own = get(cid, "", "?format=raw", {}, TestDag::as(1));
  EXPECT_EQ(own.body, "private");
  EXPECT_EQ(own.header("Cache-Control"), "private, max-age=29030400, immutable");
  // Linking to it from a public block does not open it.
  const Cid link =
      *test_.dag->blocks().put(codec::kDagCbor, node_of({cid}), by("did:key:b", Visibility::kPublic));
  EXPECT_TRUE(get(link, "", "?format=car").is_broken_off);
  EXPECT_EQ(get(link, "/1").status, 404);
}

TEST_F(GatewayTest, AnArchiveOfAllBelow) {
  const Answer all = get(dir_, "", "?format=car");
  EXPECT_EQ(all.type, "application/vnd.ipld.car; version=1; order=dfs; dups=n");
  EXPECT_EQ(all.header("Content-Disposition"), "attachment; filename=\"" + dir_.to_string() + ".car\"");
  const auto cids = blocks_of(all);
  ASSERT_EQ(cids.size(), 10u);  // dir, sub, file with two nodes below and four leaves, note
  EXPECT_THAT(std::vector<Cid>(cids.begin(), cids.begin() + 3), ElementsAre(dir_, sub_, file_));
  EXPECT_EQ(cids.back(), note_);
  EXPECT_NE(all.header("Etag"), get(dir_, "", "?format=car&dag-scope=block").header("Etag"));
}

TEST_F(GatewayTest, ScopesAndPaths) {
  EXPECT_THAT(blocks_of(get(dir_, "/sub/note", "?format=car")), ElementsAre(dir_, sub_, note_));
  EXPECT_THAT(blocks_of(get(dir_, "/sub", "?format=car&dag-scope=block")), ElementsAre(dir_, sub_));
  EXPECT_THAT(blocks_of(get(dir_, "/sub", "?format=car&dag-scope=entity")), ElementsAre(dir_, sub_));
  EXPECT_EQ(blocks_of(get(dir_, "/sub/file.txt", "?format=car&dag-scope=entity")).size(), 9u);
  EXPECT_EQ(get(dir_, "/sub/none", "?format=car").field("code"), "path_not_found");
  EXPECT_EQ(get(dir_, "", "?format=car&dag-scope=some").status, 400);
  EXPECT_EQ(get(dir_, "", "?format=car&car-version=2").status, 400);
}

TEST_F(GatewayTest, EntityBytesTakeTheFewestBlocks) {
  const auto range = [&](const std::string& bytes) {
    auto cids = blocks_of(get(file_, "", "?format=car&entity-bytes=" + bytes));
    std::vector<std::size_t> which;
    for (std::size_t i = 0; i < leaves_.size(); ++i) {
      if (std::count(cids.begin(), cids.end(), leaves_[i]) > 0) which.push_back(i);
    }
    return which;
  };
  EXPECT_THAT(range("0:0"), ElementsAre(0));
  EXPECT_THAT(range("9:10"), ElementsAre(0, 1));
  EXPECT_THAT(range("0:*"), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(range("-6:*"), ElementsAre(3));
  EXPECT_THAT(range("-7:*"), ElementsAre(2, 3));
  EXPECT_THAT(range("10:-17"), ElementsAre(1));
  EXPECT_THAT(range("30:999"), ElementsAre(3));
  EXPECT_THAT(blocks_of(get(file_, "", "?format=car&entity-bytes=20:10")), ElementsAre(file_));
  EXPECT_EQ(get(file_, "", "?format=car&entity-bytes=36:*").status, 400);
  EXPECT_EQ(get(file_, "", "?format=car&entity-bytes=a:*").status, 400);
  EXPECT_THAT(blocks_of(get(dir_, "", "?format=car&entity-bytes=0:5")), ElementsAre(dir_));
}

TEST_F(GatewayTest, DuplicatesOnlyWhenAskedFor) {
  const Cid twice = *test_.dag->blocks().put(codec::kDagCbor, node_of({note_, note_}),
                                             by("did:key:a", Visibility::kPublic));
  EXPECT_THAT(blocks_of(get(twice, "", "?format=car")), ElementsAre(twice, note_));
  const Answer dups = get(twice, "", "", {{"accept", "application/vnd.ipld.car; order=dfs; dups=y"}});
  EXPECT_THAT(dups.type, HasSubstr("dups=y"));
  EXPECT_THAT(blocks_of(dups), ElementsAre(twice, note_, note_));
}

TEST_F(GatewayTest, FilesAndRanges) {
  const Answer file = get(dir_, "/sub/file.txt");
  EXPECT_EQ(file.status, 200);
  EXPECT_EQ(file.body, kContent);
  EXPECT_EQ(file.type, "text/plain; charset=utf-8");
  EXPECT_EQ(file.header("Etag"), "\"" + file_.to_string() + "\"");
  EXPECT_EQ(file.header("X-Ipfs-Path"), "/ipfs/" + dir_.to_string() + "/sub/file.txt");
  EXPECT_THAT(file.header("X-Ipfs-Roots"), HasSubstr(file_.to_string()));
  EXPECT_EQ(file.header("Content-Security-Policy"), "sandbox");
  const auto range = [&](const std::string& bytes) {
    return get(file_, "", "", {{"range", "bytes=" + bytes}});
  };
  EXPECT_EQ(range("8-11").body, "89ab");
  EXPECT_EQ(range("8-11").status, 206);
  EXPECT_EQ(range("8-11").header("Content-Range"), "bytes 8-11/36");
  EXPECT_EQ(range("-3").body, "xyz");
  EXPECT_EQ(range("33-").body, "xyz");
  EXPECT_EQ(range("30-99").header("Content-Range"), "bytes 30-35/36");
  EXPECT_EQ(range("0-1,3-4").status, 200);
  EXPECT_EQ(range("36-").status, 416);
  EXPECT_EQ(range("36-").header("Content-Range"), "bytes */36");
  EXPECT_EQ(get(note_, "", "?filename=n%22%C3%B6.txt&download=true").header("Content-Disposition"),
            "attachment; filename=\"n___.txt\"; filename*=UTF-8''n%22%C3%B6.txt");
}

TEST_F(GatewayTest, Directories) {
  const Answer moved = get(dir_, "/sub");
  EXPECT_EQ(moved.status, 301);
  EXPECT_EQ(moved.header("Location"), "/ipfs/" + dir_.to_string() + "/sub/");
  const Answer list = get(dir_, "/sub/");
  EXPECT_EQ(list.status, 200);
  EXPECT_THAT(list.body, HasSubstr("<a href=\"./file.txt\">file.txt</a>"));
  const Cid page = Cid::of(codec::kRaw, text("<p>hello"));
  ASSERT_TRUE(put(*make_block(codec::kRaw, text("<p>hello"))).ok());
  const auto site = *codec::encode_unixfs_directory({{"index.html", page, 8}});
  ASSERT_TRUE(put(*trusted_block(site.cid, site.bytes)).ok());
  const Answer index = get(site.cid, "/");
  EXPECT_EQ(index.body, "<p>hello");
  EXPECT_EQ(index.type, "text/html; charset=utf-8");
  EXPECT_EQ(get(dir_, "", "", {{"service-worker", "script"}}).status, 400);
}

TEST_F(GatewayTest, DataBlocksAndPathsIntoThem) {
  const Bytes bytes = *codec::encode_dag_cbor(codec::Value(
      codec::Value::Map{{"list", codec::Value(codec::Value::List{codec::Value(1), codec::Value("two")})},
                        {"note", codec::Value(note_)}}));
  const Cid cid = *test_.dag->blocks().put(codec::kDagCbor, bytes, by("did:key:a", Visibility::kPublic));
  EXPECT_EQ(get(cid).type, "application/vnd.ipld.dag-cbor");
  EXPECT_EQ(get(cid).body, to_text(bytes));
  EXPECT_EQ(get(cid, "/list/1").body, "\"two\"");
  EXPECT_EQ(get(cid, "/list/1").type, "application/vnd.ipld.dag-json");
  EXPECT_EQ(get(cid, "/note").body, "a note");
  EXPECT_EQ(get(cid, "/none").status, 404);
}

}  // namespace
}  // namespace icn::dag
