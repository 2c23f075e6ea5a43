#pragma once

#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "mesh/job.h"
#include "reputation/score/points.h"

// Who of the bidders gets a job. Integers only: parts and scores in ppm. Source: domain.md 7.
namespace icn::mesh {

inline constexpr std::size_t kBidsMax = 32;

// An offer for one attempt of a job; stays on gossip, locks nothing.
struct Bid {
  JobId job_id;
  std::uint32_t attempt = 1;
  Did executor;
  KeyId key;
  Millimana price;
  std::uint32_t cpu_cores = 0;
  std::uint32_t memory_mb = 0;
  std::uint32_t storage_mb = 0;
  std::uint32_t gpu = 0;
  std::vector<std::string> capabilities;
  std::vector<std::string> federations;
  std::vector<std::string> trust_scopes;
  std::uint32_t est_secs = 0;
  TimestampSecs valid_until = 0;
  codec::HexBytes signature;  // Ed25519 over bid_signing_bytes()

  static constexpr std::string_view schema_name = "Bid";
  static constexpr auto fields() {
    using codec::defaulted_field;
    using codec::field;
    return described(field("job_id", &Bid::job_id, "", {1, 128}), field("attempt", &Bid::attempt, "", {1, 9}),
                     field("executor", &Bid::executor, "DID of the bidder", {1, 256}),
                     field("key", &Bid::key, "its verification method", {1, 512}),
                     field("price", &Bid::price, "mana", {1'000, kMillimanaMax.value}),
                     field("cpu_cores", &Bid::cpu_cores), field("memory_mb", &Bid::memory_mb),
                     defaulted_field("storage_mb", &Bid::storage_mb), defaulted_field("gpu", &Bid::gpu),
                     defaulted_field("capabilities", &Bid::capabilities, "", {0, 32}),
                     defaulted_field("federations", &Bid::federations, "", {0, 10}),
                     defaulted_field("trust_scopes", &Bid::trust_scopes, "", {0, 10}),
                     field("est_secs", &Bid::est_secs, "how long the run will take", {0, 86'400}),
                     field("valid_until", &Bid::valid_until, "Unix seconds"),
                     field("signature", &Bid::signature, "Ed25519", {64, 64}));
  }
};

// "icn:bid:v1" 0x00 and the canonical JSON of the bid without its signature.
std::string bid_signing_bytes(const Bid& bid);
void sign_bid(Bid& bid, const crypto::SecretKey& key);

// A bid as the ledger judged it: the parts of its score, or why it was not eligible.
struct JudgedBid {
  Did executor;
  Millimana price;
  std::uint32_t est_secs = 0;
  std::string refusal;  // empty: eligible
  std::uint32_t compute_ppm = 0;
  std::uint32_t price_ppm = 0;
  std::uint32_t trust_ppm = 0;
  std::uint32_t locality_ppm = 0;
  std::uint32_t affinity_ppm = 0;
  std::uint32_t score_ppm = 0;
  std::optional<std::uint32_t> rtt_ms = {};

  static constexpr std::string_view schema_name = "JudgedBid";
  static constexpr auto fields() {
    using codec::field;
    return described(
        field("executor", &JudgedBid::executor), field("price", &JudgedBid::price, "mana"),
        field("est_secs", &JudgedBid::est_secs),
        field("refusal", &JudgedBid::refusal, "why it was not eligible; empty: it was"),
        field("compute_ppm", &JudgedBid::compute_ppm), field("price_ppm", &JudgedBid::price_ppm),
        field("trust_ppm", &JudgedBid::trust_ppm),
        field("locality_ppm", &JudgedBid::locality_ppm, "1 less a 500th of each rtt_ms; 0.5: not known"),
        field("affinity_ppm", &JudgedBid::affinity_ppm, "1 same federation, 0.5 trusted, else 0"),
        field("score_ppm", &JudgedBid::score_ppm),
        field("rtt_ms", &JudgedBid::rtt_ms, "there and back, as the coordinator measured it"));
  }
  bool operator==(const JudgedBid&) const = default;
};

// What is known of a bidder: of the ledger, but for the round trip.
struct Bidder {
  std::uint32_t reputation = kDefaultReputation;
  bool is_frozen = false;                // was found wrong not long ago (redundancy.h)
  bool can_lock = true;                  // has its share of the price available
  std::vector<std::string> federations;  // it is counted among
  std::uint32_t affinity_ppm = 0;        // 1 same federation, 0.5 trusted, else 0 (bidder_facts.h)
  std::optional<std::uint32_t> rtt_ms;   // as the coordinator measured it; none: it did not
};

// Reputation as bids are judged by it: whole points.
inline std::uint32_t whole_points(reputation::Points score) {
  return static_cast<std::uint32_t>(score.thousandths / 1'000);
}

// SHA-256(job_id, executor): the order of executors for one job where nothing else decides.
crypto::Hash tie_hash(const JobId& id, const Did& executor);

// Why the bid is not eligible; empty: it is. The only place that says so: executors bid, coordinators close
// and estimates count by it too.
std::string refusal_of(const JobId& id, const Job& job, const Bid& bid, const Bidder& bidder,
                       TimestampSecs now);

// Eligibility and score. The signature is the caller's to check.
JudgedBid judge_bid(const JobId& id, const Job& job, const Bid& bid, const Bidder& bidder, TimestampSecs now);

// Index of the winner by the job's strategy; none: no bid is eligible. Ties: lower price, higher trust, lower
// estimate, lower SHA-256(job_id, executor).
std::optional<std::size_t> choose_winner(const JobId& id, const Job& job, const std::vector<JudgedBid>& bids);

}  // namespace icn::mesh
