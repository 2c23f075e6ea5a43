#include "economics/conduct.h"

namespace icn::economics {
namespace {

constexpr std::uint64_t kYoungSecs = 7 * kSecsPerDay;
constexpr std::uint64_t kSettledSecs = 30 * kSecsPerDay;
constexpr Millimana kYoungSpend = Millimana::from_mana(100);
constexpr std::int64_t kLowReputation = 30'000;
constexpr std::uint32_t kActsADay = 50;
constexpr std::uint64_t kLinksMin = 3;
constexpr std::uint64_t kGapSecsMin = 10;
constexpr std::uint32_t kGapRepeats = 20;

bool is_young(const Account& account, TimestampSecs now) { return now < account.created + kYoungSecs; }

void note_gap(Conduct& conduct, TimestampSecs now) {
  const std::uint64_t gap = conduct.last_sent == 0 || now < conduct.last_sent ? 0 : now - conduct.last_sent;
  conduct.gap_repeats = gap >= kGapSecsMin && gap == conduct.gap_secs ? conduct.gap_repeats + 1 : 0;
  conduct.gap_secs = gap;
  conduct.last_sent = now;
}

}  // namespace

void note_conduct(Account& account, EntryKind kind, Millimana amount, TimestampSecs now) {
  const bool is_transfer = kind == EntryKind::kTransferOut;
  const bool is_act = is_transfer || kind == EntryKind::kFeeBurn;
  if (!is_act && kind != EntryKind::kSettlePay) return;
  Conduct& conduct = account.conduct;
  if (is_young(account, now)) conduct.spent_young += amount.value < 0 ? -amount : amount;
  if (!is_act) return;
  const std::uint64_t today = now / kSecsPerDay;
  if (conduct.day != today) conduct.acts = 0;
  conduct.day = today;
  ++conduct.acts;
  if (is_transfer) return note_gap(conduct, now);
  const std::uint64_t hour = now / kSecsPerHour;
  if (conduct.fee_hour != hour) conduct.fees = 0;
  conduct.fee_hour = hour;
  ++conduct.fees;
}

std::vector<SybilReason> sybil_reasons(const Account& account, const SybilContext& context,
                                       TimestampSecs now) {
  std::vector<SybilReason> out;
  const Conduct& conduct = account.conduct;
  if (is_young(account, now) && conduct.spent_young > kYoungSpend)
    out.push_back({20, "spent more than 100 mana while younger than 7 days", "when it is 7 days old"});
  const bool is_busy = conduct.day == now / kSecsPerDay && conduct.acts > kActsADay;
  if (context.reputation_thousandths < kLowReputation && is_busy)
    out.push_back({25, "reputation below 30 and more than 50 payments today",
                   "the next day, or with a reputation of 30"});
  if (now >= account.created + kSettledSecs && context.links < kLinksMin)
    out.push_back({15, std::to_string(context.links) + " links to others after 30 days, fewer than 3",
                   "with 3 memberships, employers of its jobs and endorsers together"});
  if (conduct.gap_repeats >= kGapRepeats)
    out.push_back({30, "transfers every " + std::to_string(conduct.gap_secs) + " s, as a machine makes them",
                   "with the next transfer at another interval"});
  return out;
}

std::uint32_t sybil_score(const std::vector<SybilReason>& reasons) {
  std::uint32_t sum = 0;
  for (const SybilReason& each : reasons) sum += each.points;
  return sum;
}

void apply_sybil(std::uint32_t score, Factors& factors) {
  factors.sybil_rate_ppm = score >= 50 ? 200'000 : score >= 30 ? 700'000 : score >= 15 ? 900'000 : kOnePpm;
  factors.sybil_cap_ppm = score >= 50 ? 100'000 : score >= 30 ? 500'000 : kOnePpm;
}

}  // namespace icn::economics
