#include "consensus/cometbft/vote_signer.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "privval.pb.h"

namespace icn::consensus {
namespace {

class VoteSignerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string made = (std::filesystem::temp_directory_path() / "icn-signer-XXXXXX").string();
    ASSERT_NE(mkdtemp(made.data()), nullptr);
    folder_ = made;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  VoteSigner open(const std::string& chain = "chain") {
    auto opened = VoteSigner::open(chain, key_, folder_ + "/signed.json");
    EXPECT_TRUE(opened.ok()) << opened.error().detail();
    return std::move(opened).value();
  }

  static privval::Vote vote(privval::SignedMsgType type, std::int64_t height, int round,
                            const std::string& hash, std::int64_t seconds) {
    privval::Vote out;
    out.set_type(type);
    out.set_height(height);
    out.set_round(round);
    if (!hash.empty()) {
      out.mutable_block_id()->set_hash(hash);
      out.mutable_block_id()->mutable_part_set_header()->set_total(1);
    }
    out.mutable_timestamp()->set_seconds(seconds);
    return out;
  }

  static privval::SignedVoteResponse ask(VoteSigner& signer, const privval::Vote& vote,
                                         const std::string& chain = "chain") {
    privval::Message request, response;
    *request.mutable_sign_vote_request()->mutable_vote() = vote;
    request.mutable_sign_vote_request()->set_chain_id(chain);
    signer.answer(request, response);
    return response.signed_vote_response();
  }

  static privval::SignedProposalResponse propose(VoteSigner& signer, std::int64_t height, int round,
                                                 const std::string& hash) {
    privval::Message request, response;
    auto& proposal = *request.mutable_sign_proposal_request()->mutable_proposal();
    proposal.set_type(privval::SIGNED_MSG_TYPE_PROPOSAL);
    proposal.set_height(height);
    proposal.set_round(round);
    proposal.set_pol_round(-1);
    proposal.mutable_block_id()->set_hash(hash);
    proposal.mutable_timestamp();
    request.mutable_sign_proposal_request()->set_chain_id("chain");
    signer.answer(request, response);
    return response.signed_proposal_response();
  }

  bool is_valid(const VoteSigner& signer, const std::string& signature) {
    return crypto::verify(key_.public_key(), signer.last().bytes.bytes,
                          crypto::Signature::from_bytes(as_bytes(signature)).value());
  }

