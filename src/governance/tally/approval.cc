#include <algorithm>

#include "governance/tally/errors.h"
#include "governance/tally/packing.h"
#include "governance/tally/rows.h"
#include "governance/tally/standings.h"
#include "governance/tally/sums.h"

namespace icn::governance::tally {
namespace {

// Marks: the options approved of, ascending.
std::size_t size(const Election& election) { return election.options.size(); }

void apply(std::string_view marks, Share share, std::int64_t sign, std::span<std::int64_t> sums) {
  for (const char option : marks) {
    sums[static_cast<std::uint8_t>(option)] += sign * static_cast<std::int64_t>(share.members);
  }
}

void decide(const Election& election, std::span<const std::int64_t> sums, Outcome& out) {
  elect_highest(election, sums, {}, out);
}

bool is_decided(const Election& election, std::span<const std::int64_t> sums, Share open) {
  return standings_decided(election, sums, {}, static_cast<std::int64_t>(open.members), 1);
}

constexpr SumRule kRule{size, apply, decide, is_decided};

Result<std::string> pack(const Election& election, const BallotContent& content) {
  if (is_abstention(content)) return packed_abstention();
  ICN_TRY(check_members(content, "approvals"));
  std::string out(1, kVotes);
  for (const auto& option : *content.approvals) {
    ICN_TRY_ASSIGN(index, option_index(election, option));
    if (out.find(static_cast<char>(index), 1) != std::string::npos) {
      return Error(kBadBallot, "the option \"" + option + "\" is approved of twice");
    }
    out += static_cast<char>(index);
  }
  std::sort(out.begin() + 1, out.end());
  return out;
}

}  // namespace

constinit const Method kApproval{
    "approval", true, true, "approvals", "the most approvals", pack, start_count<kRule>, load_count<kRule>};

}  // namespace icn::governance::tally
