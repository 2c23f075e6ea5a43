#include "credentials/place_reservations.h"

#include "base/errors.h"
#include "credentials/status_list.h"

namespace icn::credentials {
namespace {

constexpr int kTriesMax = 256;

}  // namespace

Result<std::shared_ptr<const PlaceReservations::Place>> PlaceReservations::take(const ledger::Reader& state,
                                                                                const Did& issuer) {
  ICN_TRY_ASSIGN(counts, kCredentialCounts.get(state, issuer));
  const std::uint32_t list = open_list(counts ? counts->issued : 0);
  for (int i = 0; i < kTriesMax; ++i) {
    const auto index = static_cast<std::uint32_t>(read_u32(random_.bytes(4)) % kStatusListEntries);
    ICN_TRY_ASSIGN(taken, is_taken(state, issuer, list, index));
    if (taken) continue;
    const std::lock_guard lock(mutex_);
    if (reserved_.emplace(issuer, list, index).second)
      return std::make_shared<const Place>(*this, issuer, list, index);
  }
  return Error(errors::kUnavailable, "no free place in the status list was found; try again");
}

void PlaceReservations::release(const Key& key) {
  const std::lock_guard lock(mutex_);
  reserved_.erase(key);
}

}  // namespace icn::credentials
