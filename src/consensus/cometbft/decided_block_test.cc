#include "consensus/cometbft/decided_block.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "abci.pb.h"
#include "codec/json.h"
#include "consensus/cometbft/decided_block_testing.h"
#include "consensus/cometbft/engine_evidence.h"
#include "consensus/cometbft/errors.h"
#include "consensus/cometbft/socket.h"

namespace icn::consensus {
namespace {

namespace abci = tendermint::abci;
using codec::Json;

// Header 13 of the same chain, which names the validators from height 14 on.
constexpr std::string_view kNextValidators13 =
    "0347469ad356cbb545dea4cc0f27289df562ff1071bb916cbe38da2329fb3d80";
// Of the evidence of block 12 after the edits in EvidenceHashesWithZerosLeftOut, from CometBFT's
// EvidenceList.Hash.
constexpr std::string_view kEditedEvidence =
    "8d0c4ae07b334eb41cfaecbfe79a9dc30c1c3e76edb30cc2a71bb948085fa282";

Json parse(std::string_view text) { return codec::parse_json(text).value(); }

crypto::Hash app_hash_after(std::uint64_t height) {
  return crypto::sha256(as_bytes("after " + std::to_string(height)));
}

// An engine's RPC on a Unix socket: one client, answers that are prepared by method.
class FakeEngine {
 public:
  FakeEngine() {
    ::mkdtemp(folder_.data());
    listening_ = listen_at("unix://" + folder_ + "/rpc.sock").value();
    thread_ = std::thread([this] { serve(); });
  }
  ~FakeEngine() {
    is_over_ = true;
    thread_.join();
    std::filesystem::remove_all(folder_);
  }

  std::string address() const { return listening_.address; }

  void answer_with(std::string_view block, std::string_view commit, std::string_view validators = {}) {
    const std::lock_guard lock(mutex_);
    answers_ = {{"block", std::string(block)},
                {"commit", std::string(commit)},
                {"validators", std::string(validators)}};
  }
  // The methods since it was called last, with a space between those of one request.
  std::vector<std::string> asked() {
    const std::lock_guard lock(mutex_);
    return std::exchange(asked_, {});
  }

