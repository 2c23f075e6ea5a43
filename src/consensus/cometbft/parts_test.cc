#include <gtest/gtest.h>
#include <stdlib.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include "base/random.h"
#include "consensus/cometbft/admission.h"
#include "consensus/cometbft/engine_files.h"
#include "consensus/cometbft/engine_process.h"
#include "consensus/cometbft/frame.h"
#include "consensus/cometbft/network_genesis.h"
#include "consensus/cometbft/proposal.h"
#include "consensus/cometbft/rpc_client.h"
#include "crypto/key_text.h"
#include "ledger/toy_domain.h"
#include "storage/memory/memory_engine.h"

namespace icn::consensus {
namespace {

TEST(FrameTest, LengthsAreLeb128) {
  std::string out;
  append_frame(out, std::string(300, 'x'));
  // 300 = 0b10_0101100 (protobuf's own example of a varint: ac 02).
  EXPECT_EQ(out.substr(0, 2), "\xac\x02");
  FrameReader reader;
  reader.feed(out.substr(0, 301));
  EXPECT_FALSE(reader.next().value().has_value());
  reader.feed(out.substr(301) + std::string(1, '\0'));
  EXPECT_EQ(reader.next().value()->size(), 300u);
  EXPECT_EQ(reader.next().value()->size(), 0u);
  EXPECT_FALSE(reader.next().value().has_value());
}

TEST(FrameTest, RefusesWhatIsTooLargeBeforeItArrives) {
  FrameReader reader(100);
  reader.feed("\x65");
  EXPECT_FALSE(reader.next().ok());
  FrameReader endless;
  endless.feed("\x80\x80\x80\x80\x80\x80");
  EXPECT_FALSE(endless.next().ok());
}

TEST(EngineProcessTest, TellsWhyTheEngineEnded) {
  const std::string started = "I[2026-01-02] service start  module=proxy\n";
  const std::string stack = "\ngoroutine 1 [running]:\nmain.main()\n\t/src/cmd/cometbft/main.go:52 +0x21f\n";
  const std::string panic = "panic: failed to create node: app block height (9) is higher than core (0)";
  EXPECT_EQ(telling_line(started + panic + "\n" + stack), panic);
  const std::string error = "E[2026-01-02] failed to load  module=main err=\"no such file\"";
  EXPECT_EQ(telling_line(error + "\n" + started), error);
  EXPECT_EQ(telling_line(error + "\n" + panic + stack), panic);
  EXPECT_EQ(telling_line("a\nkilled\n\n"), "killed");
  EXPECT_EQ(telling_line(""), "");
  EXPECT_EQ(telling_line(std::string(10'000, 'x')).size(), 500u);
}

TEST(EngineProcessTest, HasItsOwnEnvironmentBesideThatOfTheNode) {
  char folder[] = "/tmp/icn-engine-XXXXXX";
  ASSERT_NE(::mkdtemp(folder), nullptr);
  const std::string printed = std::string(folder) + "/printed";
  EngineProcessOptions options;
  options.command = {"sh", "-c", "echo \"$GOMAXPROCS of $PATH\"; exec sleep 600"};
  options.environment = {"GOMAXPROCS=3"};
  options.log_file = printed;
  EngineProcess engine(std::move(options), make_silent_log());
  std::string line;
  for (int tries = 0; tries < 6'000 && line.empty(); ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    std::ifstream file(printed);
    std::getline(file, line);
    if (file.eof()) line.clear();  // not written to its end
  }
  EXPECT_EQ(line, "3 of " + std::string(::getenv("PATH")));
  engine.stop();
  std::filesystem::remove_all(folder);
}

TEST(EngineProcessTest, IsStartedAgainLaterEachTimeAndSaysWhyItDoesNotRun) {
  using std::chrono::steady_clock;
  std::string folder = "/tmp/icn-engine-process-XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  std::mutex mutex;
  std::vector<steady_clock::time_point> starts;
  EngineProcessOptions options;
  options.command = {"/bin/sh", "-c", "echo 'panic: nothing works'; exit 3"};
  options.log_file = folder + "/log";
  options.backoff_min_ms = 50;
  options.backoff_max_ms = 200;
  options.before_start = [&] {
    const std::lock_guard lock(mutex);
    starts.push_back(steady_clock::now());
  };
  EngineProcess process(std::move(options), make_silent_log());
  const auto count = [&] {
    const std::lock_guard lock(mutex);
    return starts.size();
  };
  for (int i = 0; i < 3'000 && count() < 6; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  const std::string problem = process.problem();
  process.stop();
  ASSERT_GE(starts.size(), 6u);
  const std::uint32_t pauses_ms[] = {50, 100, 200, 200, 200};  // at least: the run itself takes some too
  for (std::size_t i = 0; i < 5; ++i)
    EXPECT_GE(starts[i + 1] - starts[i], std::chrono::milliseconds(pauses_ms[i])) << i;
  EXPECT_NE(problem.find("ended with code 3: panic: nothing works"), std::string::npos) << problem;
  EXPECT_EQ(process.starts(), starts.size());
  EXPECT_EQ(process.pid(), 0);
  std::filesystem::remove_all(folder);
}

TransactionPtr transaction_of(std::uint8_t who, std::uint8_t nonce, std::string_view type = "toy.raise") {
  static const ledger::TransactionTypes kTypes(
      {ledger::make_transaction_type<ledger::toy::Raise>(999, "toy.raise", false, ""),
       ledger::make_transaction_type<ledger::toy::Raise>(998, "governance.toy", false, "")});
  const auto key = crypto::SecretKey::from_seed(Bytes(32, who));
  ledger::Transaction transaction;
  transaction.network = "toy-net";
  transaction.sender = crypto::did_key(key.public_key());
  transaction.key = crypto::did_key_method(key.public_key());
  transaction.nonce.bytes = Bytes(16, nonce);
  transaction.type = type;
  transaction.body = codec::Json::object({{"name", "a"}, {"by", 1}});
  transaction.expires = 2'000'000'000;
  ledger::sign(transaction, key);
  return ledger::CheckedTransaction::from_json(kTypes, codec::to_json(transaction)).value();
}

TEST(AdmissionTest, WireBytesAreTheCanonicalJsonWithItsSignature) {
  const TransactionPtr transaction = transaction_of(1, 1);
  EXPECT_EQ(wire_bytes(*transaction), codec::canonical_json(codec::to_json(transaction->envelope())));
}

TEST(AdmissionTest, RemembersUntilABlockHoldsIt) {
  ledger::Rules rules = ledger::toy::rules();
  storage::MemoryEngine engine;
  const auto store = engine.open(ledger::toy::tables()).value();
  SeededRandom random(1);
  const auto key = crypto::SecretKey::from_seed(Bytes(32, 1));
  const auto signed_one = ledger::toy::signed_raise(key, random, 2'000'000'000);
  const std::string wire = codec::canonical_json(codec::to_json(signed_one));
  const std::string_view wires[] = {wire};
  Admission admission(rules, 10);
  const TransactionPtr first = admission.read(wires, *store)[0].value();
  EXPECT_EQ(admission.read(wires, *store)[0].value(), first);
  const TransactionPtr held[] = {first};
  admission.forget(held);
  EXPECT_NE(admission.read(wires, *store)[0].value(), first);
}

TEST(ProposalTest, WhoFloodsThePoolDoesNotKeepOthersOut) {
  std::vector<Candidate> candidates;
  for (std::uint8_t i = 0; i < 10; ++i) candidates.push_back({transaction_of(1, i), i, 100});
  candidates.push_back({transaction_of(2, 1), 10, 100});
  candidates.push_back({transaction_of(2, 2), 11, 100});
  EXPECT_EQ(choose(candidates, 10'000).size(), 12u);
  EXPECT_EQ(choose(candidates, 400), (std::vector<std::size_t>{0, 1, 10, 11}));
  EXPECT_EQ(choose(candidates, 399), (std::vector<std::size_t>{0, 1, 10}));
}

// What members decide together does not wait behind what one of them does.
TEST(ProposalTest, DecisionsComeFirstWhereNotAllFit) {
  std::vector<Candidate> candidates;
  for (std::uint8_t i = 0; i < 4; ++i) candidates.push_back({transaction_of(i, 1), i, 100});
  candidates.push_back({transaction_of(9, 1, "governance.toy"), 4, 100});
  EXPECT_EQ(choose(candidates, 100), (std::vector<std::size_t>{4}));
  EXPECT_EQ(choose(candidates, 200), (std::vector<std::size_t>{0, 4}));
  EXPECT_EQ(choose(candidates, 500), (std::vector<std::size_t>{0, 1, 2, 3, 4}));
}

TEST(ProposalTest, BytesInABlockIncludeTagAndLength) {
  EXPECT_EQ(bytes_in_block(1), 3u);
  EXPECT_EQ(bytes_in_block(127), 129u);
  EXPECT_EQ(bytes_in_block(128), 131u);
}

TEST(RpcTest, ReadsBodiesWithALengthAndInChunks) {
  const auto read = [](std::string_view text) { return read_http_body(text, 1'000); };
  EXPECT_EQ(read("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi").value()->text, "hi");
  EXPECT_FALSE(read("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi").value().has_value());
  EXPECT_EQ(
      read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\nA\r\n0123456789\r\n0\r\n\r\n")
          .value()
          ->text,
      "hi0123456789");
  EXPECT_FALSE(
      read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n").value().has_value());
  EXPECT_TRUE(read("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").value()->is_last);
  EXPECT_FALSE(read("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n").ok());
  EXPECT_FALSE(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n").ok());
  EXPECT_FALSE(read("HTTP/1.1 200 OK\r\n\r\n").ok());
  EXPECT_FALSE(read("SSH-2.0\r\n\r\n").ok());
}

// Source: a key and address that `cometbft gen-validator` printed.
TEST(GenesisTest, AddressesAreCometbfts) {
  const auto key =
      crypto::PublicKey::from_bytes(base64_decode("sviwBnu5yEUjtjxCaXlYg5h6DTwzzUzNRjZOS8K8+OI=").value())
          .value();
  EXPECT_EQ(engine_address(key), "61D023E97604289B727D4FDAA0497D640E0AD911");
}

TEST(GenesisTest, TheFileReadsBack) {
  ValidatorInfo one{"one",
                    Did("did:key:one"),
                    {to_bytes(crypto::SecretKey::from_seed(Bytes(32, 1)).public_key().view())},
                    "x@h:1"};
  ValidatorInfo two{"two",
                    Did("did:key:two"),
                    {to_bytes(crypto::SecretKey::from_seed(Bytes(32, 2)).public_key().view())},
                    "y@h:2"};
  const auto genesis = ledger::toy::genesis();
  const auto text = make_network_genesis(genesis, {one, two}).value();
  EXPECT_NE(text.find("\"genesis_time\": \"2023-11-14T22:13:20Z\""), std::string::npos) << text;
  const auto read = read_network_genesis(text).value();
  EXPECT_EQ(read.chain, "toy-net");
  EXPECT_EQ(read.ledger.time, genesis.time);
  EXPECT_EQ(read.validators.size(), 2u);
  EXPECT_FALSE(make_network_genesis(genesis, {one, one}).ok());
  EXPECT_FALSE(make_network_genesis(genesis, {}).ok());
  EXPECT_FALSE(read_network_genesis("{}").ok());
}

TEST(EngineFilesTest, TheSettingsThatMatterAreThere) {
  EngineSettings settings;
  settings.application = "unix:///a.sock";
  settings.listen = "127.0.0.1:1";
  settings.peers = {"aa@127.0.0.1:2", "bb@127.0.0.1:3"};
  const std::string text = engine_config(settings);
  for (const char* line :
       {"proxy_app = \"unix:///a.sock\"\n", "timeout_commit = \"0s\"\n", "create_empty_blocks = false\n",
        "create_empty_blocks_interval = \"10000ms\"\n", "peer_gossip_sleep_duration = \"10ms\"\n",
        "discard_abci_responses = false\n", "max_num_outbound_peers = 4\n",
        "persistent_peers = \"aa@127.0.0.1:2,bb@127.0.0.1:3\"\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << "\n" << text;
  }
}

// Seen with engines that were killed during their first start.
class HalfMadeTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(::mkdtemp(home_.data()), nullptr);
    std::filesystem::create_directories(home_ + "/config");
    std::filesystem::create_directories(home_ + "/data");
  }
  void TearDown() override { std::filesystem::remove_all(home_); }
  void make(const std::string& name) {
    std::filesystem::create_directories(std::filesystem::path(home_ + "/" + name).parent_path());
    std::ofstream(home_ + "/" + name) << "{}";
  }
  bool exists(const std::string& name) { return std::filesystem::exists(home_ + "/" + name); }

  std::string home_ = "/tmp/icn-engine-files-XXXXXX";
};

TEST_F(HalfMadeTest, AKeyFileWithoutItsStateIsMadeAnew) {
  make("config/priv_validator_key.json");
  ASSERT_TRUE(drop_half_made(home_).ok());
  EXPECT_FALSE(exists("config/priv_validator_key.json"));
  make("config/priv_validator_key.json");
  make("data/priv_validator_state.json");
  ASSERT_TRUE(drop_half_made(home_).ok());
  EXPECT_TRUE(exists("config/priv_validator_key.json"));
}

TEST_F(HalfMadeTest, ADatabaseWithoutEntryPointIsMadeAnew) {
  for (const char* name :
       {"data/new.db/MANIFEST-000000", "data/new.db/LOCK", "data/new.db/LOG", "data/whole.db/MANIFEST-000000",
        "data/whole.db/CURRENT", "data/broken.db/MANIFEST-000004", "data/broken.db/000002.ldb",
        "data/cs.wal/MANIFEST-000000"}) {
    make(name);
  }
  ASSERT_TRUE(drop_half_made(home_).ok());
  EXPECT_FALSE(exists("data/new.db"));
  EXPECT_TRUE(exists("data/whole.db/CURRENT"));
  EXPECT_TRUE(exists("data/broken.db/000002.ldb"));  // lost its entry point: not ours to throw away
  EXPECT_TRUE(exists("data/cs.wal"));
}

}  // namespace
}  // namespace icn::consensus
