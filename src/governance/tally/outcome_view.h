#pragma once

#include <map>
#include <string>
#include <vector>

#include "governance/tally/election.h"

// An outcome as people read it: what the endpoint answers, what an audit bundle holds.
namespace icn::governance::tally {

struct RoundView {
  std::map<std::string, Votes> counts;
  std::vector<std::string> elected;
  std::vector<std::string> eliminated;
  std::optional<std::string> transferred;

  static constexpr std::string_view schema_name = "TallyRound";
  static constexpr auto fields() {
    using codec::defaulted_field;
    using codec::field;
    return described(field("counts", &RoundView::counts, "votes of each option, at most five decimals"),
                     field("elected", &RoundView::elected), field("eliminated", &RoundView::eliminated),
                     field("transferred", &RoundView::transferred,
                           "whose surplus was passed on to make this round's counts"));
  }
  bool operator==(const RoundView&) const = default;
};

struct OutcomeView {
  std::vector<std::string> winners;  // of a yes/no vote: yes or no; none without a ballot for either
  std::vector<RoundView> rounds;
  Votes exhausted;
  bool passes = false;
  bool vetoed = false;
  std::uint64_t participated = 0;

  static constexpr std::string_view schema_name = "TallyOutcome";
  static constexpr auto fields() {
    using codec::field;
    return described(
        field("winners", &OutcomeView::winners, "the first elected first; of a yes/no vote yes or no"),
        field("rounds", &OutcomeView::rounds),
        field("exhausted", &OutcomeView::exhausted, "votes that count for no option any more"),
        field("passes", &OutcomeView::passes, "the method's rule and the threshold, the quorum apart"),
        field("vetoed", &OutcomeView::vetoed),
        field("participated", &OutcomeView::participated, "members, abstaining ones too"));
  }
  bool operator==(const OutcomeView&) const = default;
};

OutcomeView view_of(const Outcome& outcome);

}  // namespace icn::governance::tally
