#include "network/rate_gate.h"

#include <algorithm>

namespace icn::network {

bool RateGate::allow(const std::string& name, std::uint64_t now_ms) {
  auto at = buckets_.find(name);
  if (at == buckets_.end()) {
    if (buckets_.size() >= kBucketsMax) forget_full(now_ms);
    if (buckets_.size() >= kBucketsMax) return false;
    at = buckets_.emplace(name, Bucket{burst_ * 1000, now_ms}).first;
  }
  Bucket& bucket = at->second;
  const std::uint64_t passed_ms = now_ms > bucket.filled_ms ? now_ms - bucket.filled_ms : 0;
  bucket.tokens_milli = std::min(burst_ * 1000, bucket.tokens_milli + passed_ms * rate_);
  bucket.filled_ms = now_ms;
  if (bucket.tokens_milli < 1000) return false;
  bucket.tokens_milli -= 1000;
  return true;
}

// A bucket that is full again says nothing a new one would not.
void RateGate::forget_full(std::uint64_t now_ms) {
  std::erase_if(buckets_, [&](const auto& each) {
    const Bucket& bucket = each.second;
    return now_ms > bucket.filled_ms &&
           bucket.tokens_milli + (now_ms - bucket.filled_ms) * rate_ >= burst_ * 1000;
  });
}

}  // namespace icn::network
