#include "telemetry/process.h"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace icn::telemetry {
namespace {

std::uint64_t cpu_ns() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<std::uint64_t>(used.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(used.tv_nsec);
}

Family family(Metric metric, double value, std::vector<std::string> labels = {}) {
  return {metric, {{std::move(labels), value, {}}}};
}

}  // namespace

std::uint64_t resident_memory_bytes() {
  const int file = ::open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  std::array<char, 128> text;
  const ssize_t size = ::read(file, text.data(), text.size());
  ::close(file);
  // "total resident ...", in pages
  char* const end = text.data() + std::max<ssize_t>(size, 0);
  char* const space = std::find(text.data(), end, ' ');
  std::uint64_t resident_pages = 0;
  if (space != end) std::from_chars(space + 1, end, resident_pages);
  return resident_pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

ProcessMetrics::ProcessMetrics(const Clock& clock)
    : clock_(clock),
      start_ms_(clock.now_ms()),
      start_ns_(clock.monotonic_ns()),
      last_ns_(start_ns_),
      last_cpu_ns_(cpu_ns()) {}

std::vector<Family> ProcessMetrics::read() {
  const std::uint64_t now_ns = clock_.monotonic_ns();
  const std::uint64_t now_cpu_ns = cpu_ns();
  // Two readings at the same moment say nothing new.
  if (now_ns > last_ns_) {
    cpu_ratio_ = static_cast<double>(now_cpu_ns - last_cpu_ns_) / static_cast<double>(now_ns - last_ns_);
    last_ns_ = now_ns;
    last_cpu_ns_ = now_cpu_ns;
  }
  return {family(Metric::process_start_time, static_cast<double>(start_ms_) / 1000),
          family(Metric::process_uptime, static_cast<double>(now_ns - start_ns_) * 1e-9),
          family(Metric::process_memory_bytes, static_cast<double>(resident_memory_bytes())),
          family(Metric::process_cpu_ratio, cpu_ratio_), family(Metric::build_info, 1, {ICN_VERSION})};
}

}  // namespace icn::telemetry
