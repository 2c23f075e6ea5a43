#include "devnet/sampler.h"

#include <sys/resource.h>

namespace icn::devnet {

Moment look_at(const World& world, double at_secs, const JobLoad::State& jobs) {
  Moment out;
  out.at_secs = at_secs;
  out.jobs_succeeded = jobs.succeeded;
  out.jobs_failed = jobs.failed;
  for (std::size_t i = 0; i < world.size(); ++i) {
    const pid_t pid = world.pid(i);
    const ProcessUsage usage = pid > 0 ? usage_with_children(pid) : ProcessUsage{};
    out.nodes_up += pid > 0 ? 1 : 0;
    out.cpu_secs += usage.cpu_secs;
    out.resident_bytes.push_back(usage.resident_bytes);
  }
  rusage own{};
  ::getrusage(RUSAGE_SELF, &own);
  out.own_cpu_secs = static_cast<double>(own.ru_utime.tv_sec + own.ru_stime.tv_sec) +
                     static_cast<double>(own.ru_utime.tv_usec + own.ru_stime.tv_usec) / 1e6;
  const MachineTime machine = machine_time();
  out.machine_busy_secs = machine.busy_secs;
  out.machine_idle_secs = machine.idle_secs;
  return out;
}

}  // namespace icn::devnet
