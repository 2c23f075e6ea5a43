#pragma once

#include <memory>
#include <span>

#include "governance/tally/method.h"

// The count of every method but ranked choice: sums to which a ballot adds and from which it can be taken.
namespace icn::governance::tally {

// What a method does with its sums. All functions are pure.
struct SumRule {
  // How many sums it keeps.
  std::size_t (*size)(const Election& election);
  // Adds `share` times a packed ballot that is no abstention; `sign` is 1 or -1.
  void (*apply)(std::string_view marks, Share share, std::int64_t sign, std::span<std::int64_t> sums);
  // Fills all of `out` but `abstain` and `participated`, which are set.
  void (*decide)(const Election& election, std::span<const std::int64_t> sums, Outcome& out);
  // Count::is_decided() for open.members > 0.
  bool (*is_decided)(const Election& election, std::span<const std::int64_t> sums, Share open);
};

std::unique_ptr<Count> start_sums(const SumRule& rule, const Election& election);
// Saved: [participated, abstaining, [sum, ...]].
Result<std::unique_ptr<Count>> load_sums(const SumRule& rule, const Election& election, ByteView saved);

// The two functions of a row of a method, from its rule.
template <const SumRule& kRule>
std::unique_ptr<Count> start_count(const Election& election) {
  return start_sums(kRule, election);
}
template <const SumRule& kRule>
Result<std::unique_ptr<Count>> load_count(const Election& election, ByteView saved) {
  return load_sums(kRule, election, saved);
}

inline bool never_decided(const Election&, std::span<const std::int64_t>, Share) { return false; }

}  // namespace icn::governance::tally
