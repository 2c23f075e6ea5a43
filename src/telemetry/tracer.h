#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "telemetry/trace_context.h"

namespace icn::telemetry {

enum class SpanKind : std::uint8_t { kInternal = 1, kServer = 2, kClient = 3 };  // numbers of OTLP

// One step of a trace.
struct Span {
  TraceContext context;
  std::array<std::uint8_t, 8> parent{};  // zeros: it begins its trace
  std::string name;
  SpanKind kind = SpanKind::kInternal;
  std::uint64_t start_ns = 0;  // Unix time
  std::uint64_t end_ns = 0;
  std::uint64_t begun_ns = 0;  // monotonic
  std::vector<std::pair<std::string, std::string>> attributes;
  std::string error;  // empty: it did what it should
};

// Takes spans that have ended and hands them on in batches, on a thread of its own. A node without traces has
// no tracer: whoever may trace holds a pointer that is null then. Thread: any.
class Tracer {
 public:
  struct Options {
    std::uint64_t sample_ppm = 1'000'000;  // of steps that have no parent
    std::uint64_t callers_per_sec = 100;   // requests from outside that are traced because they ask for it
    std::size_t waiting_max = 8'192;       // more are dropped and counted
    std::size_t batch_max = 512;
    std::uint64_t gather_ms = 1'000;
  };
  // Sends a batch; must not throw. Called from the tracer's thread alone.
  using Export = std::function<void(const std::vector<Span>&)>;

  // The arguments outlive the tracer.
  Tracer(Export send, const Clock& clock, Random& random, Options options);
  ~Tracer();  // stop()

  // A step below `parent` (a traceparent; empty or malformed: none). Nothing when it is not sampled: a parent
  // says so for all below it.
  std::optional<Span> begin(std::string_view name, SpanKind kind, std::string_view parent) const;
  // The same for a request from outside, whose `parent` anybody may write: above callers_per_sec it is drawn
  // as one without a parent is.
  std::optional<Span> begin_asked(std::string_view name, SpanKind kind, std::string_view parent) const;
  // The same for a step that began `age_ns` ago.
  std::optional<Span> begin_earlier(std::string_view name, SpanKind kind, std::string_view parent,
                                    std::uint64_t age_ns) const;
  void end(Span span);

  std::uint64_t dropped() const;
  // Sends what waits; later spans are dropped.
  void stop();

 private:
  void run();
  bool is_drawn() const;
  bool may_follow_caller() const;

  const Export send_;
  const Clock& clock_;
  Random& random_;
  const Options options_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Span> waiting_;
  std::uint64_t dropped_ = 0;
  bool is_stopping_ = false;
  mutable std::mutex callers_mutex_;
  mutable std::uint64_t second_ = 0;  // monotonic, of `followed_`
  mutable std::uint64_t followed_ = 0;
  std::thread thread_;
};

// Who says it: "service.name" and further attributes of every span.
using ResourceAttributes = std::vector<std::pair<std::string, std::string>>;

// The body of an OTLP/HTTP export in its JSON encoding (ExportTraceServiceRequest). Source: OpenTelemetry
// Protocol 1.3, "JSON Protobuf Encoding": ids in hex, times as decimal text, enums as numbers.
std::string otlp_json(const std::vector<Span>& spans, const ResourceAttributes& resource);

}  // namespace icn::telemetry
