#include "governance/tally/choices.h"
#include "governance/tally/packing.h"
#include "governance/tally/rows.h"

namespace icn::governance::tally {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::uint64_t kMillion = 1'000'000;

void decide(const Election& election, std::span<const std::int64_t> sums, Outcome& out) {
  kChoiceRule<threshold_holds>.decide(election, sums, out);
  std::uint64_t conviction_micro = 0;
  for (const std::uint64_t supporters : election.supporters) {
    conviction_micro = next_conviction(conviction_micro, supporters, election.decay_ppm);
  }
  out.passes = conviction_passes(conviction_micro, election);
  out.vetoed = false;
  name_winner(out);
}

constexpr SumRule kRule{choice_count, add_choice, decide, never_decided};

Result<std::string> pack(const Election&, const BallotContent& content) { return pack_choice(content); }

}  // namespace

std::uint64_t next_conviction(std::uint64_t before_micro, std::uint64_t supporters, std::uint64_t decay_ppm) {
  return static_cast<std::uint64_t>(Wide(before_micro) * decay_ppm / kMillion) + supporters * kMillion;
}

bool conviction_passes(std::uint64_t conviction_micro, const Election& election) {
  if (election.eligible == 0) return false;
  return Wide(conviction_micro) * (kMillion - election.decay_ppm) >=
         Wide(election.share_ppm) * election.eligible * kMillion;
}

constinit const Method kConviction{"conviction",
                                   false,
                                   true,
                                   "choice",
                                   "support that grows day by day reaches the share's full conviction",
                                   pack,
                                   start_count<kRule>,
                                   load_count<kRule>};

}  // namespace icn::governance::tally
