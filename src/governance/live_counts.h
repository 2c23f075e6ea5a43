#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "governance/tally/method.h"

namespace icn::governance {

// Counts of open votes that people look at. What keeps no sums is counted from its ballots, which takes tens
// of milliseconds of a thread that also takes ballots, and anybody may ask. So a count stands until another
// ballot comes, and the next one waits until nine times as long has passed as the last one took: reads cost
// writers a tenth of a core at most, and answer what was counted last meanwhile. Thread: any.
class LiveCounts {
 public:
  static constexpr std::size_t kVotesMax = 64;
  static constexpr std::uint64_t kRest = 9;

  struct Counted {
    std::uint64_t ballots = 0;  // of the vote's log, replaced ones too
    tally::Outcome outcome;
  };
  using CountNow = std::function<Result<tally::Outcome>()>;

  // The count of the first `ballots` of a vote's log, of more, or, while it rests, of fewer. `count` counts
  // the first `ballots`. Errors of `count`.
  Result<std::shared_ptr<const Counted>> get(const Clock& clock, const std::string& vote_id,
                                             std::uint64_t ballots, const CountNow& count);

 private:
  struct Kept {
    std::string vote_id;
    std::shared_ptr<const Counted> counted;
  };
  // The kept one, moved to the front; none: null.
  std::shared_ptr<const Counted> find(const std::string& vote_id);
  void keep(const std::string& vote_id, std::shared_ptr<const Counted> counted);

  std::mutex mutex_;
  std::list<Kept> kept_;  // the one asked for last first
  std::uint64_t running_ = 0;
  std::uint64_t rested_at_ns_ = 0;
};

}  // namespace icn::governance
