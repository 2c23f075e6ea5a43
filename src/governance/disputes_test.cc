#include <gtest/gtest.h>

#include "governance/disputes.h"
#include "governance/governance_testing.h"
#include "identity/guardianship.h"
#include "identity/tables.h"

// Rules and numbers below are those of domain.md 4.
namespace icn::governance {
namespace {

using codec::Json;
using testing::did_named;
using testing::kDay;
using testing::TestLedger;

class DisputeTest : public ::testing::Test {
 protected:
  // med is the mediator.
  void SetUp() override {
    Json::Array members;
    for (const std::string name : {"ada", "ben", "cyd", "dee", "med"}) {
      Json member = Json::object({{"did", did_named(name).text()}});
      if (name == "med") member.set("roles", Json::array({"mediator"}));
      members.push_back(std::move(member));
    }
    ASSERT_EQ(ledger_.submit("operator", "governance.enroll", Json::object({{"members", members}})), "ok");
  }
  void TearDown() override { EXPECT_EQ(ledger_.failures, std::vector<std::string>()); }

  std::string open(const std::string& name, const std::string& against, const std::string& level,
                   Json::Object more = {}) {
    Json body = Json::object({{"type", "governance"},
                              {"level", level},
                              {"against", did_named(against).text()},
                              {"statement_cid", testing::some_text().to_string()}});
    for (auto& [member, value] : more) body.set(member, value);
    const std::string outcome = ledger_.submit(name, "governance.open_dispute", std::move(body));
    if (outcome == "ok") id_ = *ledger_.output.find("dispute_id")->string();
    return outcome;
  }
  std::string resolve(const std::string& name, const std::string& outcome) {
    return ledger_.submit(name, "governance.resolve_dispute",
                          Json::object({{"dispute_id", id_}, {"outcome", outcome}}));
  }
  std::string judge(const std::string& name, bool is_upheld) {
    return resolve(name, is_upheld ? "upheld" : "rejected");
  }
  std::string evidence(const std::string& name) {
    return ledger_.submit(
        name, "governance.add_evidence",
        Json::object({{"dispute_id", id_}, {"evidence_cid", testing::some_text().to_string()}}));
  }
  Dispute dispute() { return load_dispute(ledger_.store(), id_).value(); }
  std::string state() { return std::string(codec::enum_name(dispute().state)); }
  Millimana locked(const std::string& name) { return ledger_.account(did_named(name)).locked; }

