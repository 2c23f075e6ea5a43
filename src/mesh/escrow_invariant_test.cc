#include <gtest/gtest.h>

#include <functional>

#include "mesh/errors.h"
#include "mesh/mesh_testing.h"

namespace icn::mesh {
namespace {

using testing::person;

// What the invariant says of a submitted job after `change`, which is taken back. "ok" or a code.
class EscrowInvariantTest : public ::testing::Test {
 protected:
  EscrowInvariantTest() {
    EXPECT_TRUE(ledger_.grant(1).ok);
    const JobSpec spec = testing::echo_spec();
    const Submission body = submission_of(spec, spec_block(spec).cid, person(1));
    EXPECT_TRUE(ledger_.run(1, "mesh.submit", codec::to_json(body)).ok);
    id_ = ledger_.submit_id(body);
  }

  std::string verdict(const std::function<void(Job&)>& change) {
    std::string out = "ok";
    ledger_.change([&](ledger::View& view) -> Result<void> {
      ICN_TRY_ASSIGN(before, kJobs.get(view, id_));
      Job after = *before;
      change(after);
      ICN_TRY(kJobs.put(view, id_, after));
      for (const ledger::Invariant& each : invariants()) {
        const auto held = each.holds(view, 0);
        if (!held.ok()) out = held.error().code();
      }
      return kJobs.put(view, id_, *before);
    });
    return out;
  }

  testing::TestLedger ledger_;
  JobId id_;
};

TEST_F(EscrowInvariantTest, AnEscrowThatDoesNotAddUpIsFound) {
  EXPECT_EQ(verdict([](Job&) {}), "ok");
  EXPECT_EQ(verdict([](Job& job) { job.escrow.locked.value += 1; }), "J007");
  EXPECT_EQ(verdict([](Job& job) { job.escrow.paid = job.escrow.locked; }), "J007");
  EXPECT_EQ(verdict([](Job& job) { job.escrow.refunded.value = -1; }), "J007");
  const auto ended = [](std::int64_t missing) {
    return [missing](Job& job) {
      job.status = JobStatus::kCancelled;
      job.due_secs = 0;
      job.escrow.refunded.value = job.escrow.locked.value - missing;
    };
  };
  EXPECT_EQ(verdict(ended(0)), "ok");
  EXPECT_EQ(verdict(ended(1)), "J007");
  EXPECT_EQ(verdict(ended(-1)), "J007");
  EXPECT_EQ(verdict([](Job& job) { job.attempt = 3; }), "J007");
}

}  // namespace
}  // namespace icn::mesh
