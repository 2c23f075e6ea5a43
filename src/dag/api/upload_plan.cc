#include "dag/api/upload_plan.h"

#include "dag/pins.h"

namespace icn::dag::api {

Result<std::shared_ptr<UploadPlan>> UploadPlan::of(const Api& api, const http::Request& request) {
  auto plan = std::make_shared<UploadPlan>();
  std::optional<Did> named;
  if (auto text = request.query_parameter("owner")) named = Did(std::move(*text));
  ICN_TRY_ASSIGN(owner, acting_did(api, request.caller, named));
  ICN_TRY_ASSIGN(visibility, visibility_parameter(request));
  ICN_TRY_ASSIGN(is_pinned, flag_parameter(request, "pin", true));
  plan->owner = owner;
  plan->factors = api.meter.next_action(owner);
  plan->visibility = visibility;
  plan->is_pinned = is_pinned;
  return plan;
}

Result<void> UploadPlan::reserve(const Api& api, std::uint64_t size) {
  ICN_TRY_ASSIGN(reservation,
                 api.meter.reserve(owner, api.meter.fee(owner, size, BlockType::kData, factors)));
  reserved.add(std::move(reservation));
  return {};
}

UploadOptions UploadPlan::options(const Api& api) const {
  UploadOptions options;
  options.put.time = api.clock.now_secs();
  options.put.visibility = visibility;
  options.put.reader = owner;
  options.price = [&meter = api.meter, payer = owner, factors = factors](std::uint64_t size) {
    return meter.fee(payer, size, BlockType::kData, factors);
  };
  return options;
}

UploadRun::Finish UploadPlan::finish(const Api& api, std::vector<Cid> roots) const {
  return [payer = owner, pins = is_pinned, now = api.clock.now_secs(), roots = std::move(roots)](
             Batch& batch, const UploadTotals& totals) -> Result<void> {
    ICN_TRY(Meter::add_owed(batch, payer, {totals.price, totals.new_blocks, totals.new_bytes}));
    if (!pins) return {};
    for (const Cid& root : roots) {
      ICN_TRY_ASSIGN(held, find_meta(batch.view, root, true));
      if (held) ICN_TRY(put_pin(batch, {root, payer, true, {}, "", now}));
    }
    return {};
  };
}

}  // namespace icn::dag::api
