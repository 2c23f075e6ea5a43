#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "codec/values.h"

// What stands on a ballot. Source: domain.md 4.
namespace icn::governance::tally {

enum class Choice { kYes, kNo, kAbstain, kNoWithVeto };
constexpr auto enum_names(Choice) {
  using Name = std::pair<Choice, std::string_view>;
  return std::array{Name(Choice::kYes, "yes"), Name(Choice::kNo, "no"), Name(Choice::kAbstain, "abstain"),
                    Name(Choice::kNoWithVeto, "no_with_veto")};
}

enum class Position { kStrongSupport, kSupport, kNeutral, kConcern, kObjection };
constexpr auto enum_names(Position) {
  using Name = std::pair<Position, std::string_view>;
  return std::array{Name(Position::kStrongSupport, "strong_support"), Name(Position::kSupport, "support"),
                    Name(Position::kNeutral, "neutral"), Name(Position::kConcern, "concern"),
                    Name(Position::kObjection, "objection")};
}

inline constexpr std::size_t kOptionsMax = 100;
inline constexpr std::size_t kOptionBytesMax = 64;
inline constexpr std::uint32_t kScoreMax = 10;
inline constexpr std::int64_t kCreditsMax = 100;
inline constexpr std::size_t kObjectionReasonBytesMin = 20;

// The members of a ballot's body that hold the vote. Which one a method takes, and what may stand in it, is
// for Method::pack() to say; any method takes {"choice": "abstain"}.
struct BallotContent {
  std::optional<std::string> choice;  // a text: old spellings and those of consensus are taken too
  std::optional<Position> position;
  std::optional<std::vector<std::string>> ranking;             // the most wanted first
  std::optional<std::vector<std::string>> approvals;           // in any order
  std::optional<std::map<std::string, std::uint32_t>> scores;  // absent options have 0
  std::optional<std::map<std::string, std::int64_t>> credits;  // spent; below 0: against the option
  std::optional<std::string> reason;                           // of an objection

  static constexpr std::string_view schema_name = "BallotContent";
  static constexpr auto fields() {
    using codec::field;
    return described(
        field("choice", &BallotContent::choice, "yes, no, abstain, no_with_veto", {1, 20}),
        field("position", &BallotContent::position, "consent"),
        field("ranking", &BallotContent::ranking, "ranked_choice: options, the most wanted first", {1, 100}),
        field("approvals", &BallotContent::approvals, "approval: options", {0, 100}),
        field("scores", &BallotContent::scores, "score: 0 to 10 of each option", {0, 100}),
        field("credits", &BallotContent::credits,
              "quadratic: credits spent on an option, below 0 against it; 100 altogether", {0, 100}),
        field("reason", &BallotContent::reason, "of an objection: the harm, in 20 bytes at least",
              {0, 2'000}));
  }
};

}  // namespace icn::governance::tally
