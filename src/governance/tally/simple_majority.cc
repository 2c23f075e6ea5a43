#include "governance/tally/choices.h"
#include "governance/tally/packing.h"
#include "governance/tally/rows.h"

namespace icn::governance::tally {
namespace {

bool passes(const Election& election, const ChoiceSums& sums) {
  return 2 * sums.yes > sums.decisive() && threshold_holds(election, sums);
}

Result<std::string> pack(const Election&, const BallotContent& content) { return pack_choice(content); }

}  // namespace

constinit const Method kSimpleMajority{"simple_majority",
                                       false,
                                       true,
                                       "choice",
                                       "more yes than no; a tie fails",
                                       pack,
                                       start_count<kChoiceRule<passes>>,
                                       load_count<kChoiceRule<passes>>};

}  // namespace icn::governance::tally
