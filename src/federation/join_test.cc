#include <gtest/gtest.h>

#include "economics/conservation.h"
#include "federation/directory/trust.h"
#include "federation/federation_testing.h"
#include "governance/members.h"
#include "governance/tables.h"

namespace icn::federation {
namespace {

using testing::approval;
using testing::did_named;
using testing::TestLedger;

codec::Json init_with(const std::string& policy, const std::optional<codec::Cid>& charter = {}) {
  const codec::Json first =
      codec::Json::object({{"name", "operator"},
                           {"organization", did_named("operator").text()},
                           {"operator_did", did_named("operator").text()},
                           {"key", codec::to_json(testing::validator_key("operator"))}});
  codec::Json body = codec::Json::object(
      {{"name", "Valley"}, {"policy", policy}, {"validators", codec::Json::array({first})}});
  if (charter) body.set("charter_cid", charter->to_string());
  return body;
}

codec::Json join_body(const std::optional<Ticket>& ticket = {}) {
  codec::Json body = codec::Json::object({{"name", "newcomer"}, {"former_network", "old"}});
  if (ticket) body.set("ticket", codec::to_json(*ticket));
  return body;
}

Ticket ticket_of(const std::string& inviter, TimestampSecs expires = testing::kStart + 1'000) {
  const crypto::SecretKey key = testing::key_named(inviter);
  Ticket ticket;
  ticket.network = testing::kNetwork;
  ticket.inviter = did_named(inviter);
  ticket.key = crypto::did_key_method(key.public_key());
  ticket.nonce.bytes = Bytes(16, 1);
  ticket.expires = expires;
  ticket.signature.bytes = to_bytes(key.sign(ticket_bytes(ticket)).view());
  return ticket;
}

void sign(Ticket& ticket, const std::string& who) {
  ticket.signature.bytes = to_bytes(testing::key_named(who).sign(ticket_bytes(ticket)).view());
}

TEST(JoinTest, OpenTakesAnybodyWhoConsentsToTheCharter) {
  TestLedger ledger({});
  EXPECT_EQ(ledger.submit("new", "federation.join", join_body()), "no_federation");
  const codec::Cid charter = codec::Cid::of(codec::kRaw, as_bytes("the charter"));
  ASSERT_EQ(ledger.submit("operator", "federation.init", init_with("open", charter)), "ok");
  EXPECT_EQ(ledger.submit("new", "federation.join", join_body()), "wrong_charter");
  codec::Json body = join_body();
  body.set("charter_cid", codec::Cid::of(codec::kRaw, as_bytes("another")).to_string());
  EXPECT_EQ(ledger.submit("new", "federation.join", body), "wrong_charter");
  body.set("charter_cid", charter.to_string());
  EXPECT_EQ(ledger.submit("new", "federation.join", body), "ok");
  EXPECT_EQ(ledger.text("status"), "joined");
  EXPECT_EQ(ledger.submit("new", "federation.join", body), "member_exists");
  const Member member = kMembers.get(ledger.store(), did_named("new")).value().value();
  EXPECT_EQ(member.role, Role::kMember);
  EXPECT_EQ(member.former_network, "old");
}

TEST(JoinTest, ApprovalWaitsForTheOperators) {
  TestLedger ledger({"a", "b", "c", "d"});  // from genesis: approval
  EXPECT_EQ(ledger.submit("new", "federation.join", join_body()), "ok");
  EXPECT_EQ(ledger.text("status"), "pending");
  EXPECT_EQ(ledger.text("approvals_needed"), "3");
  const std::string id = ledger.change_id();
  EXPECT_EQ(ledger.submit("new", "federation.join", join_body()), "change_open");
  EXPECT_EQ(ledger.submit("new", "federation.approve", approval(id)), "not_validator_operator");
  for (const char* name : {"a", "b", "c"}) {
    EXPECT_FALSE(kMembers.contains(ledger.store(), did_named("new")).value());
    EXPECT_EQ(ledger.submit(name, "federation.approve", approval(id)), "ok");
  }
  EXPECT_TRUE(kMembers.contains(ledger.store(), did_named("new")).value());
  EXPECT_EQ(ledger.submit("new", "federation.leave", codec::Json(codec::Json::Object())), "ok");
  EXPECT_FALSE(kMembers.contains(ledger.store(), did_named("new")).value());
  EXPECT_EQ(ledger.submit("new", "federation.leave", codec::Json(codec::Json::Object())),
            "not_member_operator");
  EXPECT_EQ(ledger.submit("new", "federation.join", join_body()), "ok") << "may ask again";
}

TEST(JoinTest, InviteOnlyTakesATicketOnce) {
  TestLedger ledger({});
  ASSERT_EQ(ledger.submit("operator", "federation.init", init_with("invite_only")), "ok");
  const auto join = [&](const std::string& who, const std::optional<Ticket>& ticket) {
    return ledger.submit(who, "federation.join", join_body(ticket));
  };
  EXPECT_EQ(join("new", {}), "not_invited");
  EXPECT_EQ(join("new", ticket_of("stranger")), "invitation_not_valid");
  EXPECT_EQ(join("new", ticket_of("operator", testing::kStart)), "invitation_not_valid") << "expired";
  Ticket ticket = ticket_of("operator");
  ticket.expires += 1;
  EXPECT_EQ(join("new", ticket), "invitation_not_valid") << "changed after it was signed";
  ticket = ticket_of("operator");
  ticket.network = "another";
  sign(ticket, "operator");
  EXPECT_EQ(join("new", ticket), "invitation_not_valid") << "to another network";
  ticket = ticket_of("operator");
  ticket.organization = did_named("somebody else");
  sign(ticket, "operator");
  EXPECT_EQ(join("new", ticket), "invitation_not_valid") << "for somebody else";
  ticket = ticket_of("operator");
  sign(ticket, "stranger");
  EXPECT_EQ(join("new", ticket), "invitation_not_valid") << "signed by somebody else";
  EXPECT_EQ(join("new", ticket_of("operator")), "ok");
  EXPECT_EQ(join("newer", ticket_of("operator")), "invitation_spent");
}

// A federation of "operator" and "b" whose members vote on whom they take.
struct VotingFederation : TestLedger {
  VotingFederation() : TestLedger({}) {
    codec::Json body = init_with("vote");
    codec::Json::Array validators = *body.find("validators")->array();
    validators.push_back(codec::Json::object({{"name", "b"},
                                              {"organization", did_named("b").text()},
                                              {"operator_did", did_named("b").text()},
                                              {"key", codec::to_json(testing::validator_key("b"))}}));
    body.set("validators", codec::Json(std::move(validators)));
    EXPECT_EQ(submit("operator", "federation.init", body), "ok");
  }
  std::string propose_admission(const std::string& of) {
    const codec::Json action = codec::Json::object(
        {{"type", "AdmitMember"}, {"data", codec::Json::object({{"did", did_named(of).text()}})}});
    return submit("operator", "governance.propose",
                  codec::Json::object({{"scope", "federation:fed-test"},
                                       {"content", codec::Cid::of(codec::kRaw, as_bytes("why")).to_string()},
                                       {"actions", codec::Json::array({action})},
                                       {"duration_secs", 60}}));
  }
  // The members decide on it, and what they decide is carried out.
  std::string decide(const std::string& of, const std::string& choice) {
    EXPECT_EQ(propose_admission(of), "ok");
    const std::string id = text("proposal_id");
    for (const char* voter : {"operator", "b"}) {
      EXPECT_EQ(submit(voter, "governance.vote",
                       codec::Json::object({{"proposal_id", id}, {"revision", 1}, {"choice", choice}})),
                "ok");
    }
    for (int minute = 0; minute < 3; ++minute) {
      advance(60);
      run({});
    }
    return std::string(codec::enum_name(governance::kProposals.get(store(), id).value()->state));
  }
  ChangeStatus status(const std::string& id) const {
    return status_of(kChanges.get(store(), id).value().value(), now());
  }
};

TEST(JoinTest, TheMembersVoteOnWhomTheyTake) {
  VotingFederation ledger;
  EXPECT_EQ(ledger.propose_admission("new"), "member_state") << "it has not asked";
  ASSERT_EQ(ledger.submit("new", "federation.join", join_body()), "ok");
  EXPECT_EQ(ledger.text("status"), "pending");
  EXPECT_EQ(ledger.text("scope"), "federation:fed-test");
  EXPECT_EQ(ledger.text("approvals_needed"), "0");
  const std::string id = ledger.change_id();
  EXPECT_EQ(ledger.submit("new", "federation.join", join_body()), "vote_open");
  EXPECT_EQ(ledger.decide("new", "no"), "rejected");
  EXPECT_EQ(ledger.submit("new", "federation.join", join_body()), "vote_open");
  EXPECT_EQ(ledger.status(id), ChangeStatus::kOpen);

  EXPECT_EQ(ledger.decide("new", "yes"), "executed");
  EXPECT_FALSE(kMembers.contains(ledger.store(), did_named("new")).value()) << "it comes in by itself";
  EXPECT_FALSE(governance::require_full_member(ledger.store(), "federation:fed-test", did_named("new")).ok());
  EXPECT_EQ(ledger.propose_admission("new"), "member_state") << "decided already";
  ASSERT_EQ(ledger.submit("new", "federation.join", join_body()), "ok");
  EXPECT_EQ(ledger.text("status"), "joined");
  EXPECT_TRUE(kMembers.contains(ledger.store(), did_named("new")).value());
  EXPECT_TRUE(governance::require_full_member(ledger.store(), "federation:fed-test", did_named("new")).ok());
  EXPECT_EQ(ledger.status(id), ChangeStatus::kApplied);
  EXPECT_EQ(ledger.submit("new", "federation.join", join_body()), "member_exists");

  // Who leaves asks anew.
  ASSERT_EQ(ledger.submit("new", "federation.leave", codec::Json(codec::Json::Object())), "ok");
  ASSERT_EQ(ledger.submit("new", "federation.join", join_body()), "ok");
  EXPECT_EQ(ledger.text("status"), "pending");
}

TEST(JoinTest, WhereMembersVoteOperatorsAdmitNobody) {
  VotingFederation ledger;
  ASSERT_EQ(ledger.submit("new", "federation.join", join_body()), "ok");
  EXPECT_EQ(ledger.submit("b", "federation.approve", approval(ledger.change_id())), "decided_by_vote");
  EXPECT_EQ(ledger.submit("b", "federation.propose", testing::admit("new")), "decided_by_vote");
  EXPECT_EQ(ledger.submit("b", "federation.propose", testing::change("remove_member", "b")), "ok")
      << "all else is theirs";
}

TEST(JoinTest, LeavingTakesTheValidatorWithIt) {
  TestLedger ledger({"a", "b"});
  EXPECT_EQ(ledger.submit("b", "federation.leave", codec::Json(codec::Json::Object())), "ok");
  ASSERT_EQ(ledger.updates().size(), 1u);
  EXPECT_EQ(ledger.updates()[0].power, 0u);
  EXPECT_EQ(ledger.text("validators"), "1");
  EXPECT_EQ(ledger.submit("a", "federation.leave", codec::Json(codec::Json::Object())), "last_validator");
}

TEST(BringTest, OnlyMembersBringAndNothingForged) {
  TestLedger ledger({"a"});
  const auto bring = [&](const std::string& who, codec::Json body) {
    return ledger.submit(who, "federation.bring", std::move(body));
  };
  const codec::Json people =
      codec::Json::object({{"network", "old"}, {"people", codec::Json::array({did_named("eve").text()})}});
  EXPECT_EQ(bring("stranger", people), "not_member_operator");
  EXPECT_EQ(bring("a", people), "ok");
  EXPECT_EQ(ledger.text("people"), "1");
  EXPECT_EQ(bring("a", people), "ok");
  EXPECT_EQ(ledger.text("people"), "0") << "a person is brought once";
  EXPECT_EQ(kMembers.get(ledger.store(), did_named("a")).value()->people_count, 1u);
  codec::Json here = people;
  here.set("network", testing::kNetwork);
  EXPECT_EQ(bring("a", here), "malformed");
  codec::Json nobody = people;
  nobody.set("people", codec::Json::array({"eve"}));
  EXPECT_EQ(bring("a", nobody), "I001");
  codec::Json forged = codec::Json::object(
      {{"network", "old"},
       {"histories",
        codec::Json::array({codec::Json::array({codec::Json::object(
            {{"transaction", codec::Json(codec::Json::Object())}, {"at", 1}, {"height", 1}})})})}});
  EXPECT_EQ(bring("a", forged), "bad_did_history");
  EXPECT_EQ(bring("stranger", forged), "not_member_operator") << "no signature in it was verified";
  forged.set("histories", codec::Json::array({codec::Json(codec::Json::Array())}));
  EXPECT_EQ(bring("a", forged), "bad_did_history");
}

TEST(SealTest, OnlyTheOperatorOfANodeAloneSeals) {
  TestLedger ledger({});
  const codec::Json seal = codec::Json::object({{"network", "valley"}});
  EXPECT_EQ(ledger.submit("stranger", "federation.seal", seal), "not_operator");
  EXPECT_EQ(
      ledger.submit("operator", "federation.seal", codec::Json::object({{"network", testing::kNetwork}})),
      "malformed");
  EXPECT_EQ(ledger.submit("operator", "federation.seal", seal), "ok");
  const auto order = ledger::kOrder.get(ledger.store(), ledger::kOrderKey).value();
  ASSERT_TRUE(order.has_value());
  EXPECT_EQ(order->order, ledger::Order::kSealed);
  EXPECT_EQ(order->network, "valley");
  TestLedger of_many({"a"});
  EXPECT_EQ(of_many.submit("operator", "federation.seal", seal), "federation_exists");
}

// One block of the node that was alone holds both.
TEST(DepartTest, NobodyTakesTheLedgerInTheBlockThatMakesItAFederations) {
  TestLedger ledger({});
  const auto make = [&](const std::string& sender, std::string_view type, const codec::Json& body) {
    return ledger.make(did_named(sender), type, codec::write_json(body));
  };
  const std::vector<std::shared_ptr<const ledger::CheckedTransaction>> both{
      make("operator", "federation.init", init_with("open")),
      make("stranger", "federation.depart", codec::Json::object({{"network", "strange"}}))};
  const ledger::ExecutedBlock block = ledger.run(both);
  EXPECT_TRUE(block.outcomes[0].ok);
  EXPECT_EQ(block.outcomes[1].code, "no_federation");
  EXPECT_EQ(ledger::kNetwork.get(ledger.store(), "network").value()->operator_did, did_named("operator"));
  EXPECT_TRUE(ledger::kOrder.get(ledger.store(), ledger::kOrderKey).value().has_value());
}

TEST(DepartTest, WhoHasLeftGoesOnAlone) {
  TestLedger ledger({"a", "b"});
  const codec::Json depart = codec::Json::object({{"network", "b-alone"}});
  EXPECT_EQ(ledger.submit("b", "federation.depart", depart), "member_exists");
  ASSERT_EQ(ledger.submit("b", "federation.leave", codec::Json(codec::Json::Object())), "ok");
  EXPECT_EQ(ledger.submit("b", "federation.depart", codec::Json::object({{"network", testing::kNetwork}})),
            "malformed");
  EXPECT_EQ(ledger.submit("b", "federation.depart", depart), "ok");
  EXPECT_FALSE(kFederation.get(ledger.store(), kFederationKey).value().has_value());
  EXPECT_TRUE(load_validators(ledger.store()).value().empty());
  const auto network = ledger::kNetwork.get(ledger.store(), "network").value();
  ASSERT_TRUE(network.has_value());
  EXPECT_EQ(network->network, "b-alone");
  EXPECT_EQ(network->operator_did, did_named("b"));
}

// People and mana of a federation of "a" and "b", each of which brought two.
struct LeftFederation : TestLedger {
  LeftFederation() : TestLedger({"a", "b"}) {
    for (const auto& [who, first, second] :
         {std::tuple("a", "adam", "agnes"), std::tuple("b", "bert", "berta")}) {
      const codec::Json people = codec::Json::object(
          {{"network", "old"},
           {"people", codec::Json::array({did_named(first).text(), did_named(second).text()})}});
      EXPECT_EQ(submit(who, "federation.bring", people), "ok");
    }
    EXPECT_GT(balance("bert"), Millimana{});
    EXPECT_GT(balance("adam"), Millimana{});
    const auto admitted = step([](const ledger::BlockContext& block, ledger::View& view) {
      std::vector<ledger::Event> events;
      for (const auto& [scope, who] :
           {std::pair(std::string("local"), "adam"), std::pair("local:" + did_named("b").text(), "bella")}) {
        const Did did = did_named(who);
        if (auto done = governance::admit(block, view, {scope, did, did, {"steward"}, "", false}, events);
            !done.ok())
          return done;
      }
      return Result<void>();
    });
    EXPECT_TRUE(admitted.ok());
    EXPECT_EQ(submit("bert", "cooperative.trust", trust("adam")), "ok");
    EXPECT_EQ(submit("adam", "cooperative.trust", trust("bert")), "ok");
  }
  static codec::Json trust(const std::string& whom) {
    return codec::Json::object(
        {{"to", did_named(whom).text()}, {"level", "partial"}, {"context", "general"}});
  }
  Millimana balance(const std::string& name) const {
    const auto found = economics::kAccounts.get(store(), did_named(name)).value();
    return found ? found->balance : Millimana{};
  }
  bool may_vote(const std::string& scope, const std::string& name) const {
    return governance::require_full_member(store(), scope, did_named(name)).ok();
  }
};

TEST(DepartTest, OnlyPeopleOfItsOwnGoWithANode) {
  LeftFederation ledger;
  const Millimana of_bert = ledger.balance("bert");
  ASSERT_EQ(ledger.submit("b", "federation.leave", codec::Json(codec::Json::Object())), "ok");
  const economics::SupplyReport before = economics::count_supply(ledger.store()).value();
  ASSERT_EQ(ledger.submit("b", "federation.depart", codec::Json::object({{"network", "b-alone"}})), "ok");
  EXPECT_EQ(ledger.text("organization"), did_named("b").text());
  EXPECT_EQ(ledger.balance("bert"), of_bert);
  EXPECT_GT(ledger.balance("bella"), Millimana{}) << "of its scope";
  for (const char* other : {"adam", "agnes", "a", "operator"}) {
    EXPECT_FALSE(economics::kAccounts.contains(ledger.store(), did_named(other)).value()) << other;
    auto entries =
        economics::kEntries.scan(ledger.store(), ledger::prefix_range(ledger::key_of(did_named(other))))
            .value();
    EXPECT_FALSE(entries.next().value()) << other;
  }
  // Mana neither appears nor disappears: what is here and what stayed there is what there was.
  const economics::SupplyReport after = economics::count_supply(ledger.store()).value();
  EXPECT_TRUE(after.is_consistent) << after.detail;
  EXPECT_LT(after.balances, before.balances);
  EXPECT_EQ(after.supply.granted, after.balances);
  EXPECT_EQ(after.supply.burned, Millimana{});
  EXPECT_EQ(after.supply.started, before.supply.started) << "no second bootstrap time";
  const auto told = codec::from_json<DepartFromFederation::Output>(ledger.output).value();
  EXPECT_EQ(told.mana, after.balances);
  EXPECT_EQ(told.accounts, after.accounts - 1) << "and the new pool of scope local";
  EXPECT_EQ(told.mana + told.mana_left, before.balances);
}

TEST(DepartTest, ItsPeopleDecideAboutTheNetworkOfTheirOwn) {
  LeftFederation ledger;
  const std::string home = "local:" + did_named("b").text();
  ASSERT_EQ(ledger.submit("b", "federation.leave", codec::Json(codec::Json::Object())), "ok");
  ASSERT_EQ(ledger.submit("b", "federation.depart", codec::Json::object({{"network", "b-alone"}})), "ok");
  EXPECT_FALSE(ledger.may_vote("local", "adam")) << "of the founder";
  EXPECT_TRUE(ledger.may_vote("local", "bella"));
  EXPECT_TRUE(ledger.may_vote(home, "bella"));
  EXPECT_EQ(governance::network_scope(ledger.store()).value(), "local");
  EXPECT_TRUE(
      kTrustEdges.contains(ledger.store(), {did_named("bert"), TrustContext::kGeneral, did_named("adam")})
          .value());
  EXPECT_FALSE(
      kTrustEdges.contains(ledger.store(), {did_named("adam"), TrustContext::kGeneral, did_named("bert")})
          .value());
  EXPECT_FALSE(kPeople.contains(ledger.store(), {did_named("a"), did_named("adam")}).value());
}

TEST(DepartTest, TheFounderKeepsScopeLocal) {
  LeftFederation ledger;
  ASSERT_EQ(ledger.submit("a", "federation.leave", codec::Json(codec::Json::Object())), "ok");
  ASSERT_EQ(ledger.submit("a", "federation.depart", codec::Json::object({{"network", "a-alone"}})), "ok");
  EXPECT_TRUE(ledger.may_vote("local", "adam"));
  EXPECT_FALSE(ledger.may_vote("local", "bella"));
  EXPECT_GT(ledger.balance("agnes"), Millimana{});
  EXPECT_EQ(ledger.balance("bert"), Millimana{});
  EXPECT_TRUE(economics::count_supply(ledger.store()).value().is_consistent);
}

// What is open with others ends, and everybody has back what was held for it.
struct ProposalsLeft : LeftFederation {
  // "bella" has a vote among the founder's members too.
  ProposalsLeft() {
    const auto admitted = step([](const ledger::BlockContext& block, ledger::View& view) {
      std::vector<ledger::Event> events;
      const Did bella = did_named("bella");
      return governance::admit(block, view, {"local", bella, bella, {}, "", false}, events);
    });
    EXPECT_TRUE(admitted.ok());
  }
  std::string propose(const std::string& who, const std::string& scope) {
    const codec::Json action =
        codec::Json::object({{"type", "GenericText"}, {"data", codec::Json(codec::Json::Object())}});
    EXPECT_EQ(submit(who, "governance.propose",
                     codec::Json::object({{"scope", scope},
                                          {"content", codec::Cid::of(codec::kRaw, as_bytes("x")).to_string()},
                                          {"actions", codec::Json::array({action})},
                                          {"duration_secs", 1'000}})),
              "ok");
    return text("proposal_id");
  }
  void vote(const std::string& who, const std::string& id) {
    EXPECT_EQ(submit(who, "governance.vote",
                     codec::Json::object({{"proposal_id", id}, {"revision", 1}, {"choice", "yes"}})),
              "ok");
  }
  void leave() {
    ASSERT_EQ(submit("b", "federation.leave", codec::Json(codec::Json::Object())), "ok");
    ASSERT_EQ(submit("b", "federation.depart", codec::Json::object({{"network", "b-alone"}})), "ok");
    EXPECT_TRUE(economics::count_supply(store()).value().is_consistent);
  }
  std::optional<governance::ProposalState> state(const std::string& id) const {
    const auto found = governance::kProposals.get(store(), id).value();
    return found ? std::optional(found->state) : std::nullopt;
  }
  // Ballots, boxes, terms of the vote.
  bool has_rows(const std::string& id) const {
    const auto prefix = ledger::prefix_range(ledger::key_of(id));
    return governance::kBallots.scan(store(), prefix).value().next().value() ||
           governance::kBallotLog.scan(store(), prefix).value().next().value() ||
           governance::kBoxes.get(store(), id).value() || governance::kVotes.get(store(), id).value();
  }
};

TEST(DepartTest, ProposalsOfOthersEnd) {
  ProposalsLeft ledger;
  const std::string by_bella = ledger.propose("bella", "local");
  const std::string own = ledger.propose("bella", "local:" + did_named("b").text());
  ledger.leave();
  EXPECT_EQ(ledger.state(by_bella), governance::ProposalState::kCancelled);
  EXPECT_EQ(ledger.state(own), governance::ProposalState::kVoting);
}

// What others decided alone stays with them; a decision with a ballot of a member who goes stays to be
// counted again, with all its ballots.
TEST(DepartTest, ProposalsOfOthersAloneStayBehind) {
  ProposalsLeft ledger;
  const std::string alone = ledger.propose("adam", "local");
  const std::string together = ledger.propose("adam", "local");
  ledger.vote("adam", alone);
  ledger.vote("adam", together);
  ledger.vote("bella", together);
  EXPECT_TRUE(ledger.has_rows(alone));
  ledger.leave();
  EXPECT_EQ(codec::from_json<DepartFromFederation::Output>(ledger.output).value().proposals_left, 1u);
  EXPECT_EQ(ledger.state(alone), std::nullopt);
  EXPECT_FALSE(ledger.has_rows(alone));
  EXPECT_EQ(ledger.state(together), governance::ProposalState::kCancelled);
  for (const char* voter : {"adam", "bella"})
    EXPECT_TRUE(governance::kBallots.contains(ledger.store(), {together, did_named(voter)}).value()) << voter;
}

}  // namespace
}  // namespace icn::federation
