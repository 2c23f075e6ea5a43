#pragma once

#include <condition_variable>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <vector>

#include "storage/errors.h"
#include "storage/store.h"

namespace icn::storage {

// What goes wrong and when. Shared between a test and the FaultEngine it steers. Thread: any.
// A "next n" of kEvery means until set to 0 again.
class FaultScript {
 public:
  static constexpr std::uint64_t kEvery = std::numeric_limits<std::uint64_t>::max();

  // After a failed sync: what the next open finds of the writes it was about.
  enum class Unsynced { kKept, kLost };

  // The next writes fail: kInputOutput, nothing of them is visible.
  void fail_writes(std::uint64_t count) { set(fail_writes_, count); }
  // The next syncs (write(kSynced) or flush()) fail: kSyncFailed; the store then refuses further writes.
  void fail_syncs(std::uint64_t count, Unsynced unsynced) {
    const std::lock_guard lock(mutex_);
    fail_syncs_ = count;
    unsynced_ = unsynced;
  }
  // The next writes fail with kSyncFailed, kept or lost as told, and the store refuses further writes: an engine
  // that met an error on the way, or lost its connection to a server at the commit.
  void doubt_writes(std::uint64_t count, Unsynced unsynced) {
    const std::lock_guard lock(mutex_);
    doubt_writes_ = count;
    unsynced_ = unsynced;
  }
  // Syncs begun from now on wait until release_syncs(); they fail or succeed then.
  void hold_syncs() {
    const std::lock_guard lock(mutex_);
    holds_syncs_ = true;
  }
  void release_syncs() {
    const std::lock_guard lock(mutex_);
    holds_syncs_ = false;
    released_.notify_all();
  }
  // Writes fail with kFull until set_full(false).
  void set_full(bool full) {
    const std::lock_guard lock(mutex_);
    full_ = full;
  }
  // The next reads (get or Cursor::record) fail: kCorrupt.
  void corrupt_reads(std::uint64_t count) { set(corrupt_reads_, count); }
  // The next reads return their record without its last byte, as if nothing were wrong.
  void shorten_reads(std::uint64_t count) { set(shorten_reads_, count); }
  // The log meets a full disk: open stores answer kFull to writes, and from set_full(false) on kMustReopen.
  void fill_log() {
    const std::lock_guard lock(mutex_);
    full_ = true;
    ++filled_logs_;
  }
  // The next opens fail: kInputOutput, or as told.
  void fail_opens(std::uint64_t count, const ErrorKind& kind = kInputOutput) {
    const std::lock_guard lock(mutex_);
    fail_opens_ = count;
    open_failure_ = &kind;
  }
  // The power goes: every open store answers kInputOutput from now on, and the next open finds only what
  // was synced.
  void lose_power() {
    const std::lock_guard lock(mutex_);
    ++power_losses_;
  }

 private:
  friend class FaultEngine;
  friend class FaultStore;
  void set(std::uint64_t& counter, std::uint64_t count) {
    const std::lock_guard lock(mutex_);
    counter = count;
  }
  void wait_for_release() {
    std::unique_lock lock(mutex_);
    released_.wait(lock, [this] { return !holds_syncs_; });
  }
  // Takes one off a counter; false when there was none.
  bool take(std::uint64_t& counter);

  std::mutex mutex_;
  std::condition_variable released_;
  bool holds_syncs_ = false;
  std::uint64_t fail_writes_ = 0;
  std::uint64_t fail_syncs_ = 0;
  std::uint64_t doubt_writes_ = 0;
  Unsynced unsynced_ = Unsynced::kKept;
  bool full_ = false;
  std::uint64_t corrupt_reads_ = 0;
  std::uint64_t shorten_reads_ = 0;
  std::uint64_t fail_opens_ = 0;
  const ErrorKind* open_failure_ = &kInputOutput;
  std::uint64_t filled_logs_ = 0;
  std::uint64_t power_losses_ = 0;
};

// Any engine, failing as its script says; with an untouched script it behaves as the engine beneath.
// Unsynced writes reach the engine beneath at once, and their undoing is kept until a sync: what a power
// loss takes away is undone at the next open. Closing a store is the end of a process, not of power: it
// loses nothing, and what the next open shows counts as synced.
class FaultEngine final : public Engine {
 public:
  FaultEngine(std::unique_ptr<Engine> below, std::shared_ptr<FaultScript> script);
  ~FaultEngine() override;
  Result<std::unique_ptr<Store>> open(const std::vector<TableSchema>& tables) override;

  struct Undo;

 private:
  std::unique_ptr<Engine> below_;
  std::shared_ptr<FaultScript> script_;
  std::shared_ptr<Undo> undo_;
};

}  // namespace icn::storage
