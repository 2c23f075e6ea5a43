#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "devnet/world.h"

namespace icn::devnet {

// Something done to the network during the load.
struct RunEvent {
  double at_secs = 0;
  std::string text;
};

// Hurts a network again and again while it works. Its owner calls act() often, on the thread that started the
// world; what is due is done then.
class Faults {
 public:
  virtual ~Faults() = default;
  virtual void act(double at_secs, std::vector<RunEvent>& events) = 0;
  // Undoes what is done.
  virtual void heal(double at_secs, std::vector<RunEvent>& events) = 0;
};

// "kill": kill -9 of a node and its CometBFT, any but the first, each `period_secs`; it is started again
// after `outage_secs`. Never more than one is gone.
class KillFaults final : public Faults {
 public:
  KillFaults(World& world, std::uint64_t seed, double period_secs, double outage_secs)
      : world_(world),
        random_(seed),
        period_secs_(period_secs),
        outage_secs_(outage_secs),
        next_(period_secs) {}
  void act(double at_secs, std::vector<RunEvent>& events) override;
  void heal(double at_secs, std::vector<RunEvent>& events) override;

 private:
  World& world_;
  SeededRandom random_;
  const double period_secs_;
  const double outage_secs_;
  double next_;
  std::optional<std::size_t> victim_;
  double killed_at_ = 0;
};

// "partition": each `period_secs` the network falls in two for `outage_secs`; in turn one node is alone, and
// about half are parted from the rest. "slow": all that one node sends and gets takes `delay_ms` longer.
// Needs the relays of a world.
class LinkFaults final : public Faults {
 public:
  enum class Kind { kPartition, kSlow };
  struct Plan {
    double period_secs = 0;
    double outage_secs = 0;
    std::uint32_t delay_ms = 0;
  };
  LinkFaults(World& world, Kind kind, std::uint64_t seed, const Plan& plan)
      : world_(world), kind_(kind), random_(seed), plan_(plan), next_(plan.period_secs) {}
  void act(double at_secs, std::vector<RunEvent>& events) override;
  void heal(double at_secs, std::vector<RunEvent>& events) override;

 private:
  std::vector<bool> choose_side();

  World& world_;
  const Kind kind_;
  SeededRandom random_;
  const Plan plan_;
  double next_;
  double began_at_ = 0;
  bool is_hurt_ = false;
  std::size_t times_ = 0;
};

}  // namespace icn::devnet
