#include "governance/api/count_ballots.h"

#include <algorithm>
#include <numeric>

#include "governance/tally/errors.h"
#include "governance/tally/method.h"

namespace icn::governance::api {
namespace {

using Input = CountBallots::Input;

constexpr std::uint64_t kCountMax = 1'000'000'000;
constexpr std::uint64_t kTotalMax = 1ull << 40;
constexpr std::uint64_t kWeightMax = 1'000'000;
constexpr std::uint64_t kDaysMax = 3'650;

Error wrong_number(std::string_view name, std::uint64_t max, std::uint64_t value) {
  return Error(tally::kBadBallot,
               std::string(name) + " must be 1 to " + std::to_string(max) + ", not " + std::to_string(value));
}

Result<void> check_numbers(const CountBallots::Ballot& ballot) {
  if (ballot.count < 1 || ballot.count > kCountMax) return wrong_number("count", kCountMax, ballot.count);
  if (ballot.weight < 1 || ballot.weight > kWeightMax)
    return wrong_number("weight", kWeightMax, ballot.weight);
  if (ballot.days < 1 || ballot.days > kDaysMax) return wrong_number("days", kDaysMax, ballot.days);
  return {};
}

Result<std::uint64_t> threshold_ppm(const std::optional<codec::Json>& threshold) {
  if (!threshold) return 500'000;
  const auto* number = threshold->number();
  const auto ppm = number == nullptr ? Result<std::int64_t>(-1) : codec::read_decimal(number->text, 6);
  if (!ppm.ok() || *ppm < 500'000 || *ppm > 1'000'000) {
    return Error(tally::kBadElection, "threshold must be a number from 0.5 to 1 with at most 6 decimals");
  }
  return static_cast<std::uint64_t>(*ppm);
}

Error of_ballot(std::size_t index, const Error& error) {
  return error.within("ballots[" + std::to_string(index) + "]");
}

// How many supported at the end of each day, the first first, from for how long each has.
std::vector<std::uint64_t> supporters_of(const Input& input) {
  std::uint64_t days = 0;
  for (const auto& ballot : input.ballots) days = std::max(days, ballot.days);
  std::vector<std::uint64_t> out(days);
  for (const auto& ballot : input.ballots) {
    if (ballot.choice == "yes") out[days - ballot.days] += ballot.count;  // who begin on that day
  }
  std::partial_sum(out.begin(), out.end(), out.begin());
  return out;
}

Result<tally::Election> election_of(const Input& input) {
  tally::Election out;
  out.method = input.method;
  out.proposal_id = input.proposal_id;
  out.options = input.options;
  out.seats = input.seats;
  ICN_TRY_ASSIGN(ppm, threshold_ppm(input.threshold));
  out.threshold_ppm = ppm;
  out.numerator = input.numerator;
  out.denominator = input.denominator;
  out.minus = input.minus;
  std::uint64_t total = 0;
  std::uint64_t weight = 0;
  for (std::size_t i = 0; i < input.ballots.size(); ++i) {
    const auto checked = check_numbers(input.ballots[i]);
    if (!checked.ok()) return of_ballot(i, checked.error());
    total += input.ballots[i].count;
    weight += input.ballots[i].count * input.ballots[i].weight;
    if (total > kTotalMax || weight > kTotalMax) {
      return Error(tally::kBadElection, "more than 2^40 ballots, or that much weight");
    }
  }
  out.eligible = std::min(input.eligible.value_or(total), kTotalMax);
  if (input.method == "conviction") out.supporters = supporters_of(input);
  ICN_TRY(tally::check_election(out));
  return out;
}

}  // namespace

Result<tally::OutcomeView> count_ballots(const Input& input) {
  ICN_TRY_ASSIGN(method, tally::find_method(input.method));
  ICN_TRY_ASSIGN(election, election_of(input));
  const auto count = method->start(election);
  for (std::size_t i = 0; i < input.ballots.size(); ++i) {
    const CountBallots::Ballot& each = input.ballots[i];
    const auto packed = method->pack(election, {each.choice, each.position, each.ranking, each.approvals,
                                                each.scores, each.credits, each.reason});
    if (!packed.ok()) return of_ballot(i, packed.error());
    count->add(*packed, {each.count, each.count * each.weight});
  }
  while (!count->advance(1 << 20)) {
  }
  return tally::view_of(count->outcome());
}

Result<CountBallots::Output> CountBallots::handle(const http::Call&, const Input& input) {
  return count_ballots(input);
}

}  // namespace icn::governance::api
