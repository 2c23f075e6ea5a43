#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "codec/values.h"

// How many must take part. Source: domain.md 4.
namespace icn::governance::tally {

enum class QuorumKind { kPercent, kFixed, kNone, kDynamic };
constexpr auto enum_names(QuorumKind) {
  using Name = std::pair<QuorumKind, std::string_view>;
  return std::array{Name(QuorumKind::kPercent, "percent"), Name(QuorumKind::kFixed, "fixed"),
                    Name(QuorumKind::kNone, "none"), Name(QuorumKind::kDynamic, "dynamic")};
}

struct QuorumTerms {
  QuorumKind kind = QuorumKind::kPercent;
  std::uint64_t value = 0;      // percent: ppm of E; fixed: a count
  std::uint64_t floor_ppm = 0;  // of E, must hold beside it, whatever the kind
  // What dynamic looks at.
  bool is_constitutional = false;
  bool is_emergency = false;
  bool is_large_budget = false;  // above 10,000 mana

  static constexpr std::string_view schema_name = "QuorumTerms";
  static constexpr auto fields() {
    using codec::defaulted_field;
    using codec::field;
    return described(
        field("kind", &QuorumTerms::kind),
        defaulted_field("value", &QuorumTerms::value, "percent: ppm; fixed: a count"),
        defaulted_field("floor_ppm", &QuorumTerms::floor_ppm, "must hold beside it", {0, 1'000'000}),
        defaulted_field("is_constitutional", &QuorumTerms::is_constitutional),
        defaulted_field("is_emergency", &QuorumTerms::is_emergency),
        defaulted_field("is_large_budget", &QuorumTerms::is_large_budget));
  }
};

// The least P that holds: percent q: 100 P >= q E; fixed k: P >= k; none: P >= 1; dynamic: q = 20 % + 30 % of
// the importance (0.5 constitutional + 0.4 emergency + 0.3 large budget, at most 1). Never below 1.
std::uint64_t quorum_needed(const QuorumTerms& terms, std::uint64_t eligible);

// False for E = 0. Source: domain.md 4 "Quorum".
constexpr bool quorum_holds(std::uint64_t needed, std::uint64_t participated, std::uint64_t eligible) {
  return eligible > 0 && participated >= needed;
}

}  // namespace icn::governance::tally
