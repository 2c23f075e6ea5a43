#include <gtest/gtest.h>

#include "federation/federation_testing.h"
#include "governance/members.h"

namespace icn::federation {
namespace {

using testing::add_validator;
using testing::admit;
using testing::approval;
using testing::change;
using testing::did_named;
using testing::TestLedger;

// Source: n >= 3f + 1, and "more than 2/3", counted by hand.
TEST(NumbersTest, FaultsAndApprovals) {
  const std::uint64_t expected[][3] = {{1, 0, 1}, {2, 0, 2}, {3, 0, 3}, {4, 1, 3},  {5, 1, 4},
                                       {6, 1, 5}, {7, 2, 5}, {9, 2, 7}, {10, 3, 7}, {100, 33, 67}};
  for (const auto& [validators, faults, approvals] : expected) {
    EXPECT_EQ(faults_tolerated(validators), faults) << validators;
    EXPECT_EQ(approvals_needed(validators), approvals) << validators;
    EXPECT_GT(approvals * 3, validators * 2);
    EXPECT_LE((approvals - 1) * 3, validators * 2);
  }
}

TEST(ChangeTest, TwoThirdsExactlyAreTooFewOneMoreIsEnough) {
  TestLedger ledger({"a", "b", "c", "d", "e", "f"});
  EXPECT_EQ(ledger.submit("a", "federation.propose", admit("new")), "ok");
  const std::string id = ledger.change_id();
  EXPECT_EQ(ledger.text("approvals_needed"), "5");
  for (const char* name : {"b", "c", "d"}) {
    EXPECT_EQ(ledger.submit(name, "federation.approve", approval(id)), "ok");
    EXPECT_EQ(ledger.text("status"), "open") << name;
  }
  EXPECT_EQ(ledger.text("approvals"), "4");
  EXPECT_FALSE(kMembers.contains(ledger.store(), did_named("new")).value());
  EXPECT_EQ(ledger.submit("e", "federation.approve", approval(id)), "ok");
  EXPECT_EQ(ledger.text("status"), "applied");
  EXPECT_TRUE(kMembers.contains(ledger.store(), did_named("new")).value());
}

TEST(ChangeTest, NewMembersAndValidatorsAreToldWhenTheyAreIn) {
  TestLedger ledger({"a", "b"});
  ASSERT_EQ(ledger.submit("a", "federation.propose", admit("new")), "ok");
  EXPECT_EQ(ledger.event("NewFederationPeer"), "");
  ASSERT_EQ(ledger.submit("b", "federation.approve", approval(ledger.change_id())), "ok");
  const std::string did = did_named("new").text();
  EXPECT_EQ(ledger.event("NewFederationPeer"),
            R"({"organization":")" + did + R"(","name":"new","operator_did":")" + did + R"("})");
  ASSERT_EQ(ledger.submit("a", "federation.propose", add_validator("new")), "ok");
  ASSERT_EQ(ledger.submit("b", "federation.approve", approval(ledger.change_id())), "ok");
  EXPECT_EQ(ledger.event("NewFederationPeer"),
            R"({"organization":")" + did + R"(","peer":"id-of-new@127.0.0.1:1"})");
}

TEST(ChangeTest, TheyStandInTheOrderTheyWereProposedInAlsoWithinASecond) {
  TestLedger ledger({"a", "b", "c", "d"});
  std::vector<std::string> proposed;
  for (const char* name : {"p", "q", "r", "s", "t", "u", "v", "w"}) {
    ASSERT_EQ(ledger.submit("a", "federation.propose", admit(name)), "ok");
    proposed.push_back(ledger.change_id());
  }
  auto rows = kChanges.scan(ledger.store(), {0, {}, {}, false}).value();
  for (const std::string& id : proposed) EXPECT_EQ(rows.next().value()->id, id);
  EXPECT_FALSE(rows.next().value());
}

TEST(ChangeTest, OneOperatorCountsOnce) {
  TestLedger ledger({"a", "b", "c", "d"});
  EXPECT_EQ(ledger.submit("a", "federation.propose", admit("new")), "ok");
  const std::string id = ledger.change_id();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(ledger.submit("a", "federation.approve", approval(id)), "ok");
    EXPECT_EQ(ledger.text("approvals"), "1");
    EXPECT_EQ(ledger.text("status"), "open");
  }
}

TEST(ChangeTest, ARemovedValidatorsApprovalCountsNoMore) {
  TestLedger ledger({"a", "b", "c", "d"});
  ASSERT_EQ(ledger.submit("a", "federation.propose", admit("new")), "ok");
  const std::string admission = ledger.change_id();
  ASSERT_EQ(ledger.submit("b", "federation.approve", approval(admission)), "ok");
  EXPECT_EQ(ledger.text("approvals"), "2");

  ASSERT_EQ(ledger.submit("b", "federation.propose", change("remove_validator", "a")), "ok");
  const std::string removal = ledger.change_id();
  ASSERT_EQ(ledger.submit("c", "federation.approve", approval(removal)), "ok");
  ASSERT_EQ(ledger.submit("d", "federation.approve", approval(removal)), "ok");
  EXPECT_EQ(ledger.text("status"), "applied");
  EXPECT_EQ(ledger.text("validators"), "3");
  EXPECT_EQ(ledger.text("faults_tolerated"), "0");

  EXPECT_EQ(ledger.submit("a", "federation.approve", approval(admission)), "not_validator_operator");
  // Of a, b, c only b and c operate a validator: all three of b, c, d are needed.
  EXPECT_EQ(ledger.submit("c", "federation.approve", approval(admission)), "ok");
  EXPECT_EQ(ledger.text("approvals"), "2");
  EXPECT_EQ(ledger.text("status"), "open");
  EXPECT_EQ(ledger.submit("d", "federation.approve", approval(admission)), "ok");
  EXPECT_EQ(ledger.text("status"), "applied");
}

TEST(ChangeTest, AnApprovalIsCountedAnewWhenTheSetHasShrunk) {
  TestLedger ledger({"a", "b", "c", "d", "e"});  // 4 needed of 5, 3 of 4
  ASSERT_EQ(ledger.submit("a", "federation.propose", admit("new")), "ok");
  const std::string admission = ledger.change_id();
  for (const char* name : {"b", "c"})
    ASSERT_EQ(ledger.submit(name, "federation.approve", approval(admission)), "ok");
  EXPECT_EQ(ledger.text("status"), "open");
  ASSERT_EQ(ledger.submit("a", "federation.propose", change("remove_validator", "e")), "ok");
  const std::string removal = ledger.change_id();
  for (const char* name : {"b", "c", "d"})
    ASSERT_EQ(ledger.submit(name, "federation.approve", approval(removal)), "ok");
  EXPECT_EQ(ledger.submit("a", "federation.approve", approval(admission)), "ok");
  EXPECT_EQ(ledger.text("status"), "applied");
}

TEST(ChangeTest, ValidatorsReachTheEngineAsUpdates) {
  TestLedger ledger({"a"});
  ASSERT_EQ(ledger.submit("a", "federation.propose", admit("b")), "ok");
  EXPECT_EQ(ledger.text("status"), "applied");
  EXPECT_TRUE(ledger.updates().empty());
  ASSERT_EQ(ledger.submit("a", "federation.propose", add_validator("b")), "ok");
  ASSERT_EQ(ledger.updates().size(), 1u);
  EXPECT_EQ(ledger.updates()[0].public_key, testing::validator_key("b").public_key.bytes);
  EXPECT_EQ(ledger.updates()[0].power, ledger::kValidatorPower);

  ASSERT_EQ(ledger.submit("b", "federation.propose", change("remove_member", "b")), "ok");
  const std::string removal = ledger.change_id();
  EXPECT_TRUE(ledger.updates().empty());
  ASSERT_EQ(ledger.submit("a", "federation.approve", approval(removal)), "ok");
  ASSERT_EQ(ledger.updates().size(), 1u);
  EXPECT_EQ(ledger.updates()[0].power, 0u);
  EXPECT_FALSE(kMembers.contains(ledger.store(), did_named("b")).value());
  EXPECT_EQ(load_federation(ledger.store()).value().member_count, 1u);
}

TEST(ChangeTest, AKeyThatMovesInOneBlockStaysInTheSet) {
  TestLedger ledger({"a", "b"});
  const Validator old = kValidators.get(ledger.store(), did_named("b")).value().value();
  Validator moved = old;
  moved.organization = did_named("c");
  storage::RowBuffer rows(ledger.store());
  ASSERT_TRUE(kValidators.erase(rows, old.organization).ok());
  ASSERT_TRUE(kValidators.insert(rows, moved.organization, moved).ok());
  const auto updates = validator_changes(ledger.store(), rows.take()).value();
  ASSERT_EQ(updates.size(), 1u);
  EXPECT_EQ(updates[0].power, ledger::kValidatorPower);
}

TEST(ChangeTest, AChangeExpires) {
  TestLedger ledger({"a", "b"});
  ASSERT_EQ(ledger.submit("a", "federation.propose", admit("new")), "ok");
  const std::string id = ledger.change_id();
  // Nothing was due in between: the time has run.
  ledger.advance(kChangeLifetimeSecs);
  EXPECT_EQ(ledger.submit("b", "federation.approve", approval(id)), "change_closed");
}

TEST(ChangeTest, EveryRefusalHasItsCode) {
  TestLedger ledger({"a", "b", "c", "d"});
  const auto propose = [&](const std::string& who, codec::Json body) {
    return ledger.submit(who, "federation.propose", std::move(body));
  };
  EXPECT_EQ(propose("stranger", admit("new")), "not_validator_operator");
  EXPECT_EQ(propose("a", admit("b")), "member_exists");
  codec::Json taken = admit("new");
  taken.set("operator_did", did_named("b").text());
  EXPECT_EQ(propose("a", taken), "operator_taken");
  EXPECT_EQ(propose("a", change("remove_member", "new")), "member_not_found");
  EXPECT_EQ(propose("a", add_validator("new")), "member_not_found");
  EXPECT_EQ(propose("a", add_validator("b")), "validator_exists");
  EXPECT_EQ(propose("a", change("admit_member", "new")), "malformed");
  EXPECT_EQ(propose("a", change("add_validator", "new")), "malformed");
  codec::Json odd = change("remove_member", "b");
  odd.set("name", "b");
  EXPECT_EQ(propose("a", odd), "malformed");
  codec::Json no_did = admit("new");
  no_did.set("organization", "new");
  EXPECT_EQ(propose("a", no_did), "I001");
  EXPECT_EQ(ledger.submit("a", "federation.approve", approval("ch_none")), "change_not_found");

  ASSERT_EQ(propose("a", admit("new")), "ok");
  const std::string admission = ledger.change_id();
  for (const char* name : {"b", "c"})
    ASSERT_EQ(ledger.submit(name, "federation.approve", approval(admission)), "ok");
  EXPECT_EQ(ledger.submit("d", "federation.approve", approval(admission)), "change_closed");
  EXPECT_EQ(propose("a", change("remove_validator", "new")), "validator_not_found");

  codec::Json forged = add_validator("new");
  ValidatorKey key = testing::validator_key("new", "another-network");
  forged.set("validator", codec::to_json(key));
  EXPECT_EQ(propose("a", forged), "bad_validator_key");
  key = testing::validator_key("other");
  forged.set("validator", codec::to_json(key));
  EXPECT_EQ(propose("a", forged), "bad_validator_key");
  key.public_key.bytes = Bytes(32);  // a point of small order
  forged.set("validator", codec::to_json(key));
  EXPECT_EQ(propose("a", forged), "bad_validator_key");
  // The key of another member's validator, with a proof its holder made for this organisation.
  const crypto::SecretKey of_b = testing::key_named("b validator");
  const auto proof = of_b.sign(validator_proof_bytes(testing::kNetwork, did_named("new"), of_b.public_key()));
  forged.set("validator", codec::to_json(ValidatorKey{
                              {to_bytes(of_b.public_key().view())}, "x@h:1", {to_bytes(proof.view())}}));
  EXPECT_EQ(propose("a", forged), "validator_key_taken");
}

TEST(ChangeTest, TheLastValidatorStays) {
  TestLedger ledger({"a"});
  EXPECT_EQ(ledger.submit("a", "federation.propose", change("remove_validator", "a")), "last_validator");
  EXPECT_EQ(ledger.submit("a", "federation.propose", change("remove_member", "a")), "last_validator");
}

codec::Json init_body(const std::string& policy = "approval", const std::string& first = "operator") {
  return codec::Json::object(
      {{"name", "Valley"},
       {"policy", policy},
       {"validators", codec::Json::array(
                          {codec::Json::object({{"name", first},
                                                {"organization", did_named(first).text()},
                                                {"operator_did", did_named(first).text()},
                                                {"key", codec::to_json(testing::validator_key(first))}})})}});
}

std::string deciding_scope(const TestLedger& ledger) {
  return governance::network_scope(ledger.store()).value();
}

// The members of the founder's own scope do not decide about the others.
TEST(SeatTest, ParametersAreDecidedByTheOrganisationsTogetherOnceThereAreSeveral) {
  TestLedger ledger({"a"});
  EXPECT_EQ(deciding_scope(ledger), "local");
  ASSERT_EQ(ledger.submit("a", "federation.propose", admit("b")), "ok");
  EXPECT_EQ(deciding_scope(ledger), "federation:fed-test");
  for (const char* name : {"a", "b"})
    EXPECT_TRUE(governance::require_full_member(ledger.store(), "federation:fed-test", did_named(name)).ok());
  EXPECT_TRUE(governance::check_network_scope(ledger.store(), "federation:fed-test").ok());
  EXPECT_EQ(governance::check_network_scope(ledger.store(), "local").error().code(), "wrong_scope");

  ASSERT_EQ(ledger.submit("a", "federation.propose", change("remove_member", "b")), "ok");
  EXPECT_EQ(deciding_scope(ledger), "local");
  EXPECT_FALSE(governance::require_full_member(ledger.store(), "federation:fed-test", did_named("b")).ok());
  ASSERT_EQ(ledger.submit("a", "federation.propose", admit("b")), "ok");
  EXPECT_EQ(deciding_scope(ledger), "federation:fed-test");
}

// Nobody else names who decides there.
TEST(SeatTest, SeatsComeAndGoWithTheFederation) {
  const TestLedger ledger({"a", "b"});
  EXPECT_EQ(governance::check_own_members(ledger.store(), "federation:fed-test").error().code(),
            "wrong_scope");
  EXPECT_TRUE(governance::check_own_members(ledger.store(), "federation:another").ok());
  EXPECT_TRUE(governance::check_own_members(ledger.store(), "local").ok());
}

// One vote an organisation, and none for those that do not validate.
TEST(SeatTest, ValidatorsAloneChangeTheProtocol) {
  TestLedger ledger({"a", "b"});
  const std::string scope = "validators:fed-test";
  const auto has_seat = [&](const std::string& name) {
    return governance::require_full_member(ledger.store(), scope, did_named(name)).ok();
  };
  EXPECT_TRUE(has_seat("a"));
  EXPECT_TRUE(has_seat("b"));
  ASSERT_EQ(ledger.submit("a", "federation.propose", admit("c")), "ok");
  ASSERT_EQ(ledger.submit("b", "federation.approve", approval(ledger.change_id())), "ok");
  EXPECT_FALSE(has_seat("c"));
  governance::Proposal proposal;
  proposal.scope = "federation:fed-test";
  EXPECT_EQ(governance::check_protocol_scope(ledger.store(), proposal).error().code(), "wrong_scope");
  proposal.scope = scope;
  EXPECT_TRUE(governance::check_protocol_scope(ledger.store(), proposal).ok());
  ASSERT_EQ(ledger.submit("a", "federation.propose", change("remove_validator", "b")), "ok");
  ASSERT_EQ(ledger.submit("b", "federation.approve", approval(ledger.change_id())), "ok");
  EXPECT_TRUE(has_seat("a"));
  EXPECT_FALSE(has_seat("b"));
  EXPECT_EQ(governance::check_own_members(ledger.store(), scope).error().code(), "wrong_scope");
}

TEST(InitTest, ANodeAloneBecomesAFederation) {
  TestLedger ledger({});
  EXPECT_EQ(ledger.submit("operator", "federation.propose", admit("new")), "no_federation");
  EXPECT_EQ(ledger.submit("stranger", "federation.init", init_body("open", "stranger")), "not_operator");
  EXPECT_EQ(ledger.submit("operator", "federation.init", init_body("open", "stranger")), "not_organization");
  codec::Json twice = init_body();
  const codec::Json first = (*twice.find("validators")->array())[0];
  twice.set("validators", codec::Json::array({first, first}));
  EXPECT_EQ(ledger.submit("operator", "federation.init", twice), "member_exists");
  EXPECT_FALSE(kFederation.get(ledger.store(), kFederationKey).value().has_value());

  EXPECT_EQ(ledger.submit("operator", "federation.init", init_body("invite_only")), "ok");
  EXPECT_EQ(ledger.text("federation_id"), "fed-test");
  EXPECT_EQ(ledger.text("faults_tolerated"), "0");
  const auto order = ledger::kOrder.get(ledger.store(), ledger::kOrderKey).value();
  ASSERT_TRUE(order.has_value());
  EXPECT_EQ(order->order, ledger::Order::kFederation);
  EXPECT_EQ(ledger.submit("operator", "federation.init", init_body()), "federation_exists");
}

}  // namespace
}  // namespace icn::federation
