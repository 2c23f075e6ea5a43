#include <gtest/gtest.h>

#include "codec/car.h"
#include "dag/api/export_car.h"
#include "dag/api/get_ipfs.h"
#include "dag/api/import_car.h"
#include "dag/api/post_file.h"
#include "dag/node_testing.h"
#include "http/http_testing.h"
#include "storage/rocksdb/rocksdb_engine.h"
#include "storage/storage_testing.h"
#include "telemetry/process.h"

// A real server and RocksDB: what streams in and out of them, and how much memory that takes.
namespace icn::dag {
namespace {

using http::Access;
using http::Method;
using testing::TestDag;

constexpr std::size_t kBlockBytes = 256 * 1024;

// Sanitizers keep shadow memory and what was freed: memory says nothing then.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr bool kIsMemoryOurs = false;
#else
constexpr bool kIsMemoryOurs = true;
#endif

Bytes block_number(std::uint64_t number) {
  Bytes block(kBlockBytes);
  SeededRandom(number).fill(block);
  return block;
}

class DagServerTest : public ::testing::Test {
 protected:
  DagServerTest() : test_(engine()), server_(routes()) { server_.start(); }
  ~DagServerTest() override { server_.stop(); }

  // As the node's own store is set: blocks need no large buffers.
  std::unique_ptr<storage::Engine> engine() {
    storage::RocksdbOptions options;
    options.write_buffer_size_bytes = 16 << 20;
    options.max_write_buffer_number = 2;
    return std::make_unique<storage::RocksdbEngine>(folder_.path(), options, make_silent_log());
  }

  template <typename Handler>
  http::Route route(Method method, std::string_view path, std::size_t body_bytes_max = 0) {
    http::Route made =
        http::make_route<Handler>({method, path, Access::kPublic, body_bytes_max, path}, test_.services);
    if (made.open_upload) {  // everybody is the operator here
      made.open_upload = [inner = made.open_upload](http::Exchange& exchange) {
        exchange.request().caller = TestDag::as(0);
        return inner(exchange);
      };
    }
    return made;
  }
  std::vector<http::Route> routes() {
    std::vector<http::Route> all;
    all.push_back(route<api::PostFile>(Method::kPost, "/dag/files", TestDag::file_bytes_max));
    all.push_back(route<api::ImportCar>(Method::kPost, "/dag/import", TestDag::file_bytes_max));
    all.push_back(route<api::ExportCar>(Method::kGet, "/dag/export/{cid}"));
    all.push_back(route<api::GetIpfs>(Method::kGet, "/ipfs/{cid}"));
    all.push_back(route<api::GetIpfs>(Method::kGet, "/ipfs/{cid}/{path...}"));
    return all;
  }

  // Sends a body that is made as it goes, and gives the whole answer.
  template <typename Pieces>
  std::string post(const std::string& target, std::uint64_t size, Pieces&& next) {
    http::RawSocket socket(server_.server->port());
    socket.send("POST " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " +
                std::to_string(size) + "\r\n\r\n");
    for (Bytes piece = next(); !piece.empty(); piece = next()) {
      if (!socket.send(as_text(piece))) break;
    }
    return socket.read_all();
  }

  storage::testing::TestFolder folder_;
  TestDag test_;
  http::TestServer server_;
};

// 128 MiB; a whole GiB takes no more memory, since what is held depends on the queue alone.
TEST_F(DagServerTest, ALargeArchiveTakesLittleMemory) {
  constexpr std::uint64_t kBlocks = kIsMemoryOurs ? 512 : 64;
  const Cid root = Cid::of(codec::kRaw, block_number(0));
  const Bytes header = codec::encode_car_header({&root, 1});
  const std::uint64_t size =
      header.size() + kBlocks * (codec::car_block_prefix(root, kBlockBytes).size() + kBlockBytes);
  const std::uint64_t before = telemetry::resident_memory_bytes();
  std::uint64_t most = before;
  std::uint64_t number = 0;
  bool is_header_sent = false;
  const std::string answer = post("/dag/import?visibility=public", size, [&]() -> Bytes {
    most = std::max(most, telemetry::resident_memory_bytes());
    Bytes piece;
    if (!std::exchange(is_header_sent, true)) return header;
    if (number == kBlocks) return piece;
    const Bytes block = block_number(number++);
    codec::append_car_block(piece, Cid::of(codec::kRaw, block), block);
    return piece;
  });
  EXPECT_NE(answer.find("201 Created"), std::string::npos) << answer;
  EXPECT_NE(answer.find("\"blocks\":" + std::to_string(kBlocks)), std::string::npos) << answer;
  RecordProperty("memory_growth_mib", static_cast<int>((most - before) >> 20));
  if (kIsMemoryOurs) {
    EXPECT_LT(most - before, std::uint64_t{150} << 20);
  }
  EXPECT_EQ(test_.dag->blocks().totals().blocks, kBlocks);
  EXPECT_EQ((*test_.dag->blocks().get(root))->bytes, as_text(block_number(0)));
}

TEST_F(DagServerTest, AFileGoesInAndComesOut) {
  constexpr std::uint64_t kPieces = 40;
  std::uint64_t number = 0;
  const std::string answer = post("/dag/files?visibility=public", kPieces * kBlockBytes, [&]() -> Bytes {
    return number < kPieces ? block_number(number++) : Bytes();
  });
  ASSERT_NE(answer.find("201 Created"), std::string::npos) << answer;
  const std::size_t at = answer.find("\"cid\":\"") + 7;
  const std::string cid = answer.substr(at, answer.find('"', at) - at);
  const auto ask = [&](const std::string& method, const std::string& path, const std::string& more = "") {
    http::RawSocket socket(server_.server->port());
    socket.send(method + " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + more + "\r\n");
    return socket.read_all();
  };
  const std::string file = ask("GET", "/ipfs/" + cid);
  EXPECT_NE(file.find("200 OK"), std::string::npos);
  EXPECT_TRUE(file.ends_with(as_text(block_number(kPieces - 1))));
  const std::string head = ask("HEAD", "/ipfs/" + cid);
  EXPECT_NE(head.find("content-length: " + std::to_string(kPieces * kBlockBytes)), std::string::npos) << head;
  EXPECT_EQ(http::count_of(head, "x-content-type-options: nosniff"), 1u);
  EXPECT_TRUE(head.ends_with("\r\n\r\n"));
  const std::string range = ask("GET", "/ipfs/" + cid, "Range: bytes=262144-262147\r\n");
  EXPECT_NE(range.find("206 Partial Content"), std::string::npos);
  EXPECT_TRUE(range.ends_with(as_text(block_number(1)).substr(0, 4)));
  EXPECT_NE(ask("HEAD", "/ipfs/" + cid + "?format=car").find("200 OK"), std::string::npos);
}

// The client goes in the middle: nothing of it stays.
TEST_F(DagServerTest, ABrokenUploadLeavesNothing) {
  {
    http::RawSocket socket(server_.server->port());
    socket.send("POST /dag/files HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n");
    for (std::uint64_t i = 0; i < 60; ++i) socket.send(as_text(block_number(i)));
  }
  const auto rows = [&] {
    auto cursor = test_.store->scan(kBlocks, {}).value();
    std::size_t count = 0;
    while (*cursor->next()) ++count;
    return count;
  };
  for (int i = 0; i < 500 && rows() == 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  for (int i = 0; i < 500 && rows() > 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ(rows(), 0u);
  EXPECT_EQ(test_.dag->blocks().totals().blocks, 0u);
}

}  // namespace
}  // namespace icn::dag
