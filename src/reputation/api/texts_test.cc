#include <gtest/gtest.h>

#include "dag/awaited.h"
#include "dag/exchange_testing.h"
#include "dag/node_testing.h"
#include "dag/salted_text.h"
#include "identity/operations.h"
#include "reputation/api/acts.h"
#include "reputation/api/attestations.h"
#include "reputation/api/post_contest.h"
#include "reputation/reputation_testing.h"

namespace icn::reputation::api {
namespace {

using codec::Json;
using dag::testing::held_texts;
using dag::testing::TestDag;
using reputation::testing::all_tables;

ledger::Rules rules() {
  ledger::Rules rules = dag::testing::dag_rules();
  std::vector<ledger::TransactionType> types = rules.types.rows();
  types.push_back(ledger::make_transaction_type<Endorse>(140, "reputation.endorse", false, ""));
  types.push_back(ledger::make_transaction_type<ContestEvent>(141, "reputation.appeal", false, ""));
  types.push_back(ledger::make_transaction_type<Attest>(142, "reputation.attest", false, ""));
  types.push_back(
      ledger::make_transaction_type<ChallengeAttestation>(143, "reputation.challenge", false, ""));
  rules.types = ledger::TransactionTypes(std::move(types));
  for (const ledger::DueHandler& handler : due_handlers()) rules.due.push_back(handler);
  return rules;
}

// What people say with an act, of a ledger that takes the act or refuses it. Person 1 acts.
class ReputationTexts : public ::testing::Test {
 protected:
  ReputationTexts() {
    test_.custody.kept_count = 2;
    test_.grant(1);
    test_.grant(2);
  }

  // The status that it is answered with.
  template <typename Endpoint>
  int act(std::uint64_t whose, const Json& body) {
    return dag::testing::answered_status(
        test_.executor,
        [&](http::Request& request) {
          request.path_parameters.emplace_back("did", TestDag::person(whose).text());
          request.headers.add("content-type", "application/json");
          request.body = to_bytes(as_bytes(codec::write_json(body)));
          request.caller = TestDag::as(1);
        },
        [&](const auto& exchange) { Endpoint::handle(api_, exchange); });
  }
  std::string text_of(const codec::Cid& cid) {
    return dag::read_salted_text(as_bytes(test_.dag->blocks().get(cid).value()->bytes)).value();
  }
  std::vector<std::string> held() { return held_texts(test_.dag->blocks()); }
  std::size_t waiting() { return dag::list_awaited(test_.dag->blocks().writer().rows())->size(); }

  TestDag test_{nullptr, rules(), all_tables()};
  ReputationMetrics metrics_{*test_.ledger, test_.metrics};
  const Api api_{
      *test_.ledger, *test_.writer, test_.cursors, test_.clock, test_.random, test_.dag->blocks(), {},
      metrics_};
};

TEST_F(ReputationTexts, OfActsThatWereTakenAreReadable) {
  EXPECT_EQ(act<PostEndorsement>(2, Json::object({{"context", "baking"}, {"reason", "her bread"}})), 201);
  EXPECT_EQ(act<PostAttestation>(2, Json::object({{"claim", "skill:baking"}, {"evidence", "the oven"}})),
            201);
  const auto store = test_.ledger->store().value();
  const Did about = TestDag::person(2);
  const auto endorsement = kEndorsements.get(*store, {about, TestDag::person(1), "baking"}).value();
  EXPECT_EQ(text_of(endorsement->reason.value()), "her bread");
  const auto attestation = kAttestations.get(*store, {about, "skill:baking"}).value();
  EXPECT_EQ(text_of(attestation->attesters.at(0).evidence.value()), "the oven");
  EXPECT_EQ(test_.dag->blocks().meta(*endorsement->reason).value()->visibility, dag::Visibility::kPublic);
  EXPECT_EQ(held().size(), 2u);
  EXPECT_EQ(waiting(), 0u);
}

TEST_F(ReputationTexts, OfActsThatWereRefusedLeaveNothing) {
  EXPECT_EQ(act<PostEndorsement>(2, Json::object({{"context", "baking"}, {"reason", "her bread"}})), 201);
  EXPECT_EQ(act<PostEndorsement>(2, Json::object({{"context", "baking"}, {"reason", "again"}})), 409);
  EXPECT_EQ(act<PostAppeal>(1, Json::object({{"event_id", 7}, {"reason", "of nothing"}})), 404);
  EXPECT_EQ(act<PostAttestation>(1, Json::object({{"claim", "skill:baking"}, {"evidence", "of me"}})), 422);
  EXPECT_EQ(act<PostChallenge>(2, Json::object({{"claim", "skill:milling"}, {"reason", "of nothing"}})), 404);
  EXPECT_EQ(act<PostContest>(1, Json::object({{"proposal_id", "pr_1"}, {"reason", "of nothing"}})), 404);
  EXPECT_EQ(held(), std::vector<std::string>{"her bread"});
  EXPECT_EQ(waiting(), 0u);
}

}  // namespace
}  // namespace icn::reputation::api
