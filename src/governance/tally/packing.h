#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "governance/tally/election.h"

// What the pack() functions of the methods share. A packed ballot is 0x00 for an abstention, else 0x01 and
// what the method writes.
namespace icn::governance::tally {

inline constexpr char kAbstains = 0;
inline constexpr char kVotes = 1;

inline bool abstains(std::string_view packed) { return packed.front() == kAbstains; }
inline std::string_view marks_of(std::string_view packed) { return packed.substr(1); }

// bad_ballot unless the ballot holds `wanted` alone (a reason may stand beside it).
Result<void> check_members(const BallotContent& content, std::string_view wanted);

// Whether it is {"choice": "abstain"} and nothing else.
bool is_abstention(const BallotContent& content);
inline std::string packed_abstention() { return std::string(1, kAbstains); }

// An alias of a choice.
struct ChoiceName {
  std::string_view name;
  Choice choice;
};
// Of consensus, and of the supermajority it may end with: a block is a no, standing aside an abstention.
inline constexpr std::array<ChoiceName, 2> kConsensusNames{
    {{"block", Choice::kNo}, {"stand_aside", Choice::kAbstain}}};
// Of yes, no, abstain, no_with_veto and their old spellings, and `more`. Packed: 0x01 and the choice's
// number.
Result<std::string> pack_choice(const BallotContent& content, std::span<const ChoiceName> more = {});

// The index of an option. bad_ballot: lists those there are.
Result<std::uint8_t> option_index(const Election& election, std::string_view option);

}  // namespace icn::governance::tally
