#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "governance/emergency.h"
#include "http/event_stream.h"
#include "ledger/ledger.h"

// What looks like an emergency, seen by this node in the blocks and peers of the last hour. It tells and does
// nothing: powers begin with the committee's signatures (emergencies.h), who judge what was seen. A capture
// of governance has no number: nobody but people sees it. Source: domain.md 4 "Emergencies (detection)".
namespace icn::governance {

// {kind, value, limit, what}: a sign that was not there a minute ago.
inline constexpr std::string_view kEmergencySignEvent = "EmergencySign";

struct WarningSign {
  EmergencyKind kind = EmergencyKind::kAnomaly;
  bool is_seen = false;     // value > limit
  std::uint64_t value = 0;  // of the last hour
  std::uint64_t limit = 0;  // parameter governance.storm_dids_per_hour, drain_ppm, outage_ppm
  std::string what;         // for people
  static constexpr std::string_view schema_name = "EmergencySign";
  static constexpr auto fields() {
    using codec::field;
    return described(field("kind", &WarningSign::kind),
                     field("is_seen", &WarningSign::is_seen, "value is above limit"),
                     field("value", &WarningSign::value, "of the last hour: a count, or ppm"),
                     field("limit", &WarningSign::limit, "a parameter of the ledger"),
                     field("what", &WarningSign::what, "in words"));
  }
};

// A sum, or the most, of the last hour by minutes. Thread: one at a time.
class LastHour {
 public:
  void add(TimestampSecs now, std::uint64_t value);
  void at_least(TimestampSecs now, std::uint64_t value);
  std::uint64_t sum(TimestampSecs now) const;
  std::uint64_t most(TimestampSecs now) const;

 private:
  struct Minute {
    std::uint64_t number = 0;
    std::uint64_t value = 0;
  };
  std::uint64_t& value_of(TimestampSecs now);
  std::array<Minute, 60> minutes_{};
};

// Listens to the ledger: make it before the log runs; it outlives the ledger's writer. After a start the hour
// is empty. Thread: any.
class WarningSigns {
 public:
  WarningSigns(ledger::Ledger& ledger, const Clock& clock, http::EventStream& stream,
               std::shared_ptr<Log> log);

  // Call every minute or so: notes how many nodes are connected, and tells what is new, to the event stream
  // and the log.
  void look(std::size_t peers);
  // One of each kind that can be seen. Errors: those of the store.
  Result<std::vector<WarningSign>> signs() const;

 private:
  void take(const std::vector<ledger::Event>& events);

  const ledger::Ledger& ledger_;
  const Clock& clock_;
  http::EventStream& stream_;
  std::shared_ptr<Log> log_;
  mutable std::mutex mutex_;
  LastHour new_dids_;
  LastHour moved_millimana_;  // out of accounts
  LastHour peers_;            // most that were connected
  std::size_t peers_now_ = 0;
  std::vector<EmergencyKind> told_;
};

}  // namespace icn::governance
