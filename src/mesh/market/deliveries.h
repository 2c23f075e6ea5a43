#pragma once

#include <map>

#include "mesh/market/outboxes.h"
#include "mesh/market/peer_requests.h"

namespace icn::mesh {

// What this node has run for other coordinators, until the ledger says that it is settled: reports it, gives
// its blocks, reports it again; a coordinator that does not take it is passed by with a claim on the ledger,
// and reported to on. Thread: the market's.
class Deliveries {
 public:
  static constexpr std::uint64_t kPatienceMs = 2'000;  // design.md 6: no acceptance within it
  static constexpr std::uint64_t kAheadMs = 50;  // this node has a block that its coordinator has not yet
  static constexpr std::size_t kReportsPerRequest = 64;
  static constexpr std::size_t kRequestBytesMax = std::size_t{1} << 20;

  explicit Deliveries(MarketSurroundings& around);

  void add(std::shared_ptr<const FinishedAttempt> attempt, const Did& coordinator);
  void forget(const JobId& id) { open_.erase(id); }
  // An attempt of the job before this one.
  void forget_before(const JobId& id, std::uint32_t attempt) {
    const auto found = open_.find(id);
    if (found != open_.end() && found->second.attempt->claim.attempt < attempt) open_.erase(found);
  }
  // A block of an attempt, for its coordinator. None: this is none of its business.
  std::optional<MeshAnswer> give(const Did& asker, const BlockRequest& request) const;
  bool has(const AttemptName& name) const;

 private:
  struct Delivery {
    std::shared_ptr<const FinishedAttempt> attempt;
    Did coordinator;
    bool is_taken = false;
  };

  void send_again(const JobId& id);
  bool send_some(const Did& coordinator, std::deque<JobId>& waiting, std::function<void()> done);
  void on_answer(const std::vector<JobId>& sent, const Result<MeshAnswer>& answer);
  void look_after(const JobId& id, std::uint32_t attempt);
  void claim(const JobId& id);
  void insist(const JobId& id, std::uint32_t attempt);

  MarketSurroundings& around_;
  std::map<JobId, Delivery> open_;
  Outboxes<JobId> outboxes_;
};

}  // namespace icn::mesh
