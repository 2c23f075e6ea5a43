#include "governance/differences.h"

#include <gtest/gtest.h>

#include <map>

#include "economics/formula.h"
#include "governance/execution.h"
#include "governance/governance_testing.h"

// What a simulation says would change: all of it, and nothing that time alone changes.
namespace icn::governance {
namespace {

using namespace testing;
using codec::Json;

class DifferencesTest : public ::testing::Test {
 protected:
  DifferencesTest() : ledger_("development") {
    EXPECT_EQ(ledger_.found({"ada", "bob", "cyn"}), "ok");
    parameters_ = ledger::load_parameters(ledger_.store()).value();
  }
  // path -> "before -> after"
  std::map<std::string, std::string> simulated(std::string_view type, Json data) {
    Proposal proposal;
    proposal.id = "pr_simulated";
    proposal.scope = std::string(kLocalScope);
    proposal.actions = {Action{std::string(type), std::move(data), {}}};
    const ledger::BlockContext block{kNetwork, 9, ledger_.now(), 0, &parameters_};
    const Simulation done = simulate(block, ledger_.store(), proposal).value();
    EXPECT_TRUE(done.errors.empty()) << done.errors.front();
    std::map<std::string, std::string> out;
    const auto text = [](const std::optional<Json>& json) {
      return json ? codec::write_json(*json) : "none";
    };
    for (const Difference& each : done.diff) out[each.path] = text(each.before) + " -> " + text(each.after);
    return out;
  }
  economics::Account account_now(const std::string& name) {
    economics::Account account = ledger_.account(did_named(name));
    economics::settle_time(account, ledger_.now());
    return account;
  }
  static std::string mana(Millimana amount) { return codec::to_json_text(amount); }
  static Json of(const std::string& name) { return Json::object({{"did", did_named(name).text()}}); }

  TestLedger ledger_;
  ledger::Parameters parameters_;
  const std::string cyn_ = did_named("cyn").text();
};

TEST_F(DifferencesTest, ABudgetMovesWhatItSaysHoweverLongNothingWasWritten) {
  ledger_.set_parameter("economics.transfer_policy", 3);
  const Did pool = ledger_.scope().pool;
  ASSERT_EQ(ledger_.submit("ada", "economics.transfer",
                           Json::object({{"to", pool.text()}, {"amount", std::int64_t{50}}})),
            "ok")
      << ledger_.detail;
  const Millimana written = ledger_.account(did_named("cyn")).balance;
  ledger_.wait(100);
  const Millimana earned = account_now("cyn").balance;
  ASSERT_GT(earned, written);
  const auto diff =
      simulated("BudgetAllocation", Json::object({{"recipient", cyn_}, {"amount", std::int64_t{5}}}));
  EXPECT_EQ(diff.at("balances/" + cyn_), mana(earned) + " -> " + mana(earned + Millimana{5'000}));
  EXPECT_EQ(diff.at("balances/" + pool.text()), "50 -> 45");
  EXPECT_EQ(diff.size(), 2u);
}

TEST_F(DifferencesTest, APenaltyLocks) {
  ledger_.wait(100);
  const economics::Account cyn = account_now("cyn");
  Json data = of("cyn");
  data.set("offence", "governance_manipulation");
  data.set("evidence_cid", some_text().to_string());
  const auto diff = simulated("Penalize", data);
  // domain.md 5: half of what is available.
  EXPECT_EQ(diff.at("locked/" + cyn_), "0 -> " + mana(economics::share_of(cyn.balance, 500'000)));
  EXPECT_EQ(diff.count("balances/" + cyn_), 0u);
  EXPECT_NE(diff.at("penalties/" + cyn_ + "/pr_simulated").find("none -> "), std::string::npos);
}

TEST_F(DifferencesTest, ConductAndAFrozenReputationAreShown) {
  Json spam = of("cyn");
  spam.set("kind", "spam_reported");
  auto diff = simulated("RecordConduct", spam);
  EXPECT_EQ(
      diff.at("reputation/" + cyn_),
      R"({"score":50,"contested":0,"frozen_until_secs":0} -> {"score":40,"contested":0,"frozen_until_secs":0})");
  EXPECT_NE(diff.at("reputation_events/" + cyn_ + "/1").find("spam_reported"), std::string::npos);
  diff = simulated("FreezeReputation", of("cyn"));
  const std::string until = std::to_string(ledger_.now() + 604'800);
  EXPECT_EQ(
      diff.at("reputation/" + cyn_),
      R"({"score":50,"contested":0,"frozen_until_secs":0} -> {"score":50,"contested":0,"frozen_until_secs":)" +
          until + "}");
  EXPECT_EQ(diff.size(), 1u);
}

TEST_F(DifferencesTest, ParametersAndMembersAreShown) {
  auto diff = simulated("UpdateParameter",
                        Json::object({{"name", "governance.proposal_fee"}, {"value", std::int64_t{60'000}}}));
  EXPECT_EQ(diff.at("parameters/governance.proposal_fee"), "50000 -> 60000");
  diff = simulated("SuspendMember", of("cyn"));
  EXPECT_NE(diff.at("members/local/" + cyn_).find(R"("status":"suspended")"), std::string::npos);
}

}  // namespace
}  // namespace icn::governance
