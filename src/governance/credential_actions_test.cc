#include <gtest/gtest.h>

#include "credentials/lookup.h"
#include "credentials/status_pages.h"
#include "governance/governance_testing.h"

// PauseCredential of domain.md 4: an emergency vote, of 80 % and with three sponsors, that ends by itself.
namespace icn::governance {
namespace {

using codec::Json;
using credentials::CredentialStatus;
using testing::did_named;
using testing::kDay;
using testing::TestLedger;

constexpr std::uint32_t kPlace = 1'234;

class PauseTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(ledger_.found({"ada", "ben", "cyd", "dee"}), "ok");
    ASSERT_EQ(issue("ada"), "ok") << ledger_.detail;
  }
  void TearDown() override { EXPECT_EQ(ledger_.failures, std::vector<std::string>()); }

  std::string issue(const std::string& issuer) {
    return ledger_.submit(issuer, "credential.issue",
                          Json::object({{"cid", cid_.to_string()},
                                        {"holder", did_named("ben").text()},
                                        {"type", "OrganizationMember"},
                                        {"expires_at", ledger_.now() + 365 * kDay},
                                        {"list", 1},
                                        {"index", std::uint64_t{kPlace}}}));
  }
  std::string change(const std::string& verb) {
    return ledger_.submit(
        "ada", "credential.revoke",
        Json::object(
            {{"cid", cid_.to_string()}, {"change", verb}, {"reason", testing::some_text().to_string()}}));
  }
  Json pause(std::uint64_t secs) {
    return testing::action(
        "PauseCredential",
        Json::object({{"cid", cid_.to_string()}, {"issuer", did_named("ada").text()}, {"secs", secs}}));
  }
  std::string propose_pause(std::uint64_t secs) {
    const std::string outcome = ledger_.propose("ben", {pause(secs)});
    if (outcome != "ok") return outcome;
    for (const std::string name : {"ada", "cyd", "dee"})
      EXPECT_EQ(ledger_.act(name, "sponsor", ledger_.last), "ok");
    return outcome;
  }
  void decide_pause(std::uint64_t secs) {
    ASSERT_EQ(propose_pause(secs), "ok") << ledger_.detail;
    ledger_.pass(3'600);
    for (const std::string name : {"ben", "cyd", "dee", "ada"}) ledger_.vote(name, "yes");
    ASSERT_EQ(ledger_.state(), "executed") << ledger_.proposal().failure;
  }
  credentials::CredentialRecord record() {
    return credentials::load_credential(ledger_.store(), cid_, did_named("ada")).value();
  }
  bool is_listed(const std::string& purpose) {
    return credentials::is_set(ledger_.store(), {did_named("ada"), 1, purpose}, kPlace).value();
  }

  TestLedger ledger_;
  const codec::Cid cid_ = codec::Cid::of(codec::kRaw, as_bytes(std::string("a credential")));
};

TEST_F(PauseTest, ACredentialIsPausedByAVoteAndFreeAgainByItself) {
  decide_pause(3'600);
  const std::uint64_t ends = record().paused_until_secs;
  EXPECT_EQ(shown_status(record()), CredentialStatus::kPaused);
  EXPECT_EQ(record().paused_by, ledger_.last);
  EXPECT_TRUE(is_listed("suspension"));
  EXPECT_FALSE(is_listed("revocation"));
  ledger_.pass(3'599);
  EXPECT_EQ(shown_status(record()), CredentialStatus::kPaused);
  ledger_.pass(1);
  EXPECT_EQ(ledger_.now(), ends);
  EXPECT_EQ(shown_status(record()), CredentialStatus::kActive);
  EXPECT_FALSE(is_listed("suspension"));
}

TEST_F(PauseTest, ItsIssuerCannotLiftAPauseAndASuspensionOutlastsIt) {
  decide_pause(7'200);
  EXPECT_EQ(change("lift"), "wrong_status");
  EXPECT_EQ(change("suspend"), "ok");
  EXPECT_EQ(change("lift"), "ok");
  EXPECT_TRUE(is_listed("suspension"));  // the scope's word stands
  EXPECT_EQ(change("suspend"), "ok");
  ledger_.pass(7'200);
  EXPECT_EQ(shown_status(record()), CredentialStatus::kSuspended);
  EXPECT_TRUE(is_listed("suspension"));
}

TEST_F(PauseTest, WhatIsRevokedMeanwhileStaysRevoked) {
  decide_pause(3'600);
  EXPECT_EQ(change("revoke"), "ok");
  EXPECT_EQ(shown_status(record()), CredentialStatus::kRevoked);
  EXPECT_FALSE(is_listed("suspension"));
  ledger_.pass(3'600);
  EXPECT_EQ(shown_status(record()), CredentialStatus::kRevoked);
  EXPECT_TRUE(is_listed("revocation"));
}

TEST_F(PauseTest, APausedOneIsNotUsed) {
  decide_pause(3'600);
  const Json disclosure = Json::object({{"credential_cid", cid_.to_string()},
                                        {"disclosure_cid", testing::some_text().to_string()},
                                        {"verifier", did_named("cyd").text()}});
  EXPECT_EQ(ledger_.submit("ben", "credential.anchor", disclosure), "wrong_status");
  ledger_.pass(3'600);
  EXPECT_EQ(ledger_.submit("ben", "credential.anchor", disclosure), "ok") << ledger_.detail;
}

TEST_F(PauseTest, OnlyInAnEmergencyProposalAndOfWhatIsNotRevoked) {
  EXPECT_EQ(ledger_.propose("ben", {pause(3'600)}, {{"category", "operational"}}), "G010");
  EXPECT_EQ(ledger_.propose("ben", {pause(3'600)}, {{"threshold_ppm", 700'000}}), "too_lax");
  EXPECT_EQ(ledger_.propose("ben", {pause(0)}), "malformed");
  EXPECT_EQ(
      ledger_.propose("ben", {testing::action("PauseCredential",
                                              Json::object({{"cid", testing::some_text().to_string()}}))}),
      "credential_not_found");
  decide_pause(3'600);
  EXPECT_EQ(ledger_.propose("cyd", {pause(3'600)}), "wrong_status");  // it is paused
  ledger_.pass(3'600);
  EXPECT_EQ(change("revoke"), "ok");
  EXPECT_EQ(ledger_.propose("cyd", {pause(3'600)}), "already_revoked");
}

// A working group has no say over what others issued; over that of its own members it has.
TEST_F(PauseTest, AScopeSpeaksOfWhatItsOwnIssued) {
  const auto enroll = [&](const std::string& scope, const std::vector<std::string>& names) {
    Json::Array members;
    for (const std::string& name : names) members.push_back(Json::object({{"did", did_named(name).text()}}));
    return ledger_.submit("operator", "governance.enroll",
                          Json::object({{"scope", scope}, {"members", members}}));
  };
  ASSERT_EQ(enroll("group:bakers", {"ben", "cyd", "dee"}), "ok") << ledger_.detail;
  ASSERT_EQ(enroll("group:millers", {"ada", "ben", "cyd"}), "ok") << ledger_.detail;
  EXPECT_EQ(ledger_.propose("ben", {pause(3'600)}, {{"scope", "group:bakers"}}), "wrong_scope");
  EXPECT_EQ(ledger_.propose("ben", {pause(3'600)}, {{"scope", "group:millers"}}), "ok") << ledger_.detail;
}

}  // namespace
}  // namespace icn::governance