  TestLedger ledger_;
  std::string id_;
};

TEST_F(DisputeTest, TheTwoSettleADirectOneForNothing) {
  EXPECT_EQ(open("ada", "ben", "direct"), "ok");
  EXPECT_EQ(locked("ada"), Millimana{});
  EXPECT_EQ(resolve("ben", "rejected"), "G007");
  EXPECT_EQ(resolve("ada", "upheld"), "G007");
  EXPECT_EQ(resolve("cyd", "settled"), "G007");
  EXPECT_EQ(resolve("ben", "upheld"), "ok");
  EXPECT_EQ(state(), "upheld");
  EXPECT_EQ(resolve("ada", "withdrawn"), "wrong_state");
}

TEST_F(DisputeTest, AMediatorHasADay) {
  EXPECT_EQ(open("ada", "ben", "mediation"), "ok");
  EXPECT_EQ(locked("ada"), Millimana{10'000});
  EXPECT_EQ(resolve("med", "withdrawn"), "G007");
  EXPECT_EQ(resolve("med", "settled"), "ok");
  EXPECT_EQ(locked("ada"), Millimana{});
  EXPECT_EQ(open("ada", "med", "mediation"), "ok");
  EXPECT_EQ(resolve("med", "rejected"), "G007");  // a party
  ledger_.pass(kDay);
  EXPECT_EQ(state(), "lapsed");
  EXPECT_EQ(locked("ada"), Millimana{});
}

TEST_F(DisputeTest, ArbitrationInvestigatesTwoDaysAndVotesThree) {
  EXPECT_EQ(open("ada", "ben", "arbitration"), "ok");
  EXPECT_EQ(locked("ada"), Millimana{100'000});
  EXPECT_EQ(judge("cyd", true), "G007");
  EXPECT_EQ(evidence("ben"), "ok");
  EXPECT_EQ(evidence("cyd"), "ok");
  EXPECT_EQ(evidence("stranger"), "G001");
  ledger_.pass(2 * kDay);
  EXPECT_EQ(state(), "voting");
  EXPECT_EQ(evidence("ben"), "wrong_state");
  EXPECT_EQ(judge("ada", true), "G007");
  EXPECT_EQ(judge("stranger", true), "G001");
  EXPECT_EQ(judge("cyd", false), "ok");
  EXPECT_EQ(judge("dee", true), "ok");
  EXPECT_EQ(judge("cyd", true), "ok");  // the last word counts
  EXPECT_EQ(dispute().upheld_votes, 2u);
  EXPECT_EQ(dispute().rejected_votes, 0u);
  ledger_.pass(3 * kDay);
  EXPECT_EQ(state(), "upheld");
  EXPECT_EQ(locked("ada"), Millimana{});
  EXPECT_EQ(judge("cyd", true), "wrong_state");
}

TEST_F(DisputeTest, WhoLosesAnArbitrationLosesTheStakeAndMayAppeal) {
  EXPECT_EQ(open("ada", "ben", "arbitration"), "ok");
  const std::string first = id_;
  EXPECT_EQ(open("ada", "ben", "appeal", {{"appeal_of", first}}), "wrong_state");
  ledger_.pass(2 * kDay);
  EXPECT_EQ(judge("cyd", false), "ok");
  EXPECT_EQ(judge("dee", true), "ok");
  const Millimana stake = locked("ada");
  const Millimana burned = ledger_.burned();
  EXPECT_GT(stake, Millimana{});
  ledger_.pass(3 * kDay);
  EXPECT_EQ(state(), "rejected");  // a tie does not uphold it
  EXPECT_EQ(locked("ada"), Millimana{});
  EXPECT_EQ(ledger_.burned().value - burned.value, stake.value);
  EXPECT_EQ(open("cyd", "ben", "appeal", {{"appeal_of", first}}), "G007");
  EXPECT_EQ(open("ada", "ben", "appeal", {{"appeal_of", first}}), "ok");
  EXPECT_EQ(locked("ada"), Millimana{500'000});
}

TEST_F(DisputeTest, PeriodsAndStakesAreParameters) {
  ledger_.set_parameter("governance.dispute_mediation_secs", 3'600);
  ledger_.set_parameter("governance.dispute_mediation_stake", 7'000);
  ledger_.set_parameter("governance.dispute_investigation_secs", 600);
  ledger_.set_parameter("governance.dispute_vote_secs", 1'200);
  ledger_.set_parameter("governance.dispute_value_min", 5'000);
  ledger_.set_parameter("governance.disputes_open_max", 1);
  EXPECT_EQ(open("ada", "ben", "mediation", {{"type", "economic"}, {"value", 5}}), "ok");
  EXPECT_EQ(locked("ada"), Millimana{7'000});
  EXPECT_EQ(open("ada", "ben", "direct"), "too_many_open");
  ledger_.pass(3'600);
  EXPECT_EQ(state(), "lapsed");
  EXPECT_EQ(open("ada", "ben", "arbitration"), "ok");
  ledger_.pass(600);
  EXPECT_EQ(state(), "voting");
  EXPECT_EQ(judge("cyd", true), "ok");
  ledger_.pass(1'200);
  EXPECT_EQ(state(), "upheld");
}

TEST_F(DisputeTest, WithoutAVoiceNobodyLoses) {
  EXPECT_EQ(open("ada", "ben", "arbitration"), "ok");
  ledger_.pass(5 * kDay);
  EXPECT_EQ(state(), "lapsed");
  EXPECT_EQ(locked("ada"), Millimana{});
}

TEST_F(DisputeTest, EveryOtherCode) {
  EXPECT_EQ(open("stranger", "ben", "direct"), "G001");
  EXPECT_EQ(open("ada", "stranger", "direct"), "member_not_found");
  EXPECT_EQ(open("ada", "ada", "direct"), "malformed");
  EXPECT_EQ(open("ada", "ben", "appeal"), "malformed");
  EXPECT_EQ(open("ada", "ben", "appeal", {{"appeal_of", "di_0"}}), "dispute_not_found");
  EXPECT_EQ(open("ada", "ben", "direct", {{"type", "economic"}, {"value", 9}}), "too_small");
  EXPECT_EQ(open("ada", "ben", "direct", {{"type", "economic"}, {"value", 10}}), "ok");
  for (int i = 1; i < 5; ++i) EXPECT_EQ(open("ada", "ben", "direct"), "ok");
  EXPECT_EQ(open("ada", "ben", "direct"), "too_many_open");
  EXPECT_EQ(resolve("ada", "withdrawn"), "ok");
  EXPECT_EQ(open("ada", "ben", "direct"), "ok");
  EXPECT_EQ(resolve("ada", "voting"), "malformed");
  id_ = "di_0";
  EXPECT_EQ(resolve("ada", "withdrawn"), "dispute_not_found");
  EXPECT_EQ(evidence("ada"), "dispute_not_found");
}

// A member with a did:icn whose keys are frozen, because it took back a second recovery that `g1` had asked
// for.
class RecoveryCaseTest : public DisputeTest {
 protected:
  void freeze(const std::string& scope) {
    if (scope == kLocalScope) {
      ledger_.change([&](ledger::View& view) -> Result<void> {
        const ledger::Parameters parameters = ledger::load_parameters(view).value();
        const ledger::BlockContext block{testing::kNetwork, 1, ledger_.now(), 0, &parameters};
        std::vector<ledger::Event> events;
        return admit(block, view, {scope, kOwner, did_named("operator"), {}, "", false}, events);
      });
    } else if (!scope.empty()) {
      ASSERT_EQ(
          ledger_.submit("operator", "governance.enroll",
                         Json::object({{"scope", scope},
                                       {"members", Json::array({Json::object({{"did", kOwner.text()}})})}})),
          "ok");
    }
    ledger_.change([&](ledger::View& view) -> Result<void> {
      identity::DidDocument document;
      document.id = kOwner;
      document.version = 1;
      document.keys_made = 1;
      document.keys = {{1, {to_bytes(testing::key_named("owner").public_key().view())}, ledger_.now()}};
      ICN_TRY(identity::kDocuments.put(view, kOwner, document));
      ICN_TRY(identity::kKeyUses.put(view, {kOwner, document.keys[0].public_key.bytes}, {1, 1, {}}));
      identity::Guardianship held;
      held.now = {{did_named("g1"), did_named("g2"), did_named("g3")}, 3};
      held.cancellations = {ledger_.now(), ledger_.now()};
      held.frozen_until = ledger_.now() + 30 * kDay;
      held.contested.emplace();
      held.contested->did = kOwner;
      held.contested->new_key.bytes = to_bytes(testing::key_named("new").public_key().view());
      held.contested->approvals = held.now.guardians;
      ICN_TRY(identity::kGuardianships.put(view, kOwner, held));
      ledger::BlockContext block;
      block.time = ledger_.now();
      return ledger::schedule(view, block, block.time, identity::kFrozenDue, kOwner.text());
    });
    ledger_.pass(60);
  }
  // How many disputes there are; `id_` gets the first one's.
  std::size_t cases() {
    auto rows = kDisputes.scan(ledger_.store(), {}).value();
    std::size_t count = 0;
    for (auto row = rows.next().value(); row; row = rows.next().value(), ++count) {
      if (count == 0) id_ = row->id;
    }
    return count;
  }
  bool is_frozen() {
    return identity::kGuardianships.get(ledger_.store(), kOwner).value()->frozen_until > ledger_.now();
  }
  std::string key() {
    const auto document = identity::kDocuments.get(ledger_.store(), kOwner).value();
    return hex_encode(document->keys.at(0).public_key.bytes);
  }
  // Two members of the scope say who is right.
  void decide(bool are_guardians_right) {
    freeze(std::string(kLocalScope));
    ASSERT_EQ(cases(), 1u);
    ledger_.pass(2 * kDay);
    EXPECT_EQ(judge("cyd", are_guardians_right), "ok");
    EXPECT_EQ(judge("dee", are_guardians_right), "ok");
    ledger_.pass(3 * kDay);
    EXPECT_FALSE(is_frozen());
    EXPECT_TRUE(identity::kGuardianships.get(ledger_.store(), kOwner).value()->cancellations.empty());
  }
  static std::string key_of(const std::string& name) {
    return hex_encode(testing::key_named(name).public_key().view());
  }

  const Did kOwner{"did:icn:person:ViTnb9Fs6kVESvnc2pLgGi"};
};

TEST_F(RecoveryCaseTest, ALapsedCaseChangesNothing) {
  freeze("group:owners");
  ASSERT_EQ(cases(), 1u);
  EXPECT_EQ(dispute().opener, did_named("g1"));
  EXPECT_EQ(dispute().against, kOwner);
  EXPECT_EQ(dispute().scope, "group:owners");
  EXPECT_EQ(dispute().stake, Millimana{});
  EXPECT_EQ(state(), "investigation");
  ledger_.pass(2 * kDay);
  EXPECT_EQ(judge("cyd", true), "G001");  // of another scope
  ledger_.pass(3 * kDay);
  EXPECT_EQ(state(), "lapsed");  // nobody but the owner could judge
  EXPECT_TRUE(is_frozen());
  EXPECT_EQ(key(), key_of("owner"));
}

TEST_F(RecoveryCaseTest, UpheldTheGuardiansKeyReplacesTheFrozenOne) {
  decide(true);
  EXPECT_EQ(state(), "upheld");
  EXPECT_EQ(key(), key_of("new"));
}

TEST_F(RecoveryCaseTest, RejectedTheFrozenKeysAreFree) {
  decide(false);
  EXPECT_EQ(state(), "rejected");
  EXPECT_EQ(key(), key_of("owner"));
}

TEST_F(RecoveryCaseTest, WhoIsOfNoScopeHasNoJudges) {
  freeze("");
  EXPECT_EQ(cases(), 0u);
  EXPECT_TRUE(is_frozen());
}

}  // namespace
}  // namespace icn::governance
