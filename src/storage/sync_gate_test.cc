#include "storage/sync_gate.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "storage/errors.h"

namespace icn::storage {
namespace {

TEST(SyncGate, EveryWaiterIsCoveredByASyncThatBeganAfterItsWrite) {
  std::atomic<int> written{0};
  std::atomic<int> durable{0};
  std::atomic<int> syncs{0};
  SyncGate gate([&] {
    const int covered = written;
    ++syncs;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    durable = covered;
    return std::string();
  });
  std::atomic<int> uncovered{0};
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 8; ++writer) {
    writers.emplace_back([&] {
      for (int i = 0; i < 20; ++i) {
        const int mine = ++written;
        if (!gate.pass().ok() || durable < mine) ++uncovered;
      }
    });
  }
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(uncovered, 0);
  EXPECT_EQ(durable, 160);
  EXPECT_LT(syncs, 120) << "waiters did not share syncs";
}

TEST(SyncGate, FailureIsForEverAndNeverTriedAgain) {
  int syncs = 0;
  SyncGate gate([&] {
    ++syncs;
    return std::string("device lost");
  });
  EXPECT_TRUE(gate.check().ok());
  for (int i = 0; i < 3; ++i) {
    const auto passed = gate.pass();
    ASSERT_FALSE(passed.ok());
    EXPECT_TRUE(passed.error().is(kSyncFailed));
    EXPECT_NE(passed.error().detail().find("device lost"), std::string::npos);
  }
  EXPECT_EQ(syncs, 1);
  EXPECT_FALSE(gate.check().ok());
}

TEST(SyncGate, LatchedReasonRefusesWithoutASync) {
  int syncs = 0;
  SyncGate gate([&] {
    ++syncs;
    return std::string();
  });
  ASSERT_TRUE(gate.pass().ok());
  gate.latch("half a batch");
  EXPECT_TRUE(gate.pass().error().is(kSyncFailed));
  EXPECT_EQ(syncs, 1);
}

}  // namespace
}  // namespace icn::storage
