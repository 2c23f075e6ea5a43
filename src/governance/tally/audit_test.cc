#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/key_text.h"
#include "crypto/merkle.h"
#include "governance/tally/errors.h"
#include "governance/tally/method.h"
#include "governance/tally/recount.h"

// A whole vote in a bundle, then one thing changed at a time: each is found and named.
namespace icn::governance::tally {
namespace {

using codec::Json;

crypto::SecretKey key_of(std::uint8_t number) {
  Bytes seed(32, number);
  return crypto::SecretKey::from_seed(seed);
}

Did did_of(std::uint8_t number) { return crypto::did_key(key_of(number).public_key()); }

Json signed_by(std::uint8_t number, std::string type, Json body) {
  Json out = Json::object({{"network", "test"},
                           {"sender", did_of(number).text()},
                           {"key", crypto::did_key_method(key_of(number).public_key()).text()},
                           {"nonce", "00112233445566778899aabbccddee0" + std::to_string(number % 10)},
                           {"type", std::move(type)},
                           {"body", std::move(body)},
                           {"expires", 2'000'000'000}});
  const auto signature = key_of(number).sign(as_bytes(transaction_signing_bytes(out)));
  out.set("signature", hex_encode(signature.view()));
  return out;
}

SignedEntry entry(std::uint64_t sequence, std::uint8_t number, Json body,
                  std::string type = "governance.vote") {
  SignedEntry out;
  out.sequence = sequence;
  out.accepted_at = 1'700'000'000 + sequence;
  out.transaction = signed_by(number, std::move(type), std::move(body));
  out.public_key = crypto::multikey_text(key_of(number).public_key());
  return out;
}

Json vote(const char* choice) {
  return Json::object({{"proposal_id", "pr_1"}, {"revision", 1}, {"choice", choice}});
}

std::vector<crypto::Hash> leaves_of(const std::vector<SignedEntry>& entries) {
  std::vector<crypto::Hash> out;
  for (const auto& each : entries) {
    out.push_back(ballot_leaf(transaction_hash(each.transaction), *crypto::read_multikey(each.public_key),
                              each.accepted_at));
  }
  return out;
}

// What the node would have stated of these entries; the recount of the engine itself gives the outcome.
void state_and_sign(AuditBundle& bundle) {
  auto& statement = bundle.statement;
  std::vector<crypto::Hash> eligible, delegations;
  for (const auto& each : bundle.eligible) eligible.push_back(eligible_leaf(each.did, each.weight));
  for (const auto& each : bundle.delegations) delegations.push_back(delegation_leaf(each.delegation));
  statement.eligible = root_of(eligible);
  statement.delegations = root_of(delegations);
  const auto leaves = leaves_of(bundle.ballots);
  statement.ballots = root_of(leaves);
  bundle.leaves.clear();
  for (const auto& leaf : leaves) bundle.leaves.push_back({to_bytes(leaf)});
  statement.reveals = root_of(leaves_of(bundle.reveals));
  if (!bundle.judgements.empty()) statement.judgements = root_of(leaves_of(bundle.judgements));
  const auto report = recount(bundle);
  statement.outcome = report.outcome;
  statement.quorum_needed = report.quorum_needed;
  statement.quorum_met = report.quorum_met;
  statement.passed = report.passed;
  bundle.node_did = did_of(99);
  sign_bundle(bundle, key_of(99));
}

// Members 1 to 6. 1 and 2 say yes, 3 first no and then yes, 4 no; 5 follows 1; 6 does nothing.
AuditBundle make_bundle() {
  AuditBundle out;
  out.statement.network = "test";
  out.statement.scope = "local";
  out.statement.category = "operational";
  out.statement.election.proposal_id = "pr_1";
  out.statement.election.method = "simple_majority";
  out.statement.quorum = {QuorumKind::kPercent, 250'000, 250'000, false, false, false};
  out.statement.delegations_at = 100;
  for (std::uint8_t number = 1; number <= 6; ++number) {
    EligibleMember member;
    member.did = did_of(number);
    out.eligible.push_back(member);
  }
  std::sort(out.eligible.begin(), out.eligible.end(),
            [](const auto& left, const auto& right) { return left.did.text() < right.did.text(); });
  out.ballots = {entry(1, 1, vote("yes")), entry(2, 3, vote("no")), entry(3, 2, vote("yes")),
                 entry(4, 4, vote("no")), entry(5, 3, vote("yes"))};
  DelegationEntry delegation;
  delegation.delegation.id = "de_1";
  delegation.delegation.from = did_of(5);
  delegation.delegation.to = did_of(1);
  delegation.delegation.scope = "local";
  delegation.delegation.created_at = 7;
  delegation.transaction =
      signed_by(5, "governance.delegate", Json::object({{"to", did_of(1).text()}, {"scope", "local"}}));
  delegation.public_key = crypto::multikey_text(key_of(5).public_key());
  out.delegations.push_back(delegation);
  state_and_sign(out);
  return out;
}

std::vector<std::string> named(const RecountReport& report) {
  std::vector<std::string> out;
  for (const auto& each : report.findings) {
    out.push_back(each.what + (each.sequence ? " " + std::to_string(*each.sequence) : ""));
  }
  return out;
}

bool has(const RecountReport& report, const std::string& what) {
  const auto all = named(report);
  return !report.holds && std::count(all.begin(), all.end(), what) == 1;
}

TEST(Audit, AWholeBundleHoldsAndSurvivesItsText) {
  const AuditBundle bundle = make_bundle();
  const auto read = read_bundle(bundle_text(bundle));
  ASSERT_TRUE(read.ok()) << read.error().detail();
  const RecountReport report = recount(*read);
  EXPECT_TRUE(report.holds) << testing::PrintToString(named(report));
  EXPECT_EQ(report.ballots, 5u);
  EXPECT_EQ(report.signatures_checked, 7u);  // five ballots, a delegation, the statement
  // By hand: yes of 1, 2, 3 and of 5 through 1; no of 4.
  EXPECT_EQ(report.counted, 5u);
  EXPECT_EQ(report.outcome.rounds[0].counts.at("yes"), whole_votes(4));
  EXPECT_EQ(report.outcome.rounds[0].counts.at("no"), whole_votes(1));
  EXPECT_EQ(report.quorum_needed, 2u);
  EXPECT_TRUE(report.passed);
}

// What a voter confirms of a job may hold one ballot.
TEST(Audit, ABallotThatAJobAskedForCountsAsItsVotersOwn) {
  AuditBundle bundle = make_bundle();
  const auto effect = [](const char* kind, Json body) {
    return Json::object({{"kind", kind}, {"id", ""}, {"body", std::move(body)}});
  };
  const auto confirmation = [&](Json::Array effects) {
    return Json::object(
        {{"job_id", "bafyjob"}, {"effects_cid", "bafylist"}, {"effects", std::move(effects)}});
  };
  bundle.ballots.push_back(
      entry(6, 6, confirmation({effect("spend", Json::object({{"amount", 1}})), effect("vote", vote("no"))}),
            "mesh.confirm"));
  state_and_sign(bundle);
  const RecountReport report = recount(bundle);
  EXPECT_TRUE(report.holds) << testing::PrintToString(named(report));
  EXPECT_EQ(report.counted, 6u);
  EXPECT_EQ(report.outcome.rounds[0].counts.at("no"), whole_votes(2));

  bundle.ballots.back() =
      entry(6, 6, confirmation({effect("spend", Json::object({{"amount", 1}}))}), "mesh.confirm");
  state_and_sign(bundle);
  EXPECT_TRUE(has(recount(bundle), "ballot_invalid 6"));
}

TEST(Audit, AChangedChoiceIsNamed) {
  AuditBundle bundle = make_bundle();
  bundle.ballots[3].transaction.set("body", vote("yes"));
  const auto report = recount(bundle);
  EXPECT_TRUE(has(report, "ballot_changed 4")) << testing::PrintToString(named(report));
  EXPECT_TRUE(has(report, "ballot_signature 4"));
  EXPECT_EQ(report.findings[0].voter, did_of(4).text());
}

TEST(Audit, AChangedBallotWithAFittingLeafIsNamedByItsSignature) {
  AuditBundle bundle = make_bundle();
  bundle.ballots[3].transaction.set("body", vote("yes"));
  bundle.leaves[3].bytes = to_bytes(leaves_of(bundle.ballots)[3]);
  const auto report = recount(bundle);
  EXPECT_TRUE(has(report, "ballot_signature 4")) << testing::PrintToString(named(report));
  EXPECT_TRUE(has(report, "leaves_changed"));
}

TEST(Audit, AForgedBallotUnderAnotherKeyIsNamed) {
  AuditBundle bundle = make_bundle();
  bundle.ballots[0] = entry(1, 1, vote("no"));
  const auto forged = key_of(50);
  Json transaction = bundle.ballots[0].transaction;
  transaction.set("signature",
                  hex_encode(forged.sign(as_bytes(transaction_signing_bytes(transaction))).view()));
  bundle.ballots[0].transaction = transaction;
  bundle.ballots[0].public_key = crypto::multikey_text(forged.public_key());
  const auto report = recount(bundle);
  EXPECT_TRUE(has(report, "ballot_signature 1")) << testing::PrintToString(named(report));
  EXPECT_TRUE(has(report, "ballot_changed 1"));
}

TEST(Audit, AMissingBallotIsNamed) {
  AuditBundle bundle = make_bundle();
  bundle.ballots.erase(bundle.ballots.begin() + 2);
  EXPECT_TRUE(has(recount(bundle), "ballot_missing 3"));
}

TEST(Audit, AMissingBallotIsNamedThoughTheOthersAreNumberedAnew) {
  AuditBundle bundle = make_bundle();
  bundle.ballots.erase(bundle.ballots.begin() + 2);
  bundle.ballots[2].sequence = 3;
  bundle.ballots[3].sequence = 4;
  EXPECT_TRUE(has(recount(bundle), "ballot_missing 3"));
}

TEST(Audit, AMissingBallotIsNamedThoughItsLeafIsGoneToo) {
  AuditBundle bundle = make_bundle();
  bundle.ballots.erase(bundle.ballots.begin() + 4);
  bundle.leaves.pop_back();
  const auto report = recount(bundle);
  EXPECT_TRUE(has(report, "ballot_missing 5")) << testing::PrintToString(named(report));
  EXPECT_TRUE(has(report, "leaves_changed"));
}

TEST(Audit, AnAddedBallotIsNamed) {
  AuditBundle bundle = make_bundle();
  bundle.ballots.push_back(entry(6, 6, vote("no")));
  EXPECT_TRUE(has(recount(bundle), "ballot_added 6"));
  bundle = make_bundle();
  bundle.ballots.push_back(bundle.ballots[0]);
  EXPECT_TRUE(has(recount(bundle), "ballot_added 1"));
}

TEST(Audit, ABallotOfAStrangerIsNamedEvenWhenTheNodeVouchesForIt) {
  AuditBundle bundle = make_bundle();
  bundle.ballots.push_back(entry(6, 42, vote("no")));
  state_and_sign(bundle);
  EXPECT_EQ(named(recount(bundle)), std::vector<std::string>{"ballot_voter 6"});
}

TEST(Audit, ABallotOfAnotherProposalOrRevisionIsNamed) {
  AuditBundle bundle = make_bundle();
  bundle.ballots.push_back(
      entry(6, 6, Json::object({{"proposal_id", "pr_2"}, {"revision", 1}, {"choice", "no"}})));
  bundle.ballots.push_back(
      entry(7, 6, Json::object({{"proposal_id", "pr_1"}, {"revision", 2}, {"choice", "no"}})));
  state_and_sign(bundle);
  const auto report = recount(bundle);
  EXPECT_TRUE(has(report, "ballot_invalid 6") && has(report, "ballot_invalid 7"))
      << testing::PrintToString(named(report));
}

TEST(Audit, ALateTimeIsNamed) {
  AuditBundle bundle = make_bundle();
  bundle.ballots[1].accepted_at += 1;
  EXPECT_TRUE(has(recount(bundle), "ballot_changed 2"));
}

TEST(Audit, AnotherEligibleSetIsFound) {
  AuditBundle bundle = make_bundle();
  bundle.eligible.pop_back();
  EXPECT_TRUE(has(recount(bundle), "eligible_changed"));
  bundle = make_bundle();
  std::swap(bundle.eligible[0], bundle.eligible[1]);
  EXPECT_FALSE(recount(bundle).holds);
}

TEST(Audit, AChangedDelegationIsNamed) {
  AuditBundle bundle = make_bundle();
  bundle.delegations[0].delegation.to = did_of(4);
  const auto report = recount(bundle);
  EXPECT_TRUE(has(report, "delegation_changed")) << testing::PrintToString(named(report));
  EXPECT_TRUE(has(report, "delegations_changed"));
  bundle = make_bundle();
  bundle.delegations.clear();
  EXPECT_TRUE(has(recount(bundle), "delegations_changed"));
}

TEST(Audit, AChangedResultIsFound) {
  AuditBundle bundle = make_bundle();
  bundle.statement.passed = false;
  auto report = recount(bundle);
  EXPECT_TRUE(has(report, "statement_signature") && has(report, "outcome_differs"));
  sign_bundle(bundle, key_of(99));  // the node itself lies
  EXPECT_EQ(named(recount(bundle)), std::vector<std::string>{"outcome_differs"});
}

TEST(Audit, SealedBallotsCountOnceRevealed) {
  AuditBundle bundle = make_bundle();
  bundle.statement.privacy = "private_until_end";
  const Bytes salt(32, 7);
  BallotContent yes;
  yes.choice = "yes";
  const auto sealed = [&](std::uint8_t number) {
    const auto hash = ballot_commitment("pr_1", 1, did_of(number), yes, salt);
    return Json::object({{"proposal_id", "pr_1"}, {"revision", 1}, {"commitment", hex_encode(hash)}});
  };
  const Json reveal =
      Json::object({{"proposal_id", "pr_1"}, {"revision", 1}, {"choice", "yes"}, {"salt", hex_encode(salt)}});
  bundle.ballots = {entry(1, 1, sealed(1), "governance.commit"), entry(2, 2, sealed(2), "governance.commit")};
  bundle.reveals = {entry(1, 1, reveal, "governance.reveal")};
  state_and_sign(bundle);
  auto report = recount(bundle);
  EXPECT_TRUE(report.holds) << testing::PrintToString(named(report));
  EXPECT_EQ(report.outcome.rounds[0].counts.at("yes"),
            whole_votes(2));  // 1, and 5 through 1; 2 was not revealed

  Json other = reveal;
  other.set("choice", "no");
  bundle.reveals = {entry(1, 1, other, "governance.reveal")};
  report = recount(bundle);
  EXPECT_TRUE(has(report, "reveal_invalid 1")) << testing::PrintToString(named(report));
  EXPECT_TRUE(has(report, "reveals_changed"));
}

// Members 1 to 6 decide by consent; 4 objects, says it again, and 1, 2, 3 and 5 find it not paramount.
AuditBundle make_consent() {
  AuditBundle out = make_bundle();
  out.delegations.clear();
  out.statement.election.method = "consent";
  const auto position = [](const char* name) {
    Json body = Json::object({{"proposal_id", "pr_1"}, {"revision", 1}, {"position", name}});
    if (name == std::string("objection")) body.set("reason", "It takes the only oven we have.");
    return body;
  };
  Json again = position("objection");
  again.set("reason", "It takes the only oven that we have.");
  out.ballots = {entry(1, 1, position("support")), entry(2, 4, position("objection")), entry(3, 4, again)};
  const std::string id = vote_id_of(transaction_hash(out.ballots[1].transaction));
  std::uint64_t number = 0;
  for (const std::uint8_t member : {1, 2, 3, 5}) {
    out.judgements.push_back(
        entry(++number, member,
              Json::object(
                  {{"proposal_id", "pr_1"}, {"revision", 1}, {"objection_id", id}, {"is_paramount", false}}),
              "governance.judge_objection"));
  }
  out.statement.objections_set_aside = {3};
  state_and_sign(out);
  return out;
}

TEST(Audit, WhatMembersFoundOfAnObjectionIsCountedAgain) {
  const RecountReport whole = recount(make_consent());
  EXPECT_TRUE(whole.holds) << testing::PrintToString(named(whole));
  EXPECT_TRUE(whole.passed);
  AuditBundle bundle = make_consent();
  bundle.judgements.pop_back();
  EXPECT_TRUE(has(recount(bundle), "judgements_changed"));
  EXPECT_TRUE(has(recount(bundle), "judgements_differ"));  // three of six are no two thirds
  // Even when the node vouches for it.
  state_and_sign(bundle);
  EXPECT_EQ(named(recount(bundle)), std::vector<std::string>{"judgements_differ"});
  bundle = make_consent();
  bundle.statement.objections_set_aside.clear();
  state_and_sign(bundle);
  EXPECT_TRUE(has(recount(bundle), "judgements_differ"));
  // Nobody judges an objection of their own.
  bundle = make_consent();
  bundle.judgements.pop_back();
  Json body = *bundle.judgements.back().transaction.find("body");
  bundle.judgements.push_back(entry(4, 4, body, "governance.judge_objection"));
  state_and_sign(bundle);
  EXPECT_TRUE(has(recount(bundle), "judgements_differ"));
  // Nor one that is said no more.
  bundle = make_consent();
  bundle.ballots.push_back(
      entry(4, 4, Json::object({{"proposal_id", "pr_1"}, {"revision", 1}, {"position", "concern"}})));
  state_and_sign(bundle);
  EXPECT_TRUE(has(recount(bundle), "judgements_differ"));
}

TEST(Audit, AForgedJudgementIsNamed) {
  AuditBundle bundle = make_consent();
  bundle.judgements[0].transaction.set("sender", did_of(6).text());
  EXPECT_TRUE(has(recount(bundle), "judgement_signature 1"));
  bundle = make_consent();
  Json body = *bundle.judgements[0].transaction.find("body");
  bundle.judgements.push_back(entry(5, 9, body, "governance.judge_objection"));
  state_and_sign(bundle);
  EXPECT_TRUE(has(recount(bundle), "judgement_voter 5"));
  body.set("revision", 2);
  bundle = make_consent();
  bundle.judgements.push_back(entry(5, 6, body, "governance.judge_objection"));
  state_and_sign(bundle);
  EXPECT_TRUE(has(recount(bundle), "judgement_invalid 5"));
}

TEST(Audit, AForgeryOfTheWholeIsFoundByWhoNamesTheNode) {
  const auto node_key = key_of(99).public_key();
  const AuditBundle honest = make_bundle();
  RecountReport report = recount(honest, node_key);
  EXPECT_TRUE(report.holds);

  // Every yes of members whose DIDs are no did:key becomes a no under a key of the forger's, who also is the
  // node: in itself nothing is wrong.
  AuditBundle forged = honest;
  for (auto& member : forged.eligible) member.did = Did("did:icn:person:" + member.did.text().substr(12));
  for (auto& ballot : forged.ballots) {
    const std::string sender = *ballot.transaction.find("sender")->string();
    ballot = entry(ballot.sequence, 50, vote("no"));
    ballot.transaction.set("sender", "did:icn:person:" + sender.substr(12));
    ballot.transaction.erase("signature");
    const auto signature = key_of(50).sign(as_bytes(transaction_signing_bytes(ballot.transaction)));
    ballot.transaction.set("signature", hex_encode(signature.view()));
  }
  forged.delegations.clear();
  state_and_sign(forged);
  forged.node_did = did_of(98);
  sign_bundle(forged, key_of(98));
  report = recount(forged);
  EXPECT_TRUE(report.holds);
  EXPECT_FALSE(report.passed);

  report = recount(forged, node_key);
  EXPECT_FALSE(report.holds);
  EXPECT_TRUE(has(report, "statement_signature"));
  forged.node_did = did_of(99);
  report = recount(forged, node_key);
  EXPECT_FALSE(report.holds);
}

TEST(Audit, WhatIsNoBundleIsRefused) {
  for (const char* text : {"", "{}", "[]", "{\"format\":\"icn-audit-2\"}"}) {
    const auto read = read_bundle(text);
    ASSERT_FALSE(read.ok());
    EXPECT_TRUE(read.error().is(kBadBundle)) << read.error().detail();
  }
}

InclusionPath inclusion_of(std::span<const crypto::Hash> leaves, std::uint64_t sequence) {
  InclusionPath out;
  out.count = leaves.size();
  for (const auto& hash : crypto::merkle_path(leaves, sequence - 1)) out.path.push_back({to_bytes(hash)});
  out.root.bytes = to_bytes(crypto::merkle_root(leaves));
  return out;
}

TEST(Receipt, HoldsAndFailsWhenAnythingIsChanged) {
  const AuditBundle bundle = make_bundle();
  const auto leaves = leaves_of(bundle.ballots);
  BallotReceipt receipt;
  receipt.vote_id = vote_id_of(transaction_hash(bundle.ballots[2].transaction));
  receipt.proposal_id = "pr_1";
  receipt.leaf_hash.bytes = to_bytes(leaves[2]);
  receipt.sequence = 3;
  receipt.accepted_at = bundle.ballots[2].accepted_at;
  receipt.node_did = did_of(99);
  sign_receipt(receipt, key_of(99));
  EXPECT_TRUE(verify_receipt(receipt).holds());
  receipt.inclusion = inclusion_of(leaves, 3);
  EXPECT_EQ(receipt.inclusion->root, bundle.statement.ballots.root);
  EXPECT_TRUE(verify_receipt(receipt).holds());

  const ReceiptVerdict pinned = verify_receipt(receipt, key_of(99).public_key());
  EXPECT_TRUE(pinned.holds());
  BallotReceipt made_up = receipt;
  made_up.node_did = did_of(98);
  sign_receipt(made_up, key_of(98));
  EXPECT_TRUE(verify_receipt(made_up).holds());
  EXPECT_FALSE(verify_receipt(made_up, key_of(99).public_key()).holds());

  BallotReceipt changed = receipt;
  changed.accepted_at += 1;
  EXPECT_FALSE(verify_receipt(changed).is_signature_valid);
  changed = receipt;
  changed.sequence = 2;
  EXPECT_FALSE(verify_receipt(changed).is_included);
  changed = receipt;
  changed.inclusion->path[0].bytes[0] ^= 1;
  EXPECT_TRUE(verify_receipt(changed).is_signature_valid);
  EXPECT_FALSE(verify_receipt(changed).holds());
  changed = receipt;
  changed.node_did = Did("did:icn:coop:x");
  EXPECT_FALSE(verify_receipt(changed).holds());
  EXPECT_FALSE(verify_receipt(changed).is_signature_checked);
}

}  // namespace
}  // namespace icn::governance::tally
