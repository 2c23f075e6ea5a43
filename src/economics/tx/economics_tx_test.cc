#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "economics/economics_testing.h"
#include "economics/errors.h"

namespace icn::economics {
namespace {

// One line an event, what it should come to at its end. People are numbers, 0 is the operator.
//   set PARAMETER VALUE             wait SECONDS
//   grant BY TO code                transfer FROM TO MANA code
//   balance WHO mana                stage WHO stage
class Table {
 public:
  explicit Table(const std::string& profile) : ledger_(profile) {}

  void play(std::string_view text) {
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) {
      const auto comment = line.find('#');
      std::istringstream words(line.substr(0, comment));
      std::vector<std::string> event;
      for (std::string word; words >> word;) event.push_back(word);
      if (event.empty()) continue;
      EXPECT_EQ(run(event), event.back()) << line;
    }
  }
  const std::set<std::string>& codes() const { return codes_; }

 private:
  static std::string did_text(const std::string& who) {
    const bool is_number = who.find_first_not_of("0123456789") == std::string::npos;
    return is_number ? testing::person(std::stoull(who)).text() : who;
  }

  std::string run(const std::vector<std::string>& event) {
    const std::string& verb = event[0];
    if (verb == "set") {
      ledger_.set_parameter(event[1], std::stoll(event[2]));
      return event.back();
    }
    if (verb == "wait") {
      ledger_.advance(std::stoull(event[1]));
      return event.back();
    }
    if (verb == "balance") return codec::to_json_text(ledger_.account(Did(did_text(event[1]))).balance);
    if (verb == "stage") return std::string(enum_name(ledger_.account(Did(did_text(event[1]))).stage));
    if (verb == "grant") {
      return submit(event[1], "economics.grant", R"({"to":")" + did_text(event[2]) + R"("})");
    }
    if (verb == "transfer") {
      return submit(event[1], "economics.transfer",
                    R"({"to":")" + did_text(event[2]) + R"(","amount":)" + event[3] + "}");
    }
    return "unknown verb";
  }

  std::string submit(const std::string& sender, std::string_view type, const std::string& body) {
    const auto transaction = ledger_.try_make(Did(did_text(sender)), type, body);
    std::string code = "ok";
    if (transaction.ok()) {
      const ledger::ExecutedBlock block = ledger_.run(std::array{*transaction});
      if (!block.outcomes[0].ok) code = block.outcomes[0].code;
    } else {
      code = transaction.error().code();
    }
    codes_.insert(code);
    return code;
  }

  static std::string enum_name(Stage stage) { return std::string(codec::enum_name(stage)); }

  testing::TestLedger ledger_;
  std::set<std::string> codes_;
};

// Production: kappa of a verified person 0.5, so M = 5,000, start grant 1,250, and in the first three
// months 100 mana an hour. The test starts 6,400 s before midnight.
constexpr std::string_view kProduction = R"(
balance 0 1250
stage 0 verified
grant 0 1 ok
balance 1 1250
grant 0 1 already_granted
grant 1 2 not_operator
grant 0 nobody I001
grant 0 did:icn:person:6cTYsVQo7neEG73so829uv did_not_found
transfer 0 0 1 transfer_to_self
transfer 0 did:web:example.org 1 unsupported_did_method
transfer 0 did:icn:person:6cTYsVQo7neEG73so829uv 1 did_not_found
transfer 0 did:key:zJunk 1 I001
transfer 9 0 1 exceeds_balance        # has no account
transfer 0 1 0 malformed
transfer 0 1 -1 malformed
transfer 0 1 0.0001 malformed
transfer 0 1 1000000000000.001 malformed
transfer 0 1 1250.001 exceeds_balance
transfer 0 1 1000 ok
balance 0 250
balance 1 2250
wait 6300                             # + 175
balance 0 425
transfer 0 1 250.001 exceeds_daily_limit
transfer 0 1 250 ok
balance 0 175
balance 1 2675
wait 100                              # the next day; + 2 7/9 mana
balance 0 177.777
transfer 0 1 100 ok
balance 0 77.777
balance 1 2777.777
wait 100000                           # 1 reaches its cap; 0 spent 1,350 while young: 90 an hour, + 2500
balance 1 5000
balance 0 2577.777
transfer 0 1 0.001 exceeds_recipient_cap
transfer 1 2 10 ok                    # to somebody new
balance 2 10
stage 2 unverified
wait 3600
balance 2 10                          # no regeneration
transfer 2 0 1 not_verified
set economics.transfer_policy 0
transfer 1 2 1 transfers_off
set economics.transfer_policy 1
transfer 2 1 1 not_verified
transfer 1 2 1 no_common_organisation
set economics.transfer_policy 2
set economics.grants_per_epoch 1
wait 86400
grant 0 2 ok
balance 2 1260
stage 2 verified
grant 0 3 grants_used_up
balance 3 0
wait 86400
grant 0 3 ok
)";

