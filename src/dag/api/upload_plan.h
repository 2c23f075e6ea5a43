#pragma once

#include "dag/api/context.h"

namespace icn::dag::api {

// What a streamed upload needs beside its blocks: whom it is for, its pins, its fee. Shared with the answer.
struct UploadPlan {
  Did owner;  // pays, pins and may read
  Visibility visibility = Visibility::kPrivate;
  bool is_pinned = true;
  FeeFactors factors;  // of the whole upload: it is one action
  Meter::Reservation reserved;

  // From `visibility`, `pin` and `owner` of the query.   malformed, forbidden
  static Result<std::shared_ptr<UploadPlan>> of(const Api& api, const http::Request& request);

  // Sets mana aside for one more block.   E005
  Result<void> reserve(const Api& api, std::uint64_t size);
  UploadOptions options(const Api& api) const;
  // Pins `roots` that are held and books what is owed.
  UploadRun::Finish finish(const Api& api, std::vector<Cid> roots) const;
};

}  // namespace icn::dag::api
