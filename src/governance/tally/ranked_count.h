#pragma once

#include "governance/tally/method.h"
#include "governance/tally/ranking_groups.h"

namespace icn::governance::tally {

// The count of ranked_choice. A stage is the first preferences, the elimination of an option, or the transfer
// of a surplus; it ends in a Round.
//
// One seat (domain.md 4): an option with more than half of the votes that still count wins, else the lowest
// goes. Several seats (Scottish Local Government Elections Order 2007, schedule 1, rules 45 to 52): the quota
// is votes / (seats + 1) + 1; who reaches it is elected; of several surpluses the largest is transferred
// first, each paper at surplus x its value / votes of the option, to five decimals, any remainder ignored;
// with no surplus left the lowest is eliminated and its papers keep their values; as many options as seats
// are left: all elected. Ties (in both): the latest earlier stage at which they differ decides; where there
// is none, the larger tie_hash() goes, and of equal surpluses the smaller one is transferred first (the Order
// draws lots instead). Nobody is elected without a single ranking.
class RankedCount final : public Count {
 public:
  explicit RankedCount(const Election& election);

  void add(std::string_view packed, Share share) override;
  void remove(std::string_view packed, Share share) override;  // never called (asserted)
  bool advance(std::uint64_t rows_max) override;
  Outcome outcome() const override;
  bool is_decided(Share open) const override { return open.members == 0; }

  // [participated, abstaining, groups advanced over, [[ranking, members], ...] by ranking]
  Bytes save() const override;
  Result<void> load(ByteView saved);

 private:
  enum class Standing : std::uint8_t { kContinuing, kElected, kEliminated };
  enum class Step : std::uint8_t { kFirstPreferences, kElimination, kSurplus, kDone };

  void touch(std::uint32_t index);
  std::uint32_t passed_on(std::uint32_t value);
  void begin(Step step, std::uint32_t option);
  std::uint64_t rows_of_step() const;
  void end_step();
  void end_stage_of_one();
  void end_stage_of_several();
  void elect(std::vector<std::uint32_t> options, Round& round);
  bool elect_who_can_be(Round& round);
  std::optional<std::uint32_t> largest_surplus() const;
  std::vector<std::uint32_t> continuing() const;
  Round make_round() const;
  std::uint32_t first_by(std::vector<std::uint32_t> options, bool wants_highest) const;
  std::int64_t active() const;

  const Election& election_;
  std::vector<crypto::Hash> hashes_;
  RankingGroups groups_;
  std::uint64_t participated_ = 0;
  std::uint64_t abstaining_ = 0;

  Step step_ = Step::kFirstPreferences;
  std::uint32_t option_ = 0;  // eliminated, or whose surplus is transferred
  std::uint64_t cursor_ = 0;  // rows of the step that are done
  std::uint64_t advanced_ = 0;
  bool has_begun_ = false;
  std::int64_t surplus_ = 0;
  std::int64_t credited_ = 0;     // of option_ before the transfer
  std::uint32_t last_value_ = 0;  // passed_on() of the last value asked for
  std::uint32_t last_passed_on_ = 0;

  std::vector<std::vector<std::uint32_t>> piles_;  // groups by the option they are with
  std::vector<std::int64_t> votes_;                // of each option, in hundred-thousandths
  std::vector<Standing> standing_;
  std::vector<bool> has_pending_surplus_;
  std::vector<std::vector<std::int64_t>> earlier_;  // votes_ at the end of each stage
  std::int64_t total_ = 0;
  std::int64_t quota_ = 0;
  std::vector<std::uint32_t> winners_;
  std::vector<Round> rounds_;
};

}  // namespace icn::governance::tally
