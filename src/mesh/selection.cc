#include "mesh/selection.h"

#include <algorithm>
#include <tuple>

#include "mesh/price.h"

namespace icn::mesh {
namespace {

constexpr std::uint64_t kComputeWeight = 300'000;
constexpr std::uint64_t kPriceWeight = 250'000;
constexpr std::uint64_t kTrustWeight = 200'000;
constexpr std::uint64_t kLocalityWeight = 150'000;
constexpr std::uint64_t kAffinityWeight = 100'000;
constexpr std::uint32_t kUnknownLocality = kPpm / 2;
constexpr std::uint32_t kFarRttMs = 500;

bool contains(const std::vector<std::string>& list, const std::string& item) {
  return std::ranges::find(list, item) != list.end();
}

// min(1, 0.5 + 0.5 * (least offered / asked - 1)) over what was asked.
std::uint64_t headroom_ppm(const Job& job, const Bid& bid) {
  std::uint64_t least = 2 * std::uint64_t{kPpm};
  const auto count = [&](std::uint64_t offered, std::uint64_t asked) {
    if (asked > 0) least = std::min(least, offered * kPpm / asked);
  };
  count(bid.cpu_cores, job.submission.cpu_cores);
  count(bid.memory_mb, job.memory_mb);
  count(bid.storage_mb, job.submission.storage_mb);
  count(bid.gpu, job.submission.gpu);
  return std::min<std::uint64_t>(kPpm, kPpm / 2 + (least - kPpm) / 2);
}

// clamp((deadline - now - est) / (deadline - now)); without a deadline the execution limit takes its place.
std::uint64_t speed_ppm(const Job& job, const Bid& bid, TimestampSecs now) {
  std::uint64_t horizon_secs = job.execution_secs;
  if (const auto& deadline = job.submission.deadline) horizon_secs = *deadline > now ? *deadline - now : 0;
  if (bid.est_secs >= horizon_secs) return 0;
  return (horizon_secs - bid.est_secs) * kPpm / horizon_secs;
}

// clamp(1 - rtt_ms / 500); unknown: 0.5.
std::uint32_t locality_ppm(const std::optional<std::uint32_t>& rtt_ms) {
  if (!rtt_ms) return kUnknownLocality;
  return (kFarRttMs - std::min(*rtt_ms, kFarRttMs)) * (kPpm / kFarRttMs);
}

// A draw with the scores as weights. There is no checkpoint yet: its place is taken by the attempt.
std::size_t draw(const JobId& id, const Job& job, const std::vector<JudgedBid>& bids,
                 const std::vector<std::size_t>& eligible) {
  std::uint64_t total = 0;
  for (const std::size_t index : eligible) total += bids[index].score_ppm + 1;
  const crypto::Hash hash = crypto::sha256(as_bytes(id.text()), as_bytes(std::to_string(job.attempt)));
  std::uint64_t point = read_u64(ByteView(hash).first(8)) % total;
  for (const std::size_t index : eligible) {
    const std::uint64_t weight = bids[index].score_ppm + 1;
    if (point < weight) return index;
    point -= weight;
  }
  return eligible.back();
}

}  // namespace

crypto::Hash tie_hash(const JobId& id, const Did& executor) {
  return crypto::sha256(as_bytes(id.text()), as_bytes(executor.text()));
}

std::string refusal_of(const JobId& id, const Job& job, const Bid& bid, const Bidder& bidder,
                       TimestampSecs now) {
  const Submission& asked = job.submission;
  if (bid.job_id != id || bid.attempt != job.attempt) return "for another job or attempt";
  if (bid.valid_until < now) return "no longer valid";
  if (bid.price > asked.max_price) return "price above max_price";
  if (bid.cpu_cores < asked.cpu_cores) return "too few cpu_cores";
  if (bid.memory_mb < job.memory_mb) return "too little memory_mb";
  if (bid.storage_mb < asked.storage_mb) return "too little storage_mb";
  if (bid.gpu < asked.gpu) return "too few gpu";
  for (const std::string& capability : asked.capabilities) {
    if (!contains(bid.capabilities, capability)) return "lacks capability " + capability;
  }
  if (asked.trust_scope && !contains(bid.trust_scopes, *asked.trust_scope)) return "outside the trust_scope";
  if (!asked.allowed_federations.empty() &&
      std::ranges::none_of(asked.allowed_federations, [&](const std::string& each) {
        return contains(bid.federations, each) && contains(bidder.federations, each);
      })) {
    return "in no allowed federation";
  }
  if (bidder.reputation < asked.min_executor_reputation) return "reputation too low";
  if (std::ranges::find(job.excluded, bid.executor) != job.excluded.end()) return "excluded by an attempt";
  if (bidder.is_frozen) return "frozen: judges found a result of its wrong";
  if (!bidder.can_lock) return "cannot lock its share of the price";
  return "";
}

std::string bid_signing_bytes(const Bid& bid) {
  codec::Json json = codec::to_json(bid);
  json.erase("signature");
  return std::string("icn:bid:v1") + '\0' + codec::canonical_json(json);
}

void sign_bid(Bid& bid, const crypto::SecretKey& key) {
  bid.signature.bytes = to_bytes(key.sign(as_bytes(bid_signing_bytes(bid))).view());
}

JudgedBid judge_bid(const JobId& id, const Job& job, const Bid& bid, const Bidder& bidder,
                    TimestampSecs now) {
  JudgedBid judged;
  judged.executor = bid.executor;
  judged.price = bid.price;
  judged.est_secs = bid.est_secs;
  judged.refusal = refusal_of(id, job, bid, bidder, now);
  if (!judged.refusal.empty()) return judged;
  const auto part = [](std::uint64_t ppm) { return static_cast<std::uint32_t>(ppm); };
  judged.compute_ppm = part((headroom_ppm(job, bid) + speed_ppm(job, bid, now)) / 2);
  const Millimana max = job.submission.max_price;
  judged.price_ppm =
      part(static_cast<std::uint64_t>(share_of({kPpm}, static_cast<std::uint64_t>((max - bid.price).value),
                                               static_cast<std::uint64_t>(max.value))
                                          .value));
  judged.trust_ppm = part(bidder.reputation * std::uint64_t{kPpm} / 100);
  judged.rtt_ms = bidder.rtt_ms;
  judged.locality_ppm = locality_ppm(bidder.rtt_ms);
  judged.affinity_ppm = bidder.affinity_ppm;
  const std::uint64_t sum = kComputeWeight * judged.compute_ppm + kPriceWeight * judged.price_ppm +
                            kTrustWeight * judged.trust_ppm + kLocalityWeight * judged.locality_ppm +
                            kAffinityWeight * judged.affinity_ppm;
  judged.score_ppm = part(sum / kPpm);
  return judged;
}

std::optional<std::size_t> choose_winner(const JobId& id, const Job& job,
                                         const std::vector<JudgedBid>& bids) {
  std::vector<std::size_t> eligible;
  for (std::size_t i = 0; i < bids.size(); ++i) {
    if (bids[i].refusal.empty()) eligible.push_back(i);
  }
  if (eligible.empty()) return std::nullopt;
  const Strategy strategy = job.submission.strategy;
  if (strategy == Strategy::kWeightedRandom) return draw(id, job, bids, eligible);
  const auto rank = [&](std::size_t index) {
    const JudgedBid& bid = bids[index];
    std::uint64_t first = kPpm - std::min(bid.score_ppm, kPpm);
    if (strategy == Strategy::kLowestPrice) first = static_cast<std::uint64_t>(bid.price.value);
    if (strategy == Strategy::kFastestDelivery) first = bid.est_secs;
    return std::tuple(first, bid.price.value, kPpm - bid.trust_ppm, bid.est_secs, tie_hash(id, bid.executor));
  };
  return *std::ranges::min_element(eligible, {}, rank);
}

}  // namespace icn::mesh
