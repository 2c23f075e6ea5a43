#include "mesh/tx/cancel.h"

#include <gtest/gtest.h>

#include "mesh/mesh_testing.h"

namespace icn::mesh {
namespace {

TEST(CancelTest, AReportCountsThatIsOfTheAttemptThatRuns) {
  const JobId id("job");
  Job job;
  job.submission.coordinator = testing::person(1);
  job.executor = testing::person(2);
  job.attempt = 2;
  job.status = JobStatus::kAssigned;
  Progress progress;
  progress.job_id = id;
  progress.attempt = 2;
  progress.executor = testing::person(2);
  EXPECT_TRUE(is_of_running_attempt(id, job, progress));
  EXPECT_FALSE(is_of_running_attempt(JobId("another"), job, progress));
  progress.attempt = 1;
  EXPECT_FALSE(is_of_running_attempt(id, job, progress));
  progress.attempt = 2;
  progress.executor = testing::person(1);
  EXPECT_FALSE(is_of_running_attempt(id, job, progress)) << "the coordinator no longer runs it";
  job.status = JobStatus::kSubmitted;
  EXPECT_TRUE(is_of_running_attempt(id, job, progress)) << "a node alone runs what it coordinates";
}

}  // namespace
}  // namespace icn::mesh
