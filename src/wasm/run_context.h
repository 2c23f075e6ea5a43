#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "wasm/outcome.h"
#include "wasm/random_stream.h"
#include "wasm/run_request.h"
#include "wasm/wasi/files.h"

namespace icn::wasm {

// What host functions share within one run: the request, and what the job has said so far.
// Thread: the one that runs the job.
class RunContext {
 public:
  explicit RunContext(const RunRequest& request) : request_(request), files_(request.inputs.size()) {}

  const RunRequest& request() const { return request_; }
  HostServices& services() { return request_.services ? *request_.services : no_host_services(); }
  wasi::Files& files() { return files_; }

  // False when more is given than the run may produce.
  bool set_result(ByteView bytes);
  bool write_output(ByteView bytes);

  void write_log(ByteView text);                            // what is over the limit is left out
  bool emit(std::string_view name, std::string_view json);  // a line of the log; false: enough events
  void random(std::span<std::uint8_t> out);

  // The job's clock in nanoseconds since its start. It moves by itself by a microsecond at each look, so
  // that a program that waits for it ends, and by sleeping; never with the machine's time.
  std::uint64_t look_at_clock_ns() { return clock_ns_ += 1'000; }
  void sleep_until_ns(std::uint64_t when) { clock_ns_ = std::max(clock_ns_, when); }
  std::uint64_t start_ns() const { return request_.start_secs * 1'000'000'000; }

  // Moves result, output, log and events to `outcome`; after a trap only log and events.
  void hand_over(RunOutcome& outcome);

 private:
  const RunRequest& request_;
  wasi::Files files_;
  std::optional<Bytes> result_;
  Bytes output_;
  std::string log_;
  bool log_truncated_ = false;
  std::vector<JobEvent> events_;
  std::optional<RandomStream> random_;
  std::uint64_t clock_ns_ = 0;
};

}  // namespace icn::wasm
