#pragma once

#include "codec/cbor_stream.h"
#include "governance/tally/method.h"

namespace icn::governance::tally {

// The count of ranked_choice, stage by stage. A stage is the first preferences, the elimination of an option,
// or the transfer of a surplus. In each of them every ranking is shown once, in any order, and the stage is
// ended: what stands between the stages is small, however many rankings there are, so they may lie anywhere.
//
// One seat (domain.md 4): an option with more than half of the votes that still count wins, else the lowest
// goes. Several seats (Scottish Local Government Elections Order 2007, schedule 1, rules 45 to 52): the quota
// is votes / (seats + 1) + 1; who reaches it is elected; of several surpluses the largest is transferred
// first, each paper at surplus x its value / votes of the option, to five decimals, any remainder ignored;
// with no surplus left the lowest is eliminated and its papers keep their values; as many options as seats
// are left: all elected. Ties (in both): the latest earlier stage at which they differ decides; where there
// is none, the larger tie_hash() goes, and of equal surpluses the smaller one is transferred first (the Order
// draws lots instead). Nobody is elected without a single ranking.
class RankedStages {
 public:
  explicit RankedStages(const Election& election);

  void take_part(std::uint64_t members, bool abstains);

  // `ranking`: at least one option, by index. 30 ns about. The option its paper lies with then; kNowhere: it
  // is with none any more.
  static constexpr std::uint32_t kNowhere = 0xffffffff;
  std::uint32_t touch(std::string_view ranking, std::uint64_t members);
  // Whose papers move in the stage that runs; of no meaning in the first one. Papers that lie elsewhere need
  // not be shown.
  std::uint32_t moving_option() const { return transfer_.option; }
  // Ends the stage, and those after it in which no paper would move.
  void end_stage();
  bool is_done() const { return is_done_; }

  Outcome outcome() const;  // is_done() (asserted)

  // [participated, abstaining, total, is_done, [votes, ...] now, transfer now, [[transfer, [votes, ...],
  // [elected, ...], eliminated or -1], ...] of the stages that ended]
  void save(codec::CborWriter& out) const;
  Result<void> load(codec::CborReader& in);

 private:
  struct Transfer {
    bool is_surplus = false;
    std::uint32_t option = 0;  // whose papers move; of no meaning in the first stage
    std::int64_t surplus = 0;
    std::int64_t credited = 0;   // votes of the option before
    std::uint32_t of_whole = 0;  // what a paper of a whole vote is worth after it
  };
  struct Stage {
    Transfer transfer;
    std::vector<std::int64_t> votes;  // at its end
    std::vector<std::uint32_t> elected;
    std::optional<std::uint32_t> eliminated;
  };
  using Options = std::vector<std::uint32_t>;

  static std::uint32_t passed_on(const Transfer& transfer, std::uint32_t value);
  Transfer make_transfer(bool is_surplus, std::uint32_t option) const;
  std::int64_t quota() const;
  bool continues(std::uint32_t option) const { return stopped_at_[option] == kNever; }
  Options continuing() const;
  std::uint32_t first_by(Options options, bool wants_highest) const;
  Transfer end_stage_of_one(Stage& stage);
  Transfer end_stage_of_several(Stage& stage);
  void elect(Options options, Stage& stage);
  bool elect_who_can_be(Stage& stage);
  std::optional<std::uint32_t> largest_surplus() const;
  void stop(std::uint32_t option) { stopped_at_[option] = static_cast<std::uint32_t>(stages_.size()); }
  Result<void> load_votes(codec::CborReader& in, std::vector<std::int64_t>& votes) const;
  Result<std::uint32_t> load_option(codec::CborReader& in) const;
  Result<Transfer> load_transfer(codec::CborReader& in) const;
  Result<void> load_stage(codec::CborReader& in);

  static constexpr std::uint32_t kNever = 0xffffffff;

  const Election& election_;
  std::vector<crypto::Hash> hashes_;
  std::uint64_t participated_ = 0;
  std::uint64_t abstaining_ = 0;
  std::int64_t total_ = 0;                 // votes, in hundred-thousandths as all here
  std::vector<std::int64_t> votes_;        // of each option now
  Transfer transfer_;                      // of the stage that runs
  std::vector<Stage> stages_;              // that ended
  std::vector<std::uint32_t> stopped_at_;  // the stage at whose end an option was elected or eliminated
  std::vector<bool> is_surplus_pending_;
  std::uint64_t elected_ = 0;
  bool is_done_ = false;
};

}  // namespace icn::governance::tally
