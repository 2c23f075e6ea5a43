#pragma once

#include "ledger/tables.h"
#include "mesh/selection.h"

// What the ledger knows of who bids for a job. Reads the ledger alone: its rule and every node that foresees
// it come to the same. Source: domain.md 7.
namespace icn::mesh {

struct Affiliation {
  std::vector<std::string> federations;  // whose member's node the executor is
  std::uint32_t affinity_ppm = 0;        // to who the job is of
};
// Federations stand above jobs, so whoever composes the ledger hands this in.
using FindAffiliation = Result<Affiliation> (*)(const ledger::Reader& state, std::string_view network,
                                                const Job& job, const Did& executor);

// Where and when it is asked. Without `find` nobody is in a federation.
struct BidderQuestion {
  std::string_view network;
  TimestampSecs time = 0;
  std::uint64_t running_secs = 0;
  FindAffiliation find = nullptr;
};

// All of a Bidder but whether it can lock its share, which depends on the price.
Result<Bidder> load_bidder(const ledger::Reader& state, const BidderQuestion& asked, const Job& job,
                           const Did& executor);

// Whole points.
Result<std::uint32_t> reputation_at(const ledger::Reader& state, const Did& did, TimestampSecs now);
// What `executor` gets for an attempt it runs without a bid: its usual price by its reputation now.
Result<Millimana> usual_price(const ledger::Reader& state, const Job& job, const JobId& id,
                              const Did& executor, TimestampSecs now);

}  // namespace icn::mesh