 private:
  std::string answer(const std::string& body) {
    const std::lock_guard lock(mutex_);
    const Json request = parse(body);
    if (request.array() == nullptr) {
      asked_.push_back(*request.find("method")->string());
      return answers_[asked_.back()];
    }
    std::string methods, out;
    for (const Json& each : *request.array()) {
      const std::string& method = *each.find("method")->string();
      methods += (methods.empty() ? "" : " ") + method;
      out += (out.empty() ? "[" : ",") + answers_[method];
    }
    asked_.push_back(methods);
    return out + "]";
  }
  void serve() {
    while (!is_over_) {
      if (!is_readable(listening_.socket.get(), 10)) continue;
      const Descriptor client(::accept(listening_.socket.get(), nullptr, nullptr));
      std::string request;
      while (!is_over_) {
        if (!is_readable(client.get(), 10)) continue;
        if (receive_some(client.get(), request, 1'000) <= 0) break;
        const std::size_t head = request.find("\r\n\r\n");
        if (head == std::string::npos || (!request.ends_with('}') && !request.ends_with(']'))) continue;
        const std::string body = answer(request.substr(head + 4));
        request.clear();
        send_all(client.get(),
                 "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body,
                 1'000);
      }
    }
  }

  std::string folder_ = "/tmp/icn-fake-engine-XXXXXX";
  Listening listening_;
  std::mutex mutex_;
  std::map<std::string, std::string> answers_;
  std::vector<std::string> asked_;
  std::atomic<bool> is_over_ = false;
  std::thread thread_;
};

class DecidedBlockTest : public ::testing::Test {
 protected:
  // Block 12, its validators from block 8, which had the same.
  DecidedBlock block_12() {
    engine_.answer_with(decided::kBlock12, decided::kCommit12, decided::kValidators8);
    return fetch_decided_block(rpc_, 12, {}).value();
  }
  TrustedTip tip_11(const DecidedBlock& block) {
    const EngineHeader& header = block.attestation.header;
    return {"icn-vectors", 11, header.last_block_id.hash.bytes, header.validators_hash.bytes};
  }
  std::string verdict(const DecidedBlock& block, const TrustedTip& tip) {
    const auto checked = check_decided_block(block, tip, app_hash_after(11));
    if (checked.ok()) return "holds";
    const std::string& detail = checked.error().detail();
    return std::string(checked.error().code()) + " " + detail.substr(0, detail.find(':'));
  }
  std::string spoiled(const std::function<void(DecidedBlock&, TrustedTip&)>& spoil) {
    DecidedBlock block = block_12();
    TrustedTip tip = tip_11(block);
    spoil(block, tip);
    return verdict(block, tip);
  }

  FakeEngine engine_;
  RpcClient rpc_{engine_.address()};
};

TEST_F(DecidedBlockTest, TheFirstBlockFollowsTheGenesisFile) {
  engine_.answer_with(decided::kBlock8, decided::kCommit8, decided::kValidators8);
  const DecidedBlock block = fetch_decided_block(rpc_, 8, {}).value();
  EXPECT_EQ(engine_.asked(), (std::vector<std::string>{"block commit", "validators"}));
  std::vector<EngineValidator> validators = block.attestation.validators;
  ASSERT_EQ(validators.size(), 4u);
  std::swap(validators[0], validators[3]);
  const TrustedTip genesis = tip_before_first("icn-vectors", 8, validators);
  const auto checked = check_decided_block(block, genesis, app_hash_after(7));
  EXPECT_TRUE(checked.ok()) << checked.error().detail();
  const TrustedTip tip = tip_after(block);
  EXPECT_EQ(tip.height, 8u);
  EXPECT_EQ(hex_encode(tip.block_hash), "d749fe891eb674a035f8a82ec45f7686a3eeb55e96697acc687060f841566f29");
  EXPECT_EQ(tip.next_validators_hash, genesis.next_validators_hash);
  EXPECT_FALSE(check_decided_block(block, tip, app_hash_after(8)).ok()) << "it follows itself";
}

TEST_F(DecidedBlockTest, TheApplicationIsAskedWhatTheEngineAsksIt) {
  DecidedBlock block = block_12();
  EXPECT_EQ(verdict(block, tip_11(block)), "holds");
  EXPECT_EQ(block.transactions, (std::vector<std::string>{"one=1", "two=2"}));
  abci::RequestFinalizeBlock request;
  ASSERT_TRUE(fill_finalize_request(block, request).ok());
  EXPECT_EQ(hex_encode(as_bytes(request.SerializeAsString())), decided::kAsked12);
  engine_.answer_with(decided::kBlock8, decided::kCommit8);
  block = fetch_decided_block(rpc_, 8, block.attestation.validators).value();
  request.Clear();
  ASSERT_TRUE(fill_finalize_request(block, request).ok());
  EXPECT_EQ(hex_encode(as_bytes(request.SerializeAsString())), decided::kAsked8);
}

TEST_F(DecidedBlockTest, IsRefusedByTheFirstPartThatDoesNotFit) {
  using Block = DecidedBlock;
  using Tip = TrustedTip;
  EXPECT_EQ(spoiled([](Block&, Tip&) {}), "holds");
  EXPECT_EQ(spoiled([](Block&, Tip& tip) { tip.chain = "other"; }), "F001 chain");
  EXPECT_EQ(spoiled([](Block&, Tip& tip) { tip.height = 12; }), "F001 height");
  EXPECT_EQ(spoiled([](Block&, Tip& tip) { tip.height = 10; }), "F001 height");
  EXPECT_EQ(spoiled([](Block&, Tip& tip) { tip.block_hash[0] ^= 1; }), "F001 last_block_id");
  EXPECT_EQ(spoiled([](Block&, Tip& tip) { tip.block_hash.clear(); }), "holds");
  EXPECT_EQ(spoiled([](Block&, Tip& tip) { tip.next_validators_hash[0] ^= 1; }), "F001 validators_hash");
  EXPECT_EQ(spoiled([](Block&, Tip& tip) { tip.next_validators_hash.clear(); }), "F001 validators_hash");
  EXPECT_EQ(spoiled([](Block& block, Tip&) { block.transactions[1] += "0"; }), "F001 data_hash");
  EXPECT_EQ(spoiled([](Block& block, Tip&) { block.transactions.pop_back(); }), "F001 data_hash");
  EXPECT_EQ(spoiled([](Block& block, Tip&) { std::swap(block.transactions[0], block.transactions[1]); }),
            "F001 data_hash");
  EXPECT_EQ(spoiled([](Block& block, Tip&) { block.evidence.pop_back(); }), "F001 evidence_hash");
  EXPECT_EQ(spoiled([](Block& block, Tip&) { block.evidence[0].back() ^= 1; }), "F001 evidence_hash");
  EXPECT_EQ(spoiled([](Block& block, Tip&) { block.attestation.header.time.nanos ^= 1; }), "F001 block_id");
  EXPECT_EQ(spoiled([](Block& block, Tip&) { block.attestation.header.app_hash.bytes[0] ^= 1; }),
            "F001 block_id");
  EXPECT_EQ(spoiled([](Block& block, Tip&) { block.attestation.header.next_validators_hash.bytes[0] ^= 1; }),
            "F001 block_id");
  EXPECT_EQ(spoiled([](Block& block, Tip&) { block.attestation.block_id.hash.bytes[0] ^= 1; }),
            "F001 block_id");
  EXPECT_EQ(spoiled([](Block& block, Tip&) { block.attestation.validators[0].power = 1; }),
            "F001 validators");
  EXPECT_EQ(spoiled([](Block& block, Tip&) { block.attestation.round = 0; }),
            "F001 signature 1 is not valid");
  EXPECT_EQ(spoiled([](Block& block, Tip&) { block.attestation.signatures[3].signature.bytes[0] ^= 1; }),
            "F001 signature 3 is not valid");
  EXPECT_EQ(spoiled([](Block& block, Tip&) { block.attestation.signatures.pop_back(); }), "F001 signatures");
  // Two of four are left.
  EXPECT_EQ(spoiled([](Block& block, Tip&) { block.attestation.signatures[1] = {}; }), "E011 signatures");
}

// What only validators can do is not the fault of who gives the block.
TEST_F(DecidedBlockTest, AnotherLedgerIsToldFromALie) {
  const DecidedBlock block = block_12();
  const auto checked = check_decided_block(block, tip_11(block), app_hash_after(10));
  ASSERT_FALSE(checked.ok());
  EXPECT_TRUE(checked.error().is(kOtherLedger)) << checked.error().detail();
  EXPECT_NE(checked.error().detail().find(hex_encode(app_hash_after(11))), std::string::npos);
}

TEST_F(DecidedBlockTest, ValidatorsAreAskedForOnlyWhenTheyChange) {
  const std::vector<EngineValidator> before = block_12().attestation.validators;
  EXPECT_EQ(engine_.asked(), (std::vector<std::string>{"block commit", "validators"}));
  const DecidedBlock again = fetch_decided_block(rpc_, 12, before).value();
  EXPECT_EQ(engine_.asked(), (std::vector<std::string>{"block commit"}));
  EXPECT_EQ(verdict(again, tip_11(again)), "holds");
  engine_.answer_with(decided::kBlock14, decided::kCommit14, decided::kValidators14);
  const DecidedBlock block = fetch_decided_block(rpc_, 14, before).value();
  EXPECT_EQ(engine_.asked(), (std::vector<std::string>{"block commit", "validators"}));
  const TrustedTip tip{"icn-vectors", 13, block.attestation.header.last_block_id.hash.bytes,
                       hex_decode(kNextValidators13).value()};
  EXPECT_TRUE(check_decided_block(block, tip, app_hash_after(13)).ok());
  // As the engine orders them: the third has one vote less now.
  std::vector<EngineValidator> sorted = before;
  sorted[2].power = 9;
  sort_validators(sorted);
  EXPECT_EQ(to_bytes(validators_hash(sorted)), tip.next_validators_hash);
}

TEST_F(DecidedBlockTest, TellsABlockToComeFromOneThatIsGone) {
  engine_.answer_with(decided::kLater, decided::kLater);
  const auto later = fetch_decided_block(rpc_, 999, {});
  ASSERT_FALSE(later.ok());
  EXPECT_TRUE(later.error().is(kBlockNotDecided)) << later.error().detail();
  engine_.answer_with(decided::kDropped, decided::kDropped);
  const auto dropped = fetch_decided_block(rpc_, 3, {});
  ASSERT_FALSE(dropped.ok());
  EXPECT_TRUE(dropped.error().is(kBlockDropped)) << dropped.error().detail();
  EXPECT_NE(dropped.error().detail().find("lowest height is 8"), std::string::npos);
}

TEST_F(DecidedBlockTest, OtherAnswersAreTheEnginesFailure) {
  const auto changed = [&](std::string_view part, const std::string& from, const std::string& to) {
    std::string block(decided::kBlock12), commit(decided::kCommit12), validators(decided::kValidators8);
    std::string& text = part == "block" ? block : part == "commit" ? commit : validators;
    const std::size_t place = text.find(from);
    EXPECT_NE(place, std::string::npos) << from;
    text.replace(place, from.size(), to);
    engine_.answer_with(block, commit, validators);
    const auto fetched = fetch_decided_block(rpc_, 12, {});
    return fetched.ok() ? "fetched" : std::string(fetched.error().code());
  };
  EXPECT_EQ(changed("block", "txs", "txs"), "fetched");
  EXPECT_EQ(changed("block", R"("result":)", R"("other":)"), "engine_failed");
  EXPECT_EQ(changed("block", R"("txs":["b25lPTE=",)", R"("txs":["b25lPTE",)"), "engine_failed");
  EXPECT_EQ(changed("block", R"("txs":["b25lPTE=",)", R"("txs":[7,)"), "engine_failed");
  EXPECT_EQ(changed("block", R"("txs":)", R"("no":)"), "engine_failed");
  EXPECT_EQ(changed("block", R"(tendermint/DuplicateVoteEvidence)", "tendermint/Else"), "engine_failed");
  EXPECT_EQ(changed("block", R"(tendermint/PubKeyEd25519)", "tendermint/PubKeySecp256k1"), "engine_failed");
  EXPECT_EQ(changed("block", R"("vote_b":)", R"("vote_c":)"), "engine_failed");
  EXPECT_EQ(changed("commit", R"("signatures":)", R"("no":)"), "engine_failed");
  EXPECT_EQ(changed("commit", R"("app_hash":"77)", R"("app_hash":"7)"), "engine_failed");
  EXPECT_EQ(changed("commit", R"(21.222722538Z)", R"(21.2227225381Z)"), "engine_failed");
  EXPECT_EQ(changed("validators", R"("total":"4")", R"("total":"10001")"), "engine_failed");
  EXPECT_EQ(changed("commit", R"("jsonrpc")", "jsonrpc"), "engine_failed");
  RpcClient nobody("unix:///tmp/icn-no-such-engine.sock");
  EXPECT_TRUE(fetch_decided_block(nobody, 12, {}).error().is(kEngineFailed));
}

Json::Array evidence_of_12() {
  const Json answer = parse(decided::kBlock12);
  return *answer.find("result")->find("block")->find("evidence")->find("evidence")->array();
}

// Each value of it, in turn, is another: none may be left out of what is hashed.
TEST(EngineEvidenceTest, EveryValueCounts) {
  const auto leaves = [](auto& self, Json& json, std::vector<Json*>& out) -> void {
    if (json.object() != nullptr) {
      for (auto& [name, value] : *json.object()) self(self, value, out);
    } else if (json.array() != nullptr) {
      for (Json& each : *json.array()) self(self, each, out);
    } else {
      out.push_back(&json);
    }
  };
  Json::Array list = evidence_of_12();
  for (Json& evidence : list) {
    const Bytes good = encode_evidence(evidence).value();
    std::vector<Json*> all;
    leaves(leaves, evidence, all);
    EXPECT_GE(all.size(), 28u);
    for (Json* const each : all) {
      const Json kept = *each;
      if (kept.number() != nullptr) {
        *each = Json(Json::Number{kept.number()->text + "1"});
      } else if (kept.is_null()) {
        *each = Json("AAAA");
      } else {
        std::string text = *kept.string();
        if (text.empty()) text = "00";
        char& place = text.starts_with("20") ? text[18] : text[text.size() / 2];  // a time's seconds
        place = place == '1' ? '2' : '1';
        *each = Json(text);
      }
      const auto encoded = encode_evidence(evidence);
      EXPECT_TRUE(!encoded.ok() || *encoded != good) << codec::write_json(kept);
      *each = kept;
    }
  }
}

// The same edits as on CometBFT's own structures, whose list then had that hash.
TEST(EngineEvidenceTest, EvidenceHashesWithZerosLeftOut) {
  std::string text = codec::write_json(Json(evidence_of_12()));
  const auto edit = [&](const std::string& from, const std::string& to) {
    const std::size_t place = text.find(from);
    ASSERT_NE(place, std::string::npos) << from;
    text.replace(place, from.size(), to);
  };
  edit(R"("type":2,"height":"9","round":2)", R"("type":1,"height":"9","round":0)");
  edit(R"("validator_index":2)", R"("validator_index":0)");
  edit(R"("timestamp":"2026-12-01T06:44:18.796104646Z")", R"("timestamp":"0001-01-01T00:00:00Z")");
  edit(R"("jNgi7AOFys44CR2NvCHwK5wspHYcEmwCq1LMoRMBDo3Vsu/sqj9xERp+VkV1c/SjQ3lAPpWYa7uaDgeaEXwQCw==")",
       "null");
  edit(R"("Timestamp":"2026-12-01T06:44:17.296104646Z")", R"("Timestamp":"1970-01-01T00:00:00Z")");
  edit(R"("Timestamp":"2026-12-01T06:44:17.296104646Z")", R"("Timestamp":"1970-01-01T00:00:01.5Z")");
  edit(R"("version":{"block":"11"})", R"("version":{"block":"11","app":"3"})");
  const std::size_t from = text.find('[', text.find("ByzantineValidators"));
  text.replace(from, text.find(']', from) + 1 - from, "null");
  std::vector<Bytes> evidence;
  const Json edited = parse(text);
  for (const Json& each : *edited.array()) evidence.push_back(encode_evidence(each).value());
  EXPECT_EQ(hex_encode(evidence_hash(evidence)), kEditedEvidence);
  // Nobody is named by an attack whose authors cannot be told.
  abci::RequestFinalizeBlock request;
  EXPECT_TRUE(add_misbehavior(evidence[1], request).ok());
  EXPECT_EQ(request.misbehavior_size(), 0);
}

TEST(EngineEvidenceTest, BytesThatAreNoneAreRefused) {
  abci::RequestFinalizeBlock request;
  EXPECT_TRUE(add_misbehavior(Bytes(), request).error().is(kBadAttestation));
  EXPECT_TRUE(add_misbehavior(Bytes{0x0a, 0x00}, request).error().is(kBadAttestation));
  Bytes cut = encode_evidence(evidence_of_12()[1]).value();
  cut.pop_back();
  EXPECT_TRUE(add_misbehavior(cut, request).error().is(kBadAttestation));
  EXPECT_EQ(request.misbehavior_size(), 0);
}

}  // namespace
}  // namespace icn::consensus
