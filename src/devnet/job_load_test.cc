#include "devnet/job_load.h"

#include <gtest/gtest.h>

namespace icn::devnet {
namespace {

TEST(JobLoad, AJobThatANodeHasToldOfTookTooLong) {
  for (const std::string status : {"submitted", "bidding", "assigned", "running", "verifying"}) {
    const Unfinished end = unfinished(status);
    EXPECT_EQ(end.cause, Cause::kTimeout) << status;
    EXPECT_NE(end.reason.find(status), std::string::npos) << end.reason;
  }
}

TEST(JobLoad, ASubmissionThatWaitsForItsBlockTookTooLong) {
  EXPECT_EQ(unfinished("pending").cause, Cause::kTimeout);
  EXPECT_NE(unfinished("pending").reason, unfinished("submitted").reason);
}

TEST(JobLoad, WhatNoNodeHasToldOfIsLost) { EXPECT_EQ(unfinished("").cause, Cause::kNetwork); }

}  // namespace
}  // namespace icn::devnet
