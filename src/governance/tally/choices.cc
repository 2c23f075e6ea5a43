#include "governance/tally/choices.h"

#include <array>

namespace icn::governance::tally {
namespace {

ChoiceSums read(std::span<const std::int64_t> sums) {
  const auto at = [&](Choice choice) {
    return static_cast<std::uint64_t>(sums[static_cast<std::size_t>(choice)]);
  };
  return {at(Choice::kYes), at(Choice::kNo), at(Choice::kNoWithVeto)};
}

}  // namespace

bool threshold_holds(const Election& election, const ChoiceSums& sums) {
  if (sums.decisive() == 0) return false;
  if (election.threshold_ppm == 500'000) return 2 * sums.yes > sums.decisive();
  return sums.yes * 1'000'000 >= election.threshold_ppm * sums.decisive();
}

void decide_choices(const Election& election, std::span<const std::int64_t> sums, PassesFn passes,
                    Outcome& out) {
  const ChoiceSums read_sums = read(sums);
  out.yes = read_sums.yes;
  out.no = read_sums.no;
  out.veto = read_sums.veto;
  out.passes = passes(election, read_sums);
  out.vetoed = is_vetoed(read_sums);
  Round round;
  for (const auto& [choice, name] : enum_names(Choice{})) {
    const std::uint64_t count = choice == Choice::kAbstain
                                    ? out.abstain
                                    : static_cast<std::uint64_t>(sums[static_cast<std::size_t>(choice)]);
    round.counts.emplace_back(out.options.size(), whole_votes(static_cast<std::int64_t>(count)));
    out.options.emplace_back(name);
  }
  out.rounds.push_back(std::move(round));
  name_winner(out);
}

void name_winner(Outcome& out) {
  out.winners.clear();
  if (out.yes + out.no + out.veto > 0) {
    out.winners.push_back(static_cast<std::uint32_t>(out.passes && !out.vetoed ? Choice::kYes : Choice::kNo));
  }
  out.rounds.back().elected = out.winners;
}

bool choices_decided(const Election& election, std::span<const std::int64_t> sums, PassesFn passes,
                     std::uint64_t open) {
  const ChoiceSums now = read(sums);
  const std::array<ChoiceSums, 4> ends{{now,
                                        {now.yes + open, now.no, now.veto},
                                        {now.yes, now.no + open, now.veto},
                                        {now.yes, now.no, now.veto + open}}};
  for (const ChoiceSums& end : ends) {
    if (passes(election, end) != passes(election, now) || is_vetoed(end) != is_vetoed(now)) return false;
  }
  return true;
}

std::size_t choice_count(const Election&) { return enum_names(Choice{}).size(); }

void add_choice(std::string_view marks, Share share, std::int64_t sign, std::span<std::int64_t> sums) {
  sums[static_cast<std::size_t>(marks.front())] += sign * static_cast<std::int64_t>(share.members);
}

}  // namespace icn::governance::tally
