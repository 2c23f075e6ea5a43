#pragma once

#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "network/peer_id.h"

namespace icn::network {

struct StandingOptions {
  int strikes_max = 3;  // this many invalid messages mute a peer
  std::uint64_t mute_secs = 600;
  int ban_score = -10;  // at this score a peer is banned
  std::uint64_t ban_secs = 3600;
  std::uint64_t forgive_secs = 60;  // a point of the score comes back in this time
  std::size_t peers_max = 10'000;   // remembered; the ones that did least harm are forgotten first
};

struct Ban {
  PeerId peer;
  TimestampSecs until = 0;
  std::string reason;
};

// What this node thinks of its peers: 0 is neutral, harm lowers it, time heals it. Survives reconnecting;
// over a restart its owner carries the bans. Thread: any.
class Standing {
 public:
  // `banned(peer, true or false)` is told when a ban begins or ends, on the thread that caused it.
  Standing(const Clock& clock, StandingOptions options, std::function<void(const PeerId&, bool)> banned)
      : clock_(clock), options_(options), banned_(std::move(banned)) {}

  // An invalid message or block: one point less and a strike. Answers the new score.
  double strike(const PeerId& peer);
  double score(const PeerId& peer) const;
  bool is_muted(const PeerId& peer) const;

  void ban(const PeerId& peer, std::uint64_t secs, std::string reason);
  // A ban of an earlier run. Nobody is told.
  void restore(const Ban& ban);
  // None: the peer is not banned.
  std::optional<Ban> ban_of(const PeerId& peer) const;
  // Its score is forgiven with it.   false: it was not banned
  bool lift(const PeerId& peer);
  std::vector<Ban> bans() const;

  // Ends what is over. Call it every few seconds.
  void tick();

 private:
  struct Record {
    double score = 0;
    std::uint64_t scored_secs = 0;  // when `score` was true
    int strikes = 0;
    std::uint64_t muted_until = 0;
    std::uint64_t banned_until = 0;
    std::string reason;
  };
  double healed(const Record& record, std::uint64_t now) const;
  void make_room();

  const Clock& clock_;
  const StandingOptions options_;
  const std::function<void(const PeerId&, bool)> banned_;
  mutable std::mutex mutex_;
  std::map<PeerId, Record> records_;
};

}  // namespace icn::network
