#pragma once

#include <map>
#include <mutex>

#include "mesh/market/peer_requests.h"
#include "mesh/market/withdrawals.h"

namespace icn::mesh {

// The attempts of this node's jobs that other nodes have, from assignment to receipt. Those that last longer
// than kFirstAskMs are asked for once a second, all of one executor together: what they say and how far they
// are is kept for who follows them here, what they have saved so that a job can be resumed from it, and an
// executor that is silent for kSilentMs, knows nothing of its attempt, or does not begin in time, loses it
// (mesh.withdraw). Thread: the market's, but for what says "any".
class Assignments {
 public:
  static constexpr std::uint64_t kFirstAskMs = 1'000;
  static constexpr std::uint64_t kAskMs = 1'000;
  static constexpr std::uint64_t kFollowedAskMs = 200;  // while somebody follows a run
  static constexpr std::uint64_t kAnswerMs = 2'000;     // an answer that takes longer is not waited for
  static constexpr std::uint64_t kSilentMs = 5'000;
  static constexpr std::uint64_t kBeginSecs = 20;  // beside its estimate
  // A saved state is fetched, at most: unless the spec says checkpoint_interval_secs.
  static constexpr std::uint64_t kStateEveryMs = 10'000;

  // `is_reported` tells whether a receipt of the job is at hand. `on_begin` is told when a run is first seen.
  Assignments(MarketSurroundings& around, Withdrawals& withdrawals,
              std::function<bool(const JobId&)> is_reported, std::function<void(const JobId&)> on_begin);

  void add(const JobId& id, const Job& job);
  void forget(const JobId& id);
  // An attempt of the job before this one.
  void forget_before(const JobId& id, std::uint32_t attempt);

  // What is seen here of a run elsewhere that has begun; null: nothing. Thread: any.
  std::shared_ptr<RunningJob> run(const JobId& id) const;
  // The newest the executor has signed of it. Thread: any.
  std::optional<Progress> progress(const JobId& id) const;

 private:
  struct Entry {
    std::uint32_t attempt = 1;
    Did executor;
    std::uint32_t est_secs = 0;
    std::uint64_t limit_ms = 0;
    std::uint64_t added_ms = 0;
    std::uint64_t heard_ms = 0;        // last: that it is there
    std::uint64_t state_ms = 0;        // last: that a saved state was asked for
    std::uint64_t state_every_ms = 0;  // 0: not looked up
    std::optional<codec::Cid> state;   // the one that came
    bool is_started = false;
    bool is_unknown = false;    // its executor says so
    bool is_given_up = false;   // a withdrawal is on its way
    bool is_protected = false;  // its executor has said on the ledger that it runs
  };
  struct Seen {
    std::shared_ptr<RunningJob> run;
    std::optional<Progress> progress;
  };

  void tick();
  void ask_all();
  void ask_some(const Did& executor, std::vector<NewsRequest> wanted);
  void hear(const Did& executor, const NewsRequest& asked, const AttemptNews& news);
  void fetch_state(const JobId& id, Entry& entry, const codec::Cid& cid);
  std::uint64_t state_every_ms(const JobId& id) const;
  bool is_lost(const Entry& entry) const;
  void give_up(const JobId& id, Entry& entry);
  bool is_followed() const;

  MarketSurroundings& around_;
  Withdrawals& withdrawals_;
  const std::function<bool(const JobId&)> is_reported_;
  const std::function<void(const JobId&)> on_begin_;
  std::map<JobId, Entry> entries_;
  std::map<Did, std::uint64_t> asked_ms_;  // executors with an open question
  bool is_ticking_ = false;

  mutable std::mutex mutex_;  // of the next
  std::map<JobId, Seen> seen_;
};

}  // namespace icn::mesh
