#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/log.h"

namespace icn::consensus {

struct EngineProcessOptions {
  std::vector<std::string> command;      // program, found on PATH when it has no slash, and its arguments
  std::vector<std::string> environment;  // NAME=value, beside what this process has
  std::string log_file;                  // what it prints; begun anew when it has grown beyond 16 MiB
  std::uint32_t backoff_min_ms = 500;
  std::uint32_t backoff_max_ms = 30'000;
  std::function<void()> before_start;  // each time, on the watching thread
};

// Of what a program printed before it ended the line that says why: that of its panic, else the last that
// names an error, else the last one. What a Go program prints after a panic tells of its stack alone.
std::string telling_line(std::string_view printed);

// Runs a program and starts it again when it ends, later each time it fails soon. It dies with this process,
// however that ends.
class EngineProcess {
 public:
  EngineProcess(EngineProcessOptions options, std::shared_ptr<Log> log);
  ~EngineProcess();  // stop()

  // Asks it to end, after 10 s kills it; returns when it has ended.
  void stop();

  // Times it was started.
  std::uint64_t starts() const;
  // Why it does not run; empty: it runs, or has just ended for the first time.
  std::string problem() const;
  // It does its work: what ended it before is over, sooner than by the time it runs.
  void found_well();
  int pid() const;  // 0: does not run

 private:
  void watch();
  int run_once();
  // False: stop() was called meanwhile.
  bool pause(std::uint32_t ms);
  std::string last_words() const;

  EngineProcessOptions options_;
  std::shared_ptr<Log> log_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool is_stopping_ = false;
  std::uint64_t starts_ = 0;
  int pid_ = 0;
  std::int64_t printed_from_ = 0;  // where in the log file this run began; the watching thread's
  std::string problem_;
  std::thread watcher_;
};

}  // namespace icn::consensus
