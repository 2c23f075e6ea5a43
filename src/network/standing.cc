#include "network/standing.h"

#include <algorithm>

namespace icn::network {

double Standing::healed(const Record& record, std::uint64_t now) const {
  const std::uint64_t passed = now > record.scored_secs ? now - record.scored_secs : 0;
  return std::min(0.0,
                  record.score + static_cast<double>(passed) / static_cast<double>(options_.forgive_secs));
}

double Standing::strike(const PeerId& peer) {
  const std::uint64_t now = clock_.now_secs();
  double score = 0;
  bool is_banned = false;
  {
    const std::lock_guard lock(mutex_);
    make_room();
    Record& record = records_[peer];
    score = record.score = healed(record, now) - 1;
    record.scored_secs = now;
    if (++record.strikes >= options_.strikes_max) {
      record.strikes = 0;
      record.muted_until = now + options_.mute_secs;
    }
    is_banned = score <= options_.ban_score && record.banned_until <= now;
  }
  if (is_banned) ban(peer, options_.ban_secs, "too many invalid messages");
  return score;
}

double Standing::score(const PeerId& peer) const {
  const std::lock_guard lock(mutex_);
  const auto at = records_.find(peer);
  return at == records_.end() ? 0 : healed(at->second, clock_.now_secs());
}

bool Standing::is_muted(const PeerId& peer) const {
  const std::lock_guard lock(mutex_);
  const auto at = records_.find(peer);
  return at != records_.end() && at->second.muted_until > clock_.now_secs();
}

void Standing::ban(const PeerId& peer, std::uint64_t secs, std::string reason) {
  {
    const std::lock_guard lock(mutex_);
    Record& record = records_[peer];
    record.banned_until = clock_.now_secs() + secs;
    record.reason = std::move(reason);
  }
  banned_(peer, true);
}

void Standing::restore(const Ban& ban) {
  const std::lock_guard lock(mutex_);
  Record& record = records_[ban.peer];
  record.banned_until = ban.until;
  record.reason = ban.reason;
}

std::optional<Ban> Standing::ban_of(const PeerId& peer) const {
  const std::lock_guard lock(mutex_);
  const auto at = records_.find(peer);
  if (at == records_.end() || at->second.banned_until <= clock_.now_secs()) return std::nullopt;
  return Ban{peer, at->second.banned_until, at->second.reason};
}

bool Standing::lift(const PeerId& peer) {
  {
    const std::lock_guard lock(mutex_);
    const auto at = records_.find(peer);
    if (at == records_.end() || at->second.banned_until <= clock_.now_secs()) return false;
    records_.erase(at);
  }
  banned_(peer, false);
  return true;
}

std::vector<Ban> Standing::bans() const {
  const std::lock_guard lock(mutex_);
  std::vector<Ban> out;
  for (const auto& [peer, record] : records_) {
    if (record.banned_until > clock_.now_secs()) out.push_back({peer, record.banned_until, record.reason});
  }
  return out;
}

void Standing::tick() {
  std::vector<PeerId> free;
  {
    const std::lock_guard lock(mutex_);
    const std::uint64_t now = clock_.now_secs();
    for (auto at = records_.begin(); at != records_.end();) {
      Record& record = at->second;
      if (record.banned_until != 0 && record.banned_until <= now) {
        free.push_back(at->first);
        record.banned_until = 0;
      }
      const bool is_clean = record.banned_until == 0 && record.muted_until <= now && healed(record, now) == 0;
      at = is_clean ? records_.erase(at) : std::next(at);
    }
  }
  for (const PeerId& peer : free) banned_(peer, false);
}

void Standing::make_room() {
  if (records_.size() < options_.peers_max) return;
  const auto least = std::ranges::max_element(records_, {}, [](const auto& each) {
    return std::pair(each.second.banned_until == 0, each.second.score);
  });
  records_.erase(least);
}

}  // namespace icn::network
