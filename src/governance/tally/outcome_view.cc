#include "governance/tally/outcome_view.h"

namespace icn::governance::tally {

OutcomeView view_of(const Outcome& outcome) {
  const auto names = [&](const std::vector<std::uint32_t>& options) {
    std::vector<std::string> out;
    for (const std::uint32_t each : options) out.push_back(outcome.options[each]);
    return out;
  };
  OutcomeView out;
  out.winners = names(outcome.winners);
  for (const Round& round : outcome.rounds) {
    RoundView view;
    for (const auto& [option, votes] : round.counts) view.counts.emplace(outcome.options[option], votes);
    view.elected = names(round.elected);
    view.eliminated = names(round.eliminated);
    if (round.transferred) view.transferred = outcome.options[*round.transferred];
    out.rounds.push_back(std::move(view));
  }
  out.exhausted = outcome.exhausted;
  out.passes = outcome.passes;
  out.vetoed = outcome.vetoed;
  out.participated = outcome.participated;
  return out;
}

}  // namespace icn::governance::tally
