#include "devnet/fault.h"

#include <algorithm>

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

// True for those on one side.
std::vector<bool> LinkFaults::choose_side() {
  std::vector<bool> side(world_.size(), false);
  const bool is_one = kind_ == Kind::kSlow || times_ % 2 == 0;
  const std::size_t count = is_one ? 1 : std::max<std::size_t>(1, world_.size() / 2);
  for (std::size_t chosen = 0; chosen < count;) {
    const std::size_t node = random_.below(world_.size());
    chosen += side[node] ? 0 : 1;
    side[node] = true;
  }
  return side;
}

void LinkFaults::act(double at_secs, std::vector<RunEvent>& events) {
  if (is_hurt_) {
    if (at_secs >= began_at_ + plan_.outage_secs) heal(at_secs, events);
    return;
  }
  if (at_secs < next_ || world_.size() < 2 || world_.relays() == nullptr) return;
  next_ = at_secs + plan_.period_secs;
  began_at_ = at_secs;
  is_hurt_ = true;
  const std::vector<bool> side = choose_side();
  ++times_;
  auto links = world_.relays()->whole();
  std::string names;
  for (std::size_t from = 0; from < side.size(); ++from) {
    if (side[from]) names += " " + world_.nodes()[from].name;
    for (std::size_t to = 0; to < side.size(); ++to) {
      if (side[from] == side[to]) continue;
      links[from][to] = kind_ == Kind::kPartition ? Link{true, 0} : Link{false, plan_.delay_ms};
    }
  }
  world_.relays()->set(std::move(links));
  events.push_back({at_secs, kind_ == Kind::kPartition
                                 ? "parted from the others:" + names
                                 : "links " + std::to_string(plan_.delay_ms) + " ms slower:" + names});
}

void LinkFaults::heal(double at_secs, std::vector<RunEvent>& events) {
  if (!is_hurt_) return;
  is_hurt_ = false;
  world_.relays()->heal();
  events.push_back({at_secs, kind_ == Kind::kPartition ? "joined again" : "as fast as before"});
}

}  // namespace icn::devnet
