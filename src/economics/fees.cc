#include "economics/fees.h"

#include "economics/formula.h"
#include "reputation/score/arithmetic.h"

namespace icn::economics {
namespace {

std::int64_t band_ppm(const ledger::Parameters& parameters, reputation::Points score) {
  switch (reputation::band_of(score)) {
    case reputation::Band::kHighest:
      return parameters.economics_fee_highest_ppm;
    case reputation::Band::kHigh:
      return parameters.economics_fee_high_ppm;
    case reputation::Band::kLow:
      return parameters.economics_fee_low_ppm;
    default:
      return kOnePpm;
  }
}

}  // namespace

Millimana fee_for(const ledger::Parameters& parameters, const Account& account, reputation::Points score,
                  Millimana base, TimestampSecs now) {
  const Conduct& conduct = account.conduct;
  const std::int64_t paid = conduct.fee_hour == now / kSecsPerHour ? conduct.fees : 0;
  const std::int64_t above = paid + 1 - parameters.economics_fee_burst_free;
  const std::int64_t burst = above > 0 ? above * parameters.economics_fee_burst_step_ppm : 0;
  return share_of(share_of(base, kOnePpm + burst), band_ppm(parameters, score));
}

}  // namespace icn::economics
