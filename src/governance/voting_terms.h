#pragma once

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "codec/records.h"

// How a proposal is voted on: method, quorum and privacy, as its ledger record holds them.
// Format: docs/formats/governance.md. Source: domain.md 4.
namespace icn::governance {

enum class VotingMethod {
  kSimpleMajority,
  kSupermajority,
  kUnanimous,
  kConsensus,
  kConsent,
  kRankedChoice,
  kScore,
  kApproval,
  kQuadratic,
  kConviction,
  kWeighted,
};
constexpr auto enum_names(VotingMethod) {
  using enum VotingMethod;
  using Name = std::pair<VotingMethod, std::string_view>;
  return std::array{Name(kSimpleMajority, "simple_majority"),
                    Name(kSupermajority, "supermajority"),
                    Name(kUnanimous, "unanimous"),
                    Name(kConsensus, "consensus"),
                    Name(kConsent, "consent"),
                    Name(kRankedChoice, "ranked_choice"),
                    Name(kScore, "score"),
                    Name(kApproval, "approval"),
                    Name(kQuadratic, "quadratic"),
                    Name(kConviction, "conviction"),
                    Name(kWeighted, "weighted")};
}
// Asks to choose among options instead of yes or no.
constexpr bool has_options(VotingMethod method) {
  using enum VotingMethod;
  return method == kRankedChoice || method == kScore || method == kApproval || method == kQuadratic;
}

// Passes by a share of yes: a threshold above half can be asked of it.
constexpr bool has_threshold(VotingMethod method) {
  return !has_options(method) && method != VotingMethod::kConviction;
}

struct MethodParams {
  std::vector<std::string> options;  // ids, 64 bytes at most; their words stand in the text
  std::uint32_t seats = 1;           // ranked_choice
  std::uint32_t numerator = 2;       // supermajority
  std::uint32_t denominator = 3;
  std::uint32_t minus = 0;              // unanimous: so many may be against, 2 at most
  bool falls_to_supermajority = false;  // consensus: after the last round 75 % decide
  bool closes_early = false;            // a cast ballot is final then
  static constexpr std::string_view schema_name = "MethodParams";
  static constexpr auto fields() {
    using codec::defaulted_field;
    return described(
        defaulted_field("options", &MethodParams::options, "ids of what is chosen from", {0, 100}),
        defaulted_field("seats", &MethodParams::seats, "ranked_choice: how many win", {1, 100}),
        defaulted_field("numerator", &MethodParams::numerator, "supermajority", {1, 1'000'000}),
        defaulted_field("denominator", &MethodParams::denominator, "supermajority", {1, 1'000'000}),
        defaulted_field("minus", &MethodParams::minus, "unanimous: so many may be against", {0, 2}),
        defaulted_field("falls_to_supermajority", &MethodParams::falls_to_supermajority,
                        "consensus: after the last round 75 % decide"),
        defaulted_field("closes_early", &MethodParams::closes_early,
                        "voting ends when nothing can change the result; ballots are final"));
  }
  bool operator==(const MethodParams&) const = default;
};

enum class QuorumKind { kPercent, kFixed, kNone, kDynamic };
constexpr auto enum_names(QuorumKind) {
  using Name = std::pair<QuorumKind, std::string_view>;
  return std::array{Name(QuorumKind::kPercent, "percent"), Name(QuorumKind::kFixed, "fixed"),
                    Name(QuorumKind::kNone, "none"), Name(QuorumKind::kDynamic, "dynamic")};
}
// kPercent: `value` in ppm of the eligible; kFixed: a count. Beside it the category's own quorum,
// `floor_ppm`, must hold.
struct Quorum {
  QuorumKind kind = QuorumKind::kPercent;
  std::uint64_t value = 0;
  std::uint64_t floor_ppm = 0;
  static constexpr std::string_view schema_name = "Quorum";
  static constexpr auto fields() {
    using codec::field;
    return described(field("kind", &Quorum::kind), field("value", &Quorum::value, "ppm, or a count"),
                     field("floor_ppm", &Quorum::floor_ppm, "the category's"));
  }
  bool operator==(const Quorum&) const = default;
};

// Pseudonymous ballots are refused by name: there are no blind-signed ballots.
enum class Privacy { kPublic, kPrivateUntilEnd, kPseudonymous };
constexpr auto enum_names(Privacy) {
  return std::array{std::pair(Privacy::kPublic, std::string_view("public")),
                    std::pair(Privacy::kPrivateUntilEnd, std::string_view("private_until_end")),
                    std::pair(Privacy::kPseudonymous, std::string_view("pseudonymous"))};
}

}  // namespace icn::governance
