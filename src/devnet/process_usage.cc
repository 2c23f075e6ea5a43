#include "devnet/process_usage.h"

#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace icn::devnet {
namespace {

std::string read_text(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::uint64_t count_of(const std::string& text) {
  std::uint64_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

// The fields of /proc/PID/stat from field 3 on: behind the name, which may hold anything.
std::vector<std::string> stat_fields(pid_t pid) {
  const std::string text = read_text("/proc/" + std::to_string(pid) + "/stat");
  std::vector<std::string> out;
  const std::size_t end = text.rfind(')');
  if (end == std::string::npos) return out;
  std::istringstream fields(text.substr(end + 1));
  for (std::string each; fields >> each;) out.push_back(each);
  return out;
}

double ticks_per_second() { return static_cast<double>(::sysconf(_SC_CLK_TCK)); }

}  // namespace

std::vector<pid_t> children_of(pid_t pid) {
  std::vector<pid_t> out;
  std::error_code ignored;
  const std::filesystem::path tasks = "/proc/" + std::to_string(pid) + "/task";
  for (const auto& task : std::filesystem::directory_iterator(tasks, ignored)) {
    std::istringstream ids(read_text((task.path() / "children").string()));
    for (pid_t child = 0; ids >> child;) out.push_back(child);
  }
  return out;
}

ProcessUsage usage_with_children(pid_t pid) {
  ProcessUsage out;
  const std::vector<std::string> fields = stat_fields(pid);
  if (fields.size() < 22) return out;
  // utime and stime are fields 14 and 15, rss is field 24; the first here is field 3.
  out.cpu_secs = static_cast<double>(count_of(fields[11]) + count_of(fields[12])) / ticks_per_second();
  out.resident_bytes = count_of(fields[21]) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  for (const pid_t child : children_of(pid)) {
    const ProcessUsage usage = usage_with_children(child);
    out.cpu_secs += usage.cpu_secs;
    out.resident_bytes += usage.resident_bytes;
  }
  return out;
}

MachineTime machine_time() {
  std::istringstream fields(read_text("/proc/stat"));
  std::string name;
  fields >> name;
  double user = 0;
  double nice = 0;
  double system = 0;
  double idle = 0;
  double waiting = 0;
  fields >> user >> nice >> system >> idle >> waiting;
  return {(user + nice + system) / ticks_per_second(), (idle + waiting) / ticks_per_second()};
}

std::uint64_t start_ticks(pid_t pid) {
  const std::vector<std::string> fields = stat_fields(pid);
  return fields.size() < 20 ? 0 : count_of(fields[19]);
}

}  // namespace icn::devnet
