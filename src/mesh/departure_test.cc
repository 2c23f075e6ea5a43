#include "mesh/departure.h"

#include <gtest/gtest.h>

#include "mesh/mesh_testing.h"

namespace icn::mesh {
namespace {

using testing::person;
using testing::TestLedger;

// Persons 1 and 9 leave together; 2 and 70 are others.
class DepartureTest : public ::testing::Test {
 protected:
  DepartureTest() {
    for (const std::uint64_t who : {1, 2, 9, 70}) EXPECT_TRUE(ledger_.grant(who).ok);
  }
  JobId submit(std::uint64_t who) {
    const JobSpec spec = testing::echo_spec();
    const Submission body = submission_of(spec, spec_block(spec).cid, person(who));
    EXPECT_TRUE(ledger_.run(who, "mesh.submit", codec::to_json(body)).ok);
    return ledger_.submit_id(body);
  }
  // A step of the ledger's own, with the invariants of its end; `network` becomes another one when it is
  // given.
  template <typename What>
  Result<void> step(const What& what, const std::string& network = "test-net") {
    Result<void> held;
    ledger_.change([&](ledger::View& view) -> Result<void> {
      const ledger::Parameters parameters = ledger::load_parameters(view).value();
      const ledger::BlockContext block{"test-net", 7, ledger_.now(), 0, &parameters};
      std::vector<ledger::Event> events;
      economics::Books books(block, view, &events);
      ICN_TRY(what(Step{block, view, books, events}));
      ICN_TRY(books.finish());
      ICN_TRY_ASSIGN(record, ledger::kNetwork.get(view, "network"));
      record->network = network;
      ICN_TRY(ledger::kNetwork.put(view, "network", *record));
      for (const ledger::Invariant& each : invariants()) {
        if (held.ok()) held = each.holds(view, 0);
      }
      return economics::conserved(view, 0);
    });
    return held;
  }
  void assign(const JobId& id, std::uint64_t executor) {
    EXPECT_TRUE(step([&](const Step& at) -> Result<void> {
                  ICN_TRY_ASSIGN(job, load_job(at.view, id));
                  return assign_job(at, id, job, {person(executor), {8'000}, 1});
                }).ok());
  }
  void complete(const JobId& id, std::uint64_t executor) {
    EXPECT_TRUE(step([&](const Step& at) -> Result<void> {
                  ICN_TRY_ASSIGN(job, load_job(at.view, id));
                  AttemptReport report;
                  report.executor = person(executor);
                  return end_attempt(at, id, job, report);
                }).ok());
  }
  Result<void> leave(const std::string& network, std::uint64_t& gone) {
    return step(
        [&](const Step& at) -> Result<void> {
          const ledger::IsKept is_kept = [](const Did& did) { return did == person(1) || did == person(9); };
          ICN_TRY_ASSIGN(left, leave_jobs({at.block, at.view, at.events, is_kept}));
          gone = left;
          return {};
        },
        network);
  }
  bool exists(const JobId& id) const { return kJobs.contains(ledger_.store(), id).value(); }

  TestLedger ledger_;
};

TEST_F(DepartureTest, WhatIsOpenWithOthersEndsAndEverybodyHasItsMoneyBack) {
  const JobId with_other = submit(1), own = submit(1), of_other = submit(2), of_other_here = submit(2);
  assign(with_other, 70);
  assign(own, 9);
  assign(of_other_here, 9);
  EXPECT_GT(ledger_.account(70).locked, Millimana{});
  std::uint64_t gone = 1;
  ASSERT_TRUE(leave("another", gone).ok());
  EXPECT_EQ(gone, 0u) << "what was open stays to be read, as it ended";
  for (const JobId& id : {with_other, of_other, of_other_here}) {
    const Job job = ledger_.job(id);
    EXPECT_EQ(job.status, JobStatus::kCancelled);
    EXPECT_EQ(job.escrow.refunded, job.escrow.locked);
  }
  EXPECT_EQ(ledger_.account(70).locked, Millimana{});
  EXPECT_EQ(ledger_.account(2).locked, Millimana{});
  EXPECT_EQ(ledger_.job(own).status, JobStatus::kAssigned) << "nobody else has a part in it";
  EXPECT_EQ(ledger_.account(1).locked, ledger_.job(own).escrow.locked);
  complete(own, 9);
  EXPECT_EQ(ledger_.account(1).locked, Millimana{});
}

TEST_F(DepartureTest, EndedJobsOfOthersStayBehindAndTheirExecutorsAreCalledNoMore) {
  const JobId of_others = submit(2), ran_here = submit(2), of_own = submit(1);
  complete(of_others, 70);
  complete(ran_here, 9);
  complete(of_own, 2);
  std::uint64_t gone = 0;
  ASSERT_TRUE(leave("another", gone).ok());
  EXPECT_EQ(gone, 1u);
  EXPECT_FALSE(exists(of_others));
  EXPECT_TRUE(exists(ran_here));
  EXPECT_TRUE(exists(of_own));
  std::vector<Did> called;
  auto places = kExecutorPlaces.scan(ledger_.store(), {}).value();
  while (const auto place = places.next().value()) called.push_back(place->executor);
  EXPECT_EQ(called, std::vector<Did>{person(9)});
  EXPECT_TRUE(kExecutorPlaces.contains(ledger_.store(), 1).value()) << "numbered from 1 without a gap";
  EXPECT_FALSE(kExecutors.contains(ledger_.store(), person(70)).value());
}

TEST_F(DepartureTest, WithinANetworkNoJobGoes) {
  complete(submit(2), 70);
  std::uint64_t gone = 0;
  EXPECT_FALSE(leave("test-net", gone).ok());
}

}  // namespace
}  // namespace icn::mesh
