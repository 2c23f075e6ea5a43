#pragma once

#include <map>

#include "mesh/market/peer_requests.h"

namespace icn::mesh {

// What executors report to this node as the coordinator of a job: checks claim and receipt, fetches what is
// missing of the result, checks that it is whole, and hands it on to be settled. Thread: the market's.
class Receptions {
 public:
  explicit Receptions(MarketSurroundings& around) : around_(around) {}

  // Empty: taken. Else why not: job_not_found, not_coordinator, job_ended, wrong_attempt, not_assigned, J005
  std::string take(ResultReport report);
  // A receipt of the job is at hand.
  bool has(const JobId& id) const { return open_.contains(id); }
  void forget(const JobId& id) { open_.erase(id); }
  // An attempt of the job before this one.
  void forget_before(const JobId& id, std::uint32_t attempt);

 private:
  struct Reception;

  Result<std::shared_ptr<Reception>> check(ResultReport& report) const;
  void fetch_more(const std::shared_ptr<Reception>& reception);
  void finish(Reception& reception);

  MarketSurroundings& around_;
  std::map<JobId, std::shared_ptr<Reception>> open_;
};

}  // namespace icn::mesh
