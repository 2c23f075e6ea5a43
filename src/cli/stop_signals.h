#pragma once

#include <signal.h>

#include <atomic>
#include <memory>
#include <thread>

namespace icn::cli {

// SIGINT and SIGTERM as a flag. Made before any other thread, so that none of them takes the signals.
class StopSignals {
 public:
  StopSignals() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGTERM);
    sigaddset(&signals_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
  }

  // Sets `flag`, which outlives the answer, when one comes; until the answer goes.
  class Watch {
   public:
    Watch(const sigset_t& signals, std::atomic<bool>& flag)
        : thread_([this, signals, &flag] {
            while (!is_over_) {
              timespec wait{0, 50'000'000};
              if (::sigtimedwait(&signals, nullptr, &wait) > 0) flag = true;
            }
          }) {}
    ~Watch() {
      is_over_ = true;
      thread_.join();
    }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

   private:
    std::atomic<bool> is_over_{false};
    std::thread thread_;
  };
  std::unique_ptr<Watch> watch(std::atomic<bool>& flag) const {
    return std::make_unique<Watch>(signals_, flag);
  }

 private:
  sigset_t signals_;
};

}  // namespace icn::cli
