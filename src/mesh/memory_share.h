#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>

namespace icn::mesh {

// The memory that the jobs of this node may take together, by what each may take at most. Thread: any.
class MemoryShare {
 public:
  // In MiB; none: no limit.
  explicit MemoryShare(std::optional<std::uint32_t> memory_mb) : memory_mb_(memory_mb) {}

  // Of one run, given back at its end. Holds nothing when the share was closed while it waited.
  class Part {
   public:
    Part(MemoryShare& share, std::uint32_t mb) : share_(share), mb_(mb), is_held_(share.take(mb)) {}
    ~Part() {
      if (is_held_) share_.give_back(mb_);
    }
    Part(const Part&) = delete;
    Part& operator=(const Part&) = delete;
    bool is_held() const { return is_held_; }

   private:
    MemoryShare& share_;
    const std::uint32_t mb_;
    const bool is_held_;
  };

  // Who waits gets nothing any more.
  void close() {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
    wake_.notify_all();
  }

 private:
  // Waits until it fits beside what others have; alone it always does.
  bool take(std::uint32_t mb) {
    if (!memory_mb_) return true;
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [&] { return is_closed_ || taken_mb_ == 0 || taken_mb_ + mb <= *memory_mb_; });
    if (is_closed_) return false;
    taken_mb_ += mb;
    return true;
  }
  void give_back(std::uint32_t mb) {
    if (!memory_mb_) return;
    const std::lock_guard lock(mutex_);
    taken_mb_ -= mb;
    wake_.notify_all();
  }

  const std::optional<std::uint32_t> memory_mb_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::uint64_t taken_mb_ = 0;
  bool is_closed_ = false;
};

}  // namespace icn::mesh
