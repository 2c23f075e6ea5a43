#include <gtest/gtest.h>

#include <latch>

#include "mesh/node_testing.h"
#include "wasm/test_support.h"

namespace icn::mesh {
namespace {

using testing::FakeEngine;
using testing::TestNode;

// Transactions of a type in all blocks.
std::size_t count_transactions(TestNode& node, const std::string& type) {
  const auto snapshot = node.ledger->snapshot().value();
  auto rows = ledger::kBodies.scan(*snapshot, {.index = {}, .from = {}, .to = {}}).value();
  std::size_t count = 0;
  while (const auto body = rows.next().value()) {
    for (const ledger::StoredTransaction& each : body->transactions) {
      if (each.canonical.find("\"type\":\"" + type + "\"") != std::string::npos) ++count;
    }
  }
  return count;
}

// Jobs a second are not bound by transactions a second. The runs end together: none does before all jobs are
// submitted.
TEST(ServiceSettle, JobsThatEndTogetherShareATransaction) {
  constexpr std::size_t kJobs = 60;
  std::latch all_submitted(1);
  FakeEngine engine([&](const wasm::RunRequest&) {
    all_submitted.wait();
    wasm::RunOutcome outcome;
    outcome.result = to_bytes(as_bytes("done"));
    return outcome;
  });
  ServiceOptions options;
  options.workers = 4;
  TestNode node(engine, options);
  JobSpec spec;
  spec.module_cid = node.put(1, codec::kRaw, wasm::testing::wat("(module (func (export \"run\")))"));
  spec.max_price = Millimana::from_mana(20);
  std::vector<JobId> jobs;
  for (std::size_t i = 0; i < kJobs; ++i) jobs.push_back(node.submit_job(1, spec));
  all_submitted.count_down();
  for (const JobId& id : jobs) EXPECT_EQ(node.wait(id).status, JobStatus::kCompleted);
  EXPECT_EQ(count_transactions(node, "mesh.submit"), kJobs);
  const std::size_t settlements = count_transactions(node, "mesh.settle");
  EXPECT_GE(settlements, 1u);
  EXPECT_LT(settlements, kJobs);
}

}  // namespace
}  // namespace icn::mesh
