#pragma once

#include <map>

#include "mesh/market/peer_requests.h"

namespace icn::mesh {

// The attempts this node has of jobs that others coordinate: answers their coordinators' questions, and says
// on the ledger that it runs those that nobody asks for (mesh.start). Thread: the market's.
class Holdings {
 public:
  static constexpr std::uint64_t kUnaskedMs = 3'000;

  explicit Holdings(MarketSurroundings& around) : around_(around) {}

  // Assigned to this node.
  void add(const JobId& id, const Job& job);
  void forget(const JobId& id) { held_.erase(id); }
  // An attempt of the job before this one.
  void forget_before(const JobId& id, std::uint32_t attempt) {
    const auto found = held_.find(id);
    if (found != held_.end() && found->second.attempt < attempt) held_.erase(found);
  }
  // The newest state a run here has saved, for the job's coordinator. None: this is none of its business.
  std::optional<MeshAnswer> give(const Did& asker, const BlockRequest& request) const;
  // None: the asker coordinates one of the jobs not.
  std::optional<std::vector<AttemptNews>> tell(const Did& asker, const std::vector<NewsRequest>& wanted);

 private:
  struct Held {
    std::uint32_t attempt = 1;
    Did coordinator;
    std::uint64_t asked_ms = 0;  // last
    bool is_said = false;        // on the ledger that it runs
  };
  void tick();
  void say_started();

  MarketSurroundings& around_;
  std::map<JobId, Held> held_;
  bool is_ticking_ = false;
};

}  // namespace icn::mesh
