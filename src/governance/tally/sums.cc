#include "governance/tally/sums.h"

#include "codec/cbor_stream.h"
#include "governance/tally/errors.h"
#include "governance/tally/packing.h"

namespace icn::governance::tally {
namespace {

class SumCount final : public Count {
 public:
  SumCount(const SumRule& rule, const Election& election)
      : rule_(rule), election_(election), sums_(rule.size(election)) {}

  void add(std::string_view packed, Share share) override { apply(packed, share, 1); }
  void remove(std::string_view packed, Share share) override { apply(packed, share, -1); }
  bool advance(std::uint64_t) override { return true; }

  Outcome outcome() const override {
    Outcome out;
    out.participated = static_cast<std::uint64_t>(participated_);
    out.abstain = static_cast<std::uint64_t>(abstaining_);
    rule_.decide(election_, sums_, out);
    return out;
  }

  bool is_decided(Share open) const override {
    return open.members == 0 || rule_.is_decided(election_, sums_, open);
  }

  Bytes save() const override {
    codec::CborWriter out;
    out.array(3);
    out.integer(participated_);
    out.integer(abstaining_);
    out.array(sums_.size());
    for (const std::int64_t sum : sums_) out.integer(sum);
    return out.take();
  }

  Result<void> load(ByteView saved) {
    codec::CborReader in(saved);
    ICN_TRY_ASSIGN(parts, in.array());
    if (parts != 3) return Error(kBadSavedCount);
    ICN_TRY_ASSIGN(participated, in.integer());
    ICN_TRY_ASSIGN(abstaining, in.integer());
    ICN_TRY_ASSIGN(size, in.array());
    if (size != sums_.size() || participated < 0 || abstaining < 0) return Error(kBadSavedCount);
    participated_ = participated;
    abstaining_ = abstaining;
    for (std::int64_t& sum : sums_) {
      ICN_TRY_ASSIGN(value, in.integer());
      sum = value;
    }
    return in.finish();
  }

 private:
  void apply(std::string_view packed, Share share, std::int64_t sign) {
    const std::int64_t members = sign * static_cast<std::int64_t>(share.members);
    participated_ += members;
    if (abstains(packed)) {
      abstaining_ += members;
    } else {
      rule_.apply(marks_of(packed), share, sign, sums_);
    }
  }

  const SumRule& rule_;
  const Election& election_;
  std::int64_t participated_ = 0;
  std::int64_t abstaining_ = 0;
  std::vector<std::int64_t> sums_;
};

}  // namespace

std::unique_ptr<Count> start_sums(const SumRule& rule, const Election& election) {
  return std::make_unique<SumCount>(rule, election);
}

Result<std::unique_ptr<Count>> load_sums(const SumRule& rule, const Election& election, ByteView saved) {
  auto count = std::make_unique<SumCount>(rule, election);
  const auto loaded = count->load(saved);
  if (!loaded.ok()) return Error(kBadSavedCount, loaded.error().detail());
  return std::unique_ptr<Count>(std::move(count));
}

}  // namespace icn::governance::tally
