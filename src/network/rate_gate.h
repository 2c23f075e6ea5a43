#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

namespace icn::network {

// Token buckets by name: `rate` a second, at most `burst` at once. Not for more than one thread.
class RateGate {
 public:
  RateGate(std::uint64_t rate, std::uint64_t burst) : rate_(rate), burst_(burst) {}

  // True: one more is within the limit.
  bool allow(const std::string& name, std::uint64_t now_ms);
  std::size_t size() const { return buckets_.size(); }

 private:
  struct Bucket {
    std::uint64_t tokens_milli = 0;  // thousandths
    std::uint64_t filled_ms = 0;
  };
  void forget_full(std::uint64_t now_ms);

  static constexpr std::size_t kBucketsMax = 20'000;
  const std::uint64_t rate_;
  const std::uint64_t burst_;
  std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace icn::network
