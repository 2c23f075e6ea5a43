#include "federation/directory/kept_ranks.h"

namespace icn::federation {
namespace {

constexpr std::uint64_t kGoodForNs = 60'000'000'000;

}  // namespace

std::unique_ptr<KeptValue<TrustRanks>> keep_trust_ranks(const ledger::Ledger& ledger, const Clock& clock) {
  return std::make_unique<KeptValue<TrustRanks>>(
      clock, kGoodForNs, std::nullopt, [&ledger]() -> Result<TrustRanks> {
        ICN_TRY_ASSIGN(snapshot, ledger.snapshot());
        return rank_all(*snapshot, ledger.published()->head.header.time);
      });
}

}  // namespace icn::federation
