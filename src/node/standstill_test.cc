#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "codec/json.h"
#include "http/client.h"
#include "node/node.h"

namespace icn::node {
namespace {

constexpr auto kPatience = std::chrono::seconds(20);

// A whole node on a folder that stays, and a clock that the test moves while the node is off.
class StandstillTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "icn-standstill-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    settings_.data_path = pattern;
    settings_.profile = config::Profile::kDevelopment;
    settings_.http_listen_addr = "127.0.0.1:0";
    settings_.http_threads = 1;
    settings_.mesh_executor = false;
  }
  void TearDown() override {
    node_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(settings_.data_path, ignored);
  }

  void start() {
    auto started = Node::start(settings_, passphrase_, {clock_, random_, make_silent_log()});
    ASSERT_TRUE(started.ok()) << started.error().detail();
    node_ = std::move(*started);
    std::ifstream(node_->operator_key_file()) >> key_;
    client_ = std::make_unique<http::Client>(
        http::Client::make("http://127.0.0.1:" + std::to_string(node_->port())).value());
  }
  void stop() {
    client_.reset();
    node_.reset();
  }

  codec::Json ask(std::string method, std::string target, std::string body = "") {
    http::ClientRequest request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.headers = {{"x-api-key", key_}, {"content-type", "application/json"}};
    request.body = std::move(body);
    const auto answer = client_->send(request);
    EXPECT_TRUE(answer.ok());
    EXPECT_LT(answer->status, 300) << answer->body;
    return codec::parse_json(answer->body).value();
  }
  std::string status_of(const std::string& job) {
    return ask("GET", "/mesh/jobs/" + job).find("job")->find("status")->string()->c_str();
  }
  // Lets the clock of the running node go on, never so far ahead of its blocks that it seems to have stood
  // still, until the job is at `status`; how many seconds that took.
  std::uint64_t run_until(const std::string& job, std::string_view status) {
    const TimestampSecs begin = clock_.now_secs();
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (status_of(job) != status && std::chrono::steady_clock::now() < end) {
      const std::string block_secs = ask("GET", "/system/status").find("current_block_time")->number()->text;
      if (clock_.now_secs() - std::stoull(block_secs) < 80) clock_.advance(std::chrono::seconds(20));
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    EXPECT_EQ(status_of(job), status);
    return clock_.now_secs() - begin;
  }

  config::Settings settings_;
  crypto::SecretBytes passphrase_{as_bytes("a passphrase of a test")};
  ManualClock clock_;
  SystemRandom random_;
  std::unique_ptr<Node> node_;
  std::unique_ptr<http::Client> client_;
  std::string key_;
};

// design.md 4: nobody loses a lock or a payment because the network stood still. A job has 600 s to be
// assigned (mesh.assign_secs); the node is off for 5 hours.
TEST_F(StandstillTest, ANodeThatWasOffForHoursExpiresNobodysJobOrLock) {
  start();
  const std::string body = R"({"spec":{"kind":"echo","args":["still here"],"max_price":20}})";
  const std::string job = ask("POST", "/mesh/jobs", body).find("job_id")->string()->c_str();
  const std::string other = ask("POST", "/mesh/jobs", body).find("job_id")->string()->c_str();
  stop();
  clock_.advance(std::chrono::hours(5));
  start();
  EXPECT_EQ(status_of(job), "submitted");
  // It stays so while the node runs for a part of the time that is left.
  for (int i = 0; i < 3; ++i) {
    clock_.advance(std::chrono::seconds(60));
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    EXPECT_EQ(status_of(job), "submitted");
  }
  stop();
  clock_.advance(std::chrono::hours(20));
  settings_.mesh_executor = true;
  start();
  run_until(job, "completed");
  run_until(other, "completed");
}

// The time that the node does run counts: not assigned within it, the job ends and its lock comes back.
// Without peers: with them a job that nobody offers to run is given up sooner.
TEST_F(StandstillTest, TheTimeTheNodeRunsCounts) {
  settings_.p2p_enabled = false;
  start();
  const std::string body = R"({"spec":{"kind":"echo","args":["late"],"max_price":20}})";
  const std::string job = ask("POST", "/mesh/jobs", body).find("job_id")->string()->c_str();
  stop();
  clock_.advance(std::chrono::hours(5));
  start();
  const std::uint64_t ran_secs = run_until(job, "failed");
  EXPECT_GE(ran_secs, 600u);
  EXPECT_LE(ran_secs, 800u);
  const codec::Json found = ask("GET", "/mesh/jobs/" + job);
  EXPECT_STREQ(found.find("job")->find("code")->string()->c_str(), "J003");
}

}  // namespace
}  // namespace icn::node