  std::string folder_;
  crypto::SecretKey key_ = crypto::SecretKey::from_seed(Bytes(32, 9));
};

constexpr auto kPrevote = privval::SIGNED_MSG_TYPE_PREVOTE;
constexpr auto kPrecommit = privval::SIGNED_MSG_TYPE_PRECOMMIT;
constexpr std::int64_t kYearOne = -62'135'596'800;  // Go's zero time, which CometBFT's vectors hold

// Source: CometBFT v0.40, types/vote_test.go, TestVoteSignBytesTestVectors, cases 1 and 2.
TEST_F(VoteSignerTest, SignsTheBytesOfTheSpecification) {
  VoteSigner signer = open("");
  ask(signer, vote(kPrevote, 1, 1, "", kYearOne), "");
  EXPECT_EQ(hex_encode(signer.last().bytes.bytes),
            "210801110100000000000000190100000000000000"
            "2a0b088092b8c398feffffff01");
  const auto answer = ask(signer, vote(kPrecommit, 1, 1, "", kYearOne), "");
  EXPECT_EQ(hex_encode(signer.last().bytes.bytes),
            "210802110100000000000000190100000000000000"
            "2a0b088092b8c398feffffff01");
  EXPECT_TRUE(is_valid(signer, answer.vote().signature()));
}

TEST_F(VoteSignerTest, TheSamePlaceIsSignedOnce) {
  VoteSigner signer = open();
  const auto first = ask(signer, vote(kPrevote, 5, 0, "block", 100));
  ASSERT_FALSE(first.has_error());
  EXPECT_EQ(ask(signer, vote(kPrevote, 5, 0, "block", 100)).vote().signature(), first.vote().signature());
  const auto later = ask(signer, vote(kPrevote, 5, 0, "block", 200));
  EXPECT_EQ(later.vote().signature(), first.vote().signature()) << "differs in its time only";
  EXPECT_EQ(later.vote().timestamp().seconds(), 100);
  EXPECT_TRUE(ask(signer, vote(kPrevote, 5, 0, "other", 100)).has_error());
  EXPECT_TRUE(ask(signer, vote(kPrevote, 5, 0, "", 100)).has_error());
}

TEST_F(VoteSignerTest, PlacesNeverGoBackNotEvenAfterARestart) {
  {
    VoteSigner signer = open();
    EXPECT_FALSE(propose(signer, 5, 1, "block").has_error());
    EXPECT_FALSE(ask(signer, vote(kPrevote, 5, 1, "block", 1)).has_error());
    EXPECT_FALSE(ask(signer, vote(kPrecommit, 5, 1, "block", 1)).has_error());
  }
  VoteSigner signer = open();
  EXPECT_EQ(signer.last().height, 5);
  EXPECT_TRUE(ask(signer, vote(kPrevote, 5, 1, "block", 1)).has_error());
  EXPECT_TRUE(propose(signer, 5, 1, "block").has_error());
  EXPECT_TRUE(ask(signer, vote(kPrecommit, 5, 0, "block", 1)).has_error());
  EXPECT_TRUE(ask(signer, vote(kPrecommit, 4, 7, "block", 1)).has_error());
  EXPECT_TRUE(ask(signer, vote(kPrecommit, 5, 1, "other", 1)).has_error());
  EXPECT_FALSE(ask(signer, vote(kPrecommit, 5, 1, "block", 1)).has_error());
  EXPECT_FALSE(ask(signer, vote(kPrevote, 5, 2, "other", 1)).has_error());
  EXPECT_FALSE(propose(signer, 6, 0, "block").has_error());
}

TEST_F(VoteSignerTest, RefusesOtherChainsAndOtherKindsOfVotes) {
  VoteSigner signer = open();
  EXPECT_TRUE(ask(signer, vote(kPrevote, 1, 0, "block", 1), "else").has_error());
  EXPECT_TRUE(ask(signer, vote(privval::SIGNED_MSG_TYPE_UNKNOWN, 1, 0, "block", 1)).has_error());
  EXPECT_EQ(signer.last().height, 0);
  privval::Message request, response;
  request.mutable_pub_key_request()->set_chain_id("chain");
  signer.answer(request, response);
  EXPECT_EQ(response.pub_key_response().pub_key().ed25519(), to_text(key_.public_key().view()));
}

TEST_F(VoteSignerTest, BeginsAfterAHeightThatOthersHaveDecided) {
  const std::string file = folder_ + "/signed.json";
  ASSERT_TRUE(VoteSigner::begin_after(file, 7).ok());
  {
    VoteSigner signer = open();
    EXPECT_TRUE(ask(signer, vote(kPrevote, 7, 0, "block", 1)).has_error());
    EXPECT_TRUE(ask(signer, vote(kPrecommit, 7, 2'147'483'646, "block", 1)).has_error());
    EXPECT_TRUE(propose(signer, 6, 3, "block").has_error());
    EXPECT_FALSE(propose(signer, 8, 0, "block").has_error());
  }
  ASSERT_TRUE(VoteSigner::begin_after(file, 7).ok());
  EXPECT_EQ(open().last().height, 8) << "what was signed is not forgotten";
}

TEST_F(VoteSignerTest, ADamagedRecordSignsNothing) {
  std::ofstream(folder_ + "/signed.json") << R"({"height":5)";
  EXPECT_FALSE(VoteSigner::open("chain", key_, folder_ + "/signed.json").ok());
}

TEST_F(VoteSignerTest, WhatCannotBeMadeDurableIsNotSigned) {
  VoteSigner signer = open();
  std::filesystem::remove_all(folder_);
  const auto answer = ask(signer, vote(kPrevote, 1, 0, "block", 1));
  EXPECT_TRUE(answer.has_error());
  EXPECT_EQ(answer.vote().signature(), "");
  EXPECT_EQ(signer.last().height, 0);
}

}  // namespace
}  // namespace icn::consensus
