#pragma once

#include "governance/tally/sums.h"

// What the yes/no methods share: sums of yes, no and no with veto.
namespace icn::governance::tally {

struct ChoiceSums {
  std::uint64_t yes = 0;
  std::uint64_t no = 0;
  std::uint64_t veto = 0;
  constexpr std::uint64_t against() const { return no + veto; }         // N
  constexpr std::uint64_t decisive() const { return yes + against(); }  // y + N
};

// threshold_ppm of them: 500,000 is strictly more than half, anything larger at least. False without a yes or
// no.
bool threshold_holds(const Election& election, const ChoiceSums& sums);
// 3 v > y + N
constexpr bool is_vetoed(const ChoiceSums& sums) { return 3 * sums.veto > sums.decisive(); }

// A yes/no method is this predicate; more yes never hurts and more no never helps.
using PassesFn = bool (*)(const Election& election, const ChoiceSums& sums);

void decide_choices(const Election& election, std::span<const std::int64_t> sums, PassesFn passes,
                    Outcome& out);
// Sets `winners` to yes or no by `passes` and `vetoed`; to none without a ballot for either.
void name_winner(Outcome& out);
bool choices_decided(const Election& election, std::span<const std::int64_t> sums, PassesFn passes,
                     std::uint64_t open);

std::size_t choice_count(const Election& election);
void add_choice(std::string_view marks, Share share, std::int64_t sign, std::span<std::int64_t> sums);

template <PassesFn kPasses>
inline constexpr SumRule kChoiceRule{
    choice_count, add_choice,
    [](const Election& election, std::span<const std::int64_t> sums, Outcome& out) {
      decide_choices(election, sums, kPasses, out);
    },
    [](const Election& election, std::span<const std::int64_t> sums, Share open) {
      return choices_decided(election, sums, kPasses, open.members);
    }};

}  // namespace icn::governance::tally
