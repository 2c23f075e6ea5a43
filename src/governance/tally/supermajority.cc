#include "governance/tally/choices.h"
#include "governance/tally/packing.h"
#include "governance/tally/rows.h"

namespace icn::governance::tally {
namespace {

bool passes(const Election& election, const ChoiceSums& sums) {
  return sums.decisive() > 0 && election.denominator * sums.yes >= election.numerator * sums.decisive() &&
         threshold_holds(election, sums);
}

Result<std::string> pack(const Election&, const BallotContent& content) {
  return pack_choice(content, kConsensusNames);
}

}  // namespace

constinit const Method kSupermajority{"supermajority",
                                      false,
                                      true,
                                      "choice",
                                      "at least the given fraction of yes and no says yes",
                                      pack,
                                      start_count<kChoiceRule<passes>>,
                                      load_count<kChoiceRule<passes>>};

}  // namespace icn::governance::tally
