#include "telemetry/trace_context.h"

#include <algorithm>

namespace icn::telemetry {
namespace {

// version-traceid-spanid-flags
constexpr std::size_t kSize = 2 + 1 + 32 + 1 + 16 + 1 + 2;

template <std::size_t N>
bool read_hex(std::string_view text, std::array<std::uint8_t, N>& out) {
  const auto bytes = hex_decode(text);
  if (!bytes || bytes->size() != N) return false;
  std::copy(bytes->begin(), bytes->end(), out.begin());
  return true;
}

template <std::size_t N>
bool all_zero(const std::array<std::uint8_t, N>& bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

template <std::size_t N>
void fill_not_zero(Random& random, std::array<std::uint8_t, N>& out) {
  do {
    random.fill(out);
  } while (all_zero(out));
}

}  // namespace

std::string TraceContext::traceparent() const {
  return "00-" + hex_encode(trace_id) + "-" + hex_encode(span_id) + "-" + hex_encode({&flags, 1});
}

TraceContext TraceContext::child(Random& random) const {
  TraceContext out = *this;
  fill_not_zero(random, out.span_id);
  return out;
}

TraceContext TraceContext::unsampled() const {
  TraceContext out = *this;
  out.flags &= static_cast<std::uint8_t>(~1u);
  return out;
}

TraceContext make_trace(Random& random, bool sampled) {
  TraceContext out;
  fill_not_zero(random, out.trace_id);
  fill_not_zero(random, out.span_id);
  out.flags = sampled ? 1 : 0;
  return out;
}

std::optional<TraceContext> parse_traceparent(std::string_view header) {
  if (header.size() < kSize || header[2] != '-' || header[35] != '-' || header[52] != '-')
    return std::nullopt;
  std::array<std::uint8_t, 1> version;
  std::array<std::uint8_t, 1> flags;
  TraceContext out;
  if (!read_hex(header.substr(0, 2), version) || !read_hex(header.substr(3, 32), out.trace_id) ||
      !read_hex(header.substr(36, 16), out.span_id) || !read_hex(header.substr(53, 2), flags)) {
    return std::nullopt;
  }
  if (version[0] == 0xff || all_zero(out.trace_id) || all_zero(out.span_id)) return std::nullopt;
  if (header.size() > kSize && (version[0] == 0 || header[kSize] != '-')) return std::nullopt;
  out.flags = flags[0] & 1;  // only "sampled" is known
  return out;
}

}  // namespace icn::telemetry
