#pragma once

#include "governance/tally/method.h"
#include "governance/tally/ranked_stages.h"
#include "governance/tally/ranking_groups.h"

namespace icn::governance::tally {

// The count of ranked_choice with all rankings in memory: each stage looks at the papers that move in it, and
// at no others, so that many options cost little more than few.
class RankedCount final : public Count {
 public:
  explicit RankedCount(const Election& election) : stages_(election), piles_(election.options.size()) {}

  void add(std::string_view packed, Share share) override;
  void remove(std::string_view packed, Share share) override;  // never called (asserted)
  bool advance(std::uint64_t rows_max) override;
  Outcome outcome() const override { return stages_.outcome(); }
  bool is_decided(Share open) const override { return open.members == 0; }
  Bytes save() const override;  // never called (asserted)

 private:
  RankedStages stages_;
  RankingGroups groups_;
  std::vector<std::vector<std::uint32_t>> piles_;  // numbers of the groups that lie with an option
  std::vector<std::uint32_t> moving_;              // of those that the running stage must see
  bool is_begun_ = false;
  std::size_t cursor_ = 0;  // of moving_ that it has seen
};

}  // namespace icn::governance::tally
