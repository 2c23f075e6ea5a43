#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <tuple>

#include "base/random.h"
#include "credentials/status_pages.h"

namespace icn::credentials {

// Places in status lists for credentials that this node is about to issue: drawn at random, so that a place
// says nothing about when, and not given twice while the first one is on its way. Thread: any.
class PlaceReservations {
 public:
  explicit PlaceReservations(Random& random) : random_(random) {}

  // Given back when it goes.
  class Place {
   public:
    Place(PlaceReservations& owner, Did issuer, std::uint32_t list, std::uint32_t index)
        : owner_(owner), issuer_(std::move(issuer)), list_(list), index_(index) {}
    ~Place() { owner_.release({issuer_, list_, index_}); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    std::uint32_t list() const { return list_; }
    std::uint32_t index() const { return index_; }

   private:
    PlaceReservations& owner_;
    Did issuer_;
    std::uint32_t list_;
    std::uint32_t index_;
  };

  // unavailable: no free place was found, which a list half full makes as good as impossible.
  Result<std::shared_ptr<const Place>> take(const ledger::Reader& state, const Did& issuer);

 private:
  using Key = std::tuple<Did, std::uint32_t, std::uint32_t>;
  void release(const Key& key);

  Random& random_;
  std::mutex mutex_;
  std::set<Key> reserved_;
};

}  // namespace icn::credentials
