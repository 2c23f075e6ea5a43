#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"

namespace icn::telemetry {

// Names one step of a trace across processes. Source: W3C Trace Context, Level 1. Thread: any.
struct TraceContext {
  std::array<std::uint8_t, 16> trace_id{};
  std::array<std::uint8_t, 8> span_id{};
  std::uint8_t flags = 0;

  bool sampled() const { return (flags & 1) != 0; }
  // "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
  std::string traceparent() const;
  // A step below this one, in the same trace.
  TraceContext child(Random& random) const;
  // The same step, not traced.
  TraceContext unsampled() const;
  bool operator==(const TraceContext&) const = default;
};

TraceContext make_trace(Random& random, bool sampled);

// Nothing when the header is not valid: then a new trace begins. Versions above 00 are read by what
// they share with 00, as the standard asks.
std::optional<TraceContext> parse_traceparent(std::string_view header);

}  // namespace icn::telemetry
