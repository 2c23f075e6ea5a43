#include "devnet/fault.h"

namespace icn::devnet {

void KillFaults::act(double at_secs, std::vector<RunEvent>& events) {
  if (victim_) {
    if (at_secs >= killed_at_ + outage_secs_) heal(at_secs, events);
    return;
  }
  if (at_secs < next_ || world_.size() < 2) return;
  next_ = at_secs + period_secs_;
  victim_ = 1 + random_.below(world_.size() - 1);
  killed_at_ = at_secs;
  world_.kill_node(*victim_);
  events.push_back({at_secs, "kill -9 of " + world_.nodes()[*victim_].name});
}

void KillFaults::heal(double at_secs, std::vector<RunEvent>& events) {
  if (!victim_) return;
  const auto started = world_.start_node(*victim_);
  events.push_back({at_secs, world_.nodes()[*victim_].name +
                                 (started.ok() ? " started again" : ": " + started.error().detail())});
  victim_.reset();
}

}  // namespace icn::devnet
