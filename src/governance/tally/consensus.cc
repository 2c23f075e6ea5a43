#include "governance/tally/choices.h"
#include "governance/tally/packing.h"
#include "governance/tally/rows.h"

namespace icn::governance::tally {
namespace {

bool passes(const Election&, const ChoiceSums& sums) { return sums.against() == 0; }

Result<std::string> pack(const Election&, const BallotContent& content) {
  return pack_choice(content, kConsensusNames);
}

}  // namespace

constinit const Method kConsensus{"consensus",
                                  false,
                                  true,
                                  "choice",
                                  "nobody blocks",
                                  pack,
                                  start_count<kChoiceRule<passes>>,
                                  load_count<kChoiceRule<passes>>};

}  // namespace icn::governance::tally
