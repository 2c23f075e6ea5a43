#include "reputation/score/arithmetic.h"

#include <algorithm>

namespace icn::reputation {
namespace {

constexpr std::int64_t kFadePart = 7'300;        // 365 days / 5 %
constexpr std::uint64_t kFadeDaysMax = 100'000;  // nothing is left of 50 points long before

bool is_within(std::uint64_t day, std::uint64_t newest, std::uint64_t days) {
  return day <= newest && day + days > newest;
}

}  // namespace

Points delta_of(EventKind kind, const ledger::Parameters& parameters) {
  switch (kind) {
    case EventKind::kProposalApproved:
      return {parameters.reputation_proposal_approved};
    case EventKind::kProposalRejected:
      return {parameters.reputation_proposal_rejected};
    case EventKind::kVoteCast:
      return {parameters.reputation_vote_cast};
    case EventKind::kSuccessfulJob:
      return {parameters.reputation_successful_job};
    case EventKind::kFailedJob:
      return {parameters.reputation_failed_job};
    case EventKind::kPeerEndorsement:
      return {parameters.reputation_peer_endorsement};
    case EventKind::kCommunityViolation:
      return {parameters.reputation_community_violation};
    case EventKind::kMediationSuccess:
      return {parameters.reputation_mediation_success};
    case EventKind::kContributedCode:
      return {parameters.reputation_contributed_code};
    case EventKind::kDocumentation:
      return {parameters.reputation_documentation};
    case EventKind::kMentorship:
      return {parameters.reputation_mentorship};
    case EventKind::kConflictResolution:
      return {parameters.reputation_conflict_resolution};
    case EventKind::kSpamReported:
      return {parameters.reputation_spam_reported};
    case EventKind::kSybilDetected:
      return {parameters.reputation_sybil_detected};
  }
  return {};
}

Points faded(Points score, TimestampSecs last_event, TimestampSecs now) {
  const std::uint64_t days = now <= last_event ? 0 : (now - last_event) / kSecsADay;
  if (days <= kIdleDays || score <= kPointsStart) return score;
  std::int64_t above_millionths = (score - kPointsStart).thousandths * 1'000;
  const std::uint64_t rounds = std::min(days - kIdleDays, kFadeDaysMax);
  for (std::uint64_t i = 0; i < rounds && above_millionths > 0; ++i) {
    const std::int64_t part = above_millionths / kFadePart;
    if (part == 0) break;
    above_millionths -= part;
  }
  return kPointsStart + Points{above_millionths / 1'000};
}

Points score_at(const Standing& standing, TimestampSecs now) {
  return faded(standing.score, standing.last_event, now);
}

Points damped(Points base, std::uint64_t n) { return {base.thousandths / static_cast<std::int64_t>(n)}; }

Points clamped(Points score) { return std::clamp(score, Points{}, kPointsMax); }

bool count_day(std::vector<DayCount>& days, std::uint64_t day, std::uint32_t day_max) {
  if (!days.empty() && days.back().day == day) {
    if (days.back().count >= day_max) return false;
    ++days.back().count;
    return true;
  }
  std::erase_if(days, [day](const DayCount& each) { return !is_within(each.day, day, kWindowDays); });
  days.push_back({day, 1});
  return true;
}

std::uint64_t recent(const std::vector<DayCount>& days, std::uint64_t day) {
  std::uint64_t sum = 0;
  for (const DayCount& each : days) sum += is_within(each.day, day, kWindowDays) ? each.count : 0;
  return sum;
}

std::uint32_t beta_ppm(Points score) {
  const auto thousandths = static_cast<std::uint32_t>(clamped(score).thousandths);
  if (thousandths <= 50'000) return 500'000 + thousandths * 10;
  return kOne + (thousandths - 50'000) * 20;
}

std::uint32_t eta_ppm(std::uint64_t activity) {
  return 250'000 + 62'500 * static_cast<std::uint32_t>(std::min<std::uint64_t>(activity, kActivityMax));
}

Turnout turnout(const Engagement& engagement, const ScopeVotes& scope, std::uint64_t day) {
  Turnout out;
  for (const OpenedVote& vote : scope.votes) {
    if (vote.number <= engagement.since || !is_within(vote.counted_day, day, kEngagementDays)) continue;
    ++out.eligible;
    out.voted += std::ranges::binary_search(engagement.voted, vote.number) ? 1 : 0;
  }
  return out;
}

std::uint32_t gamma_ppm(const Turnout& turnout) {
  if (turnout.eligible == 0) return kOne;
  return static_cast<std::uint32_t>(500'000 + turnout.voted * kOne / turnout.eligible);
}

Band band_of(Points score) {
  if (score >= Points{90'000}) return Band::kHighest;
  if (score >= Points{75'000}) return Band::kHigh;
  if (score >= kPointsStart) return Band::kGood;
  return score >= Points{25'000} ? Band::kBasic : Band::kLow;
}

}  // namespace icn::reputation
