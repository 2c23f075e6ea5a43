#include "economics/api/capacity.h"

#include "economics/account_did.h"
#include "economics/errors.h"

namespace icn::economics::api {

Result<GetCapacity::Output> GetCapacity::handle(const Api& api, const http::Call&, const Input& input) {
  if (auto valid = check_account_did(input.did); !valid.ok()) return valid.error().within("did");
  ICN_TRY_ASSIGN(store, api.ledger.store());
  ICN_TRY_ASSIGN(capacity, kCapacities.get(*store, input.did));
  if (!capacity) return Error(kNothingDeclared, input.did.text() + " has declared no capacity");
  ICN_TRY_ASSIGN(sums, capacity_sums(*store, api.ledger.published()->parameters, read_time(api)));
  Output out;
  out.did = input.did;
  out.declared = capacity->declared;
  out.counted = capacity->counted;
  out.job_success = static_cast<double>(capacity->job_success_ppm) / kOnePpm;
  out.declared_at = capacity->declared_at;
  out.sigma = static_cast<double>(sigma_ppm(*capacity, sums)) / kOnePpm;
  out.accounts = sums.accounts;
  return out;
}

Result<ledger::PlainWrite> PostCapacity::plain(const Api&, const http::Call&, const Input& input) {
  return ledger::PlainWrite{input.did, codec::to_json(input.figures)};
}

void PostCapacity::handle(const Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<PostCapacity>(api.writer, api, std::move(exchange));
}

}  // namespace icn::economics::api
