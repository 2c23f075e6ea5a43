#pragma once

#include <atomic>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "wasm/host_services.h"
#include "wasm/limits.h"
#include "wasm/value.h"

namespace icn::wasm {

// Stops a run from any thread; a running loop notices within a few milliseconds. Cannot be taken back.
class CancelToken {
 public:
  void cancel() { cancelled_.store(true, std::memory_order_relaxed); }
  bool is_cancelled() const { return cancelled_.load(std::memory_order_relaxed); }

 private:
  std::atomic<bool> cancelled_{false};
};

// Sees what a job reports while it runs. Thread: the one that runs the job; must not block.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  virtual void on_log(std::string_view text) = 0;
  virtual void on_progress(std::uint32_t percent, std::string_view text) = 0;
};

struct Input {
  std::string name;  // file name for all but the first; no '/'
  ByteView bytes;    // the caller's memory; outlives the run
};

// One run. Everything a result may depend on is here: the same request on the same module gives the
// same outcome on every machine, but for times and machine-dependent ends.
struct RunRequest {
  // Entry: this function, else the module's `_start`, `run` or `main`.
  std::string function;
  // A command's arguments (without its name) and what icn.arg() answers. A function without `values`
  // takes its parameters from here, as decimal numbers.
  std::vector<std::string> args;
  std::vector<Value> values;  // typed arguments of a function; types must match
  std::vector<std::pair<std::string, std::string>> environment;
  std::vector<Input> inputs;  // first: standard input; the others: read-only files in "/"
  std::string caller;         // DID of the submitter

  TimestampSecs start_secs = 0;  // the job's clock begins here
  Bytes random_seed;             // any length; the job's randomness is a function of it
  RunLimits limits;
  CaptureLimits capture;

  // May be null: never cancelled, nothing permitted, nobody watches.
  const CancelToken* cancel = nullptr;
  HostServices* services = nullptr;
  RunObserver* observer = nullptr;
};

}  // namespace icn::wasm