// Development: kappa 0.7, so M = 7,000 and a start grant of 1,750 (domain.md 14); no daily limit.
constexpr std::string_view kDevelopment = R"(
balance 0 1750
grant 0 1 ok
balance 1 1750
transfer 0 5 1750 ok                  # somebody new, all at once
balance 0 0
balance 5 1750
transfer 5 0 1 not_verified
transfer 1 5 1750 ok
wait 86400                            # 140 an hour
balance 0 3360
balance 5 3500
transfer 0 5 3360 ok                  # a new account may hold what a verified one may: 7,000
transfer 1 5 140.001 exceeds_recipient_cap
transfer 1 5 140 ok
balance 5 7000
grant 0 5 ok                          # a start grant may stand above the cap
balance 5 8750
wait 3600
balance 5 8750
transfer 5 1 1750 ok
)";

TEST(EconomicsTransactions, KeepTheirRules) {
  Table production("production");
  production.play(kProduction);
  Table development("development");
  development.play(kDevelopment);

  std::set<std::string> seen = production.codes();
  seen.insert(development.codes().begin(), development.codes().end());
  const std::set<std::string> all{"ok",
                                  "malformed",
                                  "I001",
                                  "unsupported_did_method",
                                  "did_not_found",
                                  kToSelf.code,
                                  kTransfersOff.code,
                                  kNotVerified.code,
                                  kNotMembers.code,
                                  kExceedsBalance.code,
                                  kExceedsDay.code,
                                  kExceedsRecipientCap.code,
                                  kNotOperator.code,
                                  kAlreadyGranted.code,
                                  kGrantsUsedUp.code};
  EXPECT_EQ(seen, all);
}

TEST(EconomicsTransactions, ATransferAnswersItsIdAndBothBalances) {
  testing::TestLedger ledger;
  const auto transaction = ledger.make(testing::person(0), "economics.transfer",
                                       R"({"to":")" + testing::person(1).text() + R"(","amount":12.5})");
  const auto block = ledger.run(std::array{transaction});
  ASSERT_TRUE(block.outcomes[0].ok);
  EXPECT_EQ(block.outcomes[0].output, R"({"transfer_id":"tr_)" + transaction->id().text().substr(0, 32) +
                                          R"(","from_balance":1737.5,"to_balance":12.5})");
  ASSERT_EQ(block.events.size(), 2u);
  EXPECT_EQ(block.events[0].type, "ManaBalanceChanged");
  EXPECT_EQ(block.events[0].data, R"({"did":")" + testing::person(0).text() +
                                      R"(","kind":"transfer_out","amount":-12.5,"balance":1737.5,)" +
                                      R"("available":1737.5,"reference":"tr_)" +
                                      transaction->id().text().substr(0, 32) + R"("})");
}

TEST(EconomicsTransactions, ARefusedTransferChangesNothing) {
  testing::TestLedger ledger;
  ledger.advance(1'000);
  const auto before = ledger.store().get(kAccounts.schema(), storage::key_of(testing::person(0))).value();
  const auto block =
      ledger.run(std::array{ledger.make(testing::person(0), "economics.transfer",
                                        R"({"to":")" + testing::person(1).text() + R"(","amount":999999})")});
  EXPECT_EQ(block.outcomes[0].code, kExceedsBalance.code);
  EXPECT_TRUE(block.events.empty());
  EXPECT_EQ(ledger.store().get(kAccounts.schema(), storage::key_of(testing::person(0))).value(), before);
  EXPECT_FALSE(kAccounts.contains(ledger.store(), testing::person(1)).value());
}

}  // namespace
}  // namespace icn::economics
