#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <functional>
#include <memory>

#include "storage/errors.h"
#include "storage/storage_testing.h"

namespace icn::storage::testing {

// For engines that sync their files themselves. `open` opens one and the same store, with the given function
// in the place of fdatasync().
using OpenWithSync = std::function<std::unique_ptr<Store>(std::function<int(int file)> sync)>;

inline void check_a_failed_sync_ends_writing(const OpenWithSync& open) {
  std::atomic<bool> fails = false;
  std::atomic<int> failed = 0;
  const auto sync = [&](int file) {
    if (!fails) return ::fdatasync(file);
    ++failed;
    errno = EIO;
    return -1;
  };
  auto store = open(sync);
  ASSERT_TRUE(write_one(*store, put_row("a", "1"), Durability::kSynced).ok());
  fails = true;
  const auto refused = write_one(*store, put_row("b", "2"), Durability::kSynced);
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(refused.error().is(kSyncFailed));
  EXPECT_EQ(failed, 1) << "never tried again";
  fails = false;
  EXPECT_TRUE(write_one(*store, put_row("c", "3"), Durability::kBuffered).error().is(kSyncFailed));
  EXPECT_TRUE(store->flush().error().is(kSyncFailed));
  EXPECT_NE(store->stats().refuses, "");
  EXPECT_EQ(get_text(*store, "a"), "1");
  store.reset();
  store = open(sync);
  EXPECT_EQ(get_text(*store, "a"), "1");
  EXPECT_EQ(get_text(*store, "c"), "absent");
  EXPECT_TRUE(write_one(*store, put_row("c", "3"), Durability::kSynced).ok());
}

}  // namespace icn::storage::testing
