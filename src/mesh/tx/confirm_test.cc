#include "mesh/tx/confirm.h"

#include <gtest/gtest.h>

#include "mesh/mesh_testing.h"

namespace icn::mesh {
namespace {

using testing::kNode;
using testing::person;

// More rows than one block runs are due before that of the effects: their time is over all the same.
TEST(ConfirmTest, WhatHasLapsedIsNotAppliedWhileItsRowWaits) {
  testing::TestLedger ledger;
  for (const std::uint64_t who : {1, 2, 3, 9}) ASSERT_TRUE(ledger.grant(who).ok);
  JobSpec spec = testing::echo_spec();
  spec.grants = {std::string(kGrantPay)};
  spec.allowance = Allowance{{person(2)}, Millimana::from_mana(5)};
  const Submission submission = submission_of(spec, spec_block(spec).cid, person(kNode));
  ASSERT_TRUE(ledger.run(1, "mesh.submit", codec::to_json(submission)).ok);
  ConfirmEffects::Body body;
  body.job_id = ledger.submit_id(submission);
  body.effects = {{std::string(kGrantPay), "", codec::to_json(Payment{person(2), Millimana::from_mana(5)})}};
  body.effects_cid = effects_cid_of(body.effects);
  ReceiptClaim claim;
  claim.job_id = body.job_id;
  claim.receipt_cid = codec::Cid::of(codec::kRaw, as_bytes("receipt"));
  claim.result_cid = codec::Cid::of(codec::kRaw, as_bytes("result"));
  claim.effects_cid = body.effects_cid;
  ASSERT_TRUE(ledger.run(kNode, "mesh.settle", codec::to_json(SettleJobs::Body{{claim}})).ok);
  const std::uint64_t due = ledger.job(body.job_id).effects.value().due_secs;
  ASSERT_EQ(due, ledger.now() + kConfirmSecs);

  // In steps that are no standstill.
  while (ledger.now() + 100 < due) {
    ledger.advance(100);
    ledger.idle();
  }
  ledger.change([&](ledger::View& view) -> Result<void> {
    for (std::size_t i = 0; i < ledger::kDueRowsPerBlockMax; ++i) {
      const ledger::DueRow row{due - 1, std::string(kJobDue), std::to_string(i)};
      ICN_TRY(ledger::kDue.put(view, {row.due_secs, row.kind, row.id}, row));
    }
    return {};
  });
  ledger.advance(due - ledger.now());
  EXPECT_EQ(ledger.run(1, "mesh.confirm", codec::to_json(body)).code, kEffectsEnded.code);
  EXPECT_EQ(ledger.job(body.job_id).effects->state, EffectsState::kOpen) << "its row has not run";
  ledger.idle();
  EXPECT_EQ(ledger.job(body.job_id).effects->state, EffectsState::kLapsed);
  EXPECT_EQ(ledger.account(2).balance, ledger.account(3).balance) << "what both regenerated, and no pay";
}

}  // namespace
}  // namespace icn::mesh
