#include "governance/tally/errors.h"
#include "governance/tally/packing.h"
#include "governance/tally/rows.h"
#include "governance/tally/sums.h"

namespace icn::governance::tally {
namespace {

std::size_t size(const Election&) { return enum_names(Position{}).size(); }

void apply(std::string_view marks, Share share, std::int64_t sign, std::span<std::int64_t> sums) {
  sums[static_cast<std::size_t>(marks.front())] += sign * static_cast<std::int64_t>(share.members);
}

void decide(const Election&, std::span<const std::int64_t> sums, Outcome& out) {
  Round round;
  for (const auto& [position, name] : enum_names(Position{})) {
    const std::int64_t sum = sums[static_cast<std::size_t>(position)];
    round.counts.emplace_back(out.options.size(), whole_votes(sum));
    out.options.emplace_back(name);
    (position == Position::kObjection ? out.no : out.yes) += static_cast<std::uint64_t>(sum);
  }
  out.passes = out.no == 0;
  out.rounds.push_back(std::move(round));
}

constexpr SumRule kRule{size, apply, decide, never_decided};

Result<std::string> pack(const Election&, const BallotContent& content) {
  if (is_abstention(content)) return packed_abstention();
  ICN_TRY(check_members(content, "position"));
  if (*content.position == Position::kObjection &&
      (!content.reason || content.reason->size() < kObjectionReasonBytesMin)) {
    return Error(kBadBallot, "an objection needs a reason of at least " +
                                 std::to_string(kObjectionReasonBytesMin) +
                                 " characters that names the harm");
  }
  return std::string{kVotes, static_cast<char>(*content.position)};
}

}  // namespace

constinit const Method kConsent{
    "consent", false, true, "position", "no objection stands", pack, start_count<kRule>, load_count<kRule>};

}  // namespace icn::governance::tally
