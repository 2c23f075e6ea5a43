#include "governance/tally/choices.h"
#include "governance/tally/packing.h"
#include "governance/tally/rows.h"

namespace icn::governance::tally {
namespace {

bool passes(const Election& election, const ChoiceSums& sums) {
  return sums.yes >= 1 && sums.against() <= election.minus && threshold_holds(election, sums);
}

Result<std::string> pack(const Election&, const BallotContent& content) { return pack_choice(content); }

}  // namespace

constinit const Method kUnanimous{"unanimous",
                                  false,
                                  true,
                                  "choice",
                                  "at least one yes and nobody against, or as many as minus allows",
                                  pack,
                                  start_count<kChoiceRule<passes>>,
                                  load_count<kChoiceRule<passes>>};

}  // namespace icn::governance::tally
