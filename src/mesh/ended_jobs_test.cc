#include "mesh/ended_jobs.h"

#include <gtest/gtest.h>

#include <string>

namespace icn::mesh {
namespace {

JobId job(std::size_t i) { return JobId("job-" + std::to_string(i)); }

TEST(EndedJobs, KnowsWhatEndedSinceItBegan) {
  EndedJobs ended;
  ended.begin(10);
  EXPECT_TRUE(ended.may_hold(job(1), 10)) << "of before";
  EXPECT_FALSE(ended.may_hold(job(1), 11));
  ended.add(job(1), 11);
  EXPECT_TRUE(ended.may_hold(job(1), 11));
  EXPECT_FALSE(ended.may_hold(job(2), 11));
}

TEST(EndedJobs, AdmitsWhatItHasForgotten) {
  EndedJobs ended;
  ended.begin(0);
  for (std::size_t i = 0; i < EndedJobs::kKept; ++i) ended.add(job(i), 1 + i / 10);
  EXPECT_FALSE(ended.may_hold(job(EndedJobs::kKept), 1));
  ended.add(job(EndedJobs::kKept), 1'000);
  EXPECT_TRUE(ended.may_hold(job(0), 1)) << "forgotten, and so is what else ended in that block";
  EXPECT_TRUE(ended.may_hold(job(EndedJobs::kKept + 1), 1));
  EXPECT_FALSE(ended.may_hold(job(EndedJobs::kKept + 1), 2));
  EXPECT_TRUE(ended.may_hold(job(1), 2)) << "still known by its id";
}

// A dispute ends a job a second time.
TEST(EndedJobs, CountsAJobOnce) {
  EndedJobs ended;
  ended.begin(0);
  for (std::size_t i = 0; i < 2 * EndedJobs::kKept; ++i) ended.add(job(1), 1 + i);
  EXPECT_FALSE(ended.may_hold(job(2), 1));
}

}  // namespace
}  // namespace icn::mesh
