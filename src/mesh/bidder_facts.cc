#include "mesh/bidder_facts.h"

#include "mesh/price.h"
#include "mesh/redundancy.h"
#include "reputation/score/record.h"

namespace icn::mesh {

Result<std::uint32_t> reputation_at(const ledger::Reader& state, const Did& did, TimestampSecs now) {
  ICN_TRY_ASSIGN(standing, reputation::load_standing(state, did));
  return whole_points(reputation::score_at(standing, now));
}

Result<Millimana> usual_price(const ledger::Reader& state, const Job& job, const JobId& id,
                              const Did& executor, TimestampSecs now) {
  ICN_TRY_ASSIGN(reputation, reputation_at(state, executor, now));
  return default_price(job, id, executor, reputation);
}

Result<Bidder> load_bidder(const ledger::Reader& state, const BidderQuestion& asked, const Job& job,
                           const Did& executor) {
  Bidder bidder;
  ICN_TRY_ASSIGN(reputation, reputation_at(state, executor, asked.time));
  bidder.reputation = reputation;
  ICN_TRY_ASSIGN(frozen, is_frozen(state, executor, asked.running_secs));
  bidder.is_frozen = frozen;
  if (asked.find == nullptr) return bidder;
  ICN_TRY_ASSIGN(affiliation, asked.find(state, asked.network, job, executor));
  bidder.federations = std::move(affiliation.federations);
  bidder.affinity_ppm = affiliation.affinity_ppm;
  return bidder;
}

}  // namespace icn::mesh
