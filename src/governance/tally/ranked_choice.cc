#include <array>

#include "governance/tally/errors.h"
#include "governance/tally/packing.h"
#include "governance/tally/ranked_count.h"
#include "governance/tally/rows.h"

namespace icn::governance::tally {
namespace {

// Marks: the options, the most wanted first.
Result<std::string> pack(const Election& election, const BallotContent& content) {
  if (is_abstention(content)) return packed_abstention();
  ICN_TRY(check_members(content, "ranking"));
  if (content.ranking->empty()) {
    return Error(kBadBallot, "a ranking names 1 option at least; who wants none abstains");
  }
  std::array<bool, kOptionsMax> is_ranked{};
  std::string out(1, kVotes);
  for (const auto& option : *content.ranking) {
    ICN_TRY_ASSIGN(index, option_index(election, option));
    if (is_ranked[index]) return Error(kBadBallot, "the option \"" + option + "\" is ranked twice");
    is_ranked[index] = true;
    out += static_cast<char>(index);
  }
  return out;
}

std::unique_ptr<Count> start(const Election& election) { return std::make_unique<RankedCount>(election); }

Result<std::unique_ptr<Count>> load(const Election&, ByteView) {
  return Error(kBadSavedCount, "a ranked count keeps no sums: its stages stand apart");
}

}  // namespace

constinit const Method kRankedChoice{
    "ranked_choice",
    true,
    false,
    "ranking",
    "instant runoff for one seat, single transferable vote by the Scottish rules for several",
    pack,
    start,
    load};

}  // namespace icn::governance::tally
