#include "governance/tally/choices.h"
#include "governance/tally/packing.h"
#include "governance/tally/rows.h"

namespace icn::governance::tally {
namespace {

bool passes(const Election& election, const ChoiceSums& sums) {
  return 2 * sums.yes > sums.decisive() && threshold_holds(election, sums);
}

void add_weight(std::string_view marks, Share share, std::int64_t sign, std::span<std::int64_t> sums) {
  add_choice(marks, {share.weight, share.weight}, sign, sums);
}

constexpr SumRule kRule{choice_count, add_weight, kChoiceRule<passes>.decide,
                        [](const Election& election, std::span<const std::int64_t> sums, Share open) {
                          return choices_decided(election, sums, passes, open.weight);
                        }};

Result<std::string> pack(const Election&, const BallotContent& content) { return pack_choice(content); }

}  // namespace

constinit const Method kWeighted{
    "weighted",
    false,
    true,
    "choice",
    "more weight of yes than of no: of an organisation what the federation decided, of a count the ballots'",
    pack,
    start_count<kRule>,
    load_count<kRule>};

}  // namespace icn::governance::tally
