#include "identity/api/recovery.h"

#include "identity/resolver.h"

namespace icn::identity::api {

Result<ledger::PlainWrite> SetGuardians::plain(const Api&, const http::Call&, const Input& input) {
  const identity::SetGuardians::Body body{input.guardians, input.threshold, input.delay_secs};
  return ledger::PlainWrite{input.did, codec::to_json(body)};
}

void SetGuardians::handle(Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<SetGuardians>(api.writer, api, std::move(exchange));
}

Result<GetRecovery::Output> GetRecovery::handle(const Api& api, const http::Call&, const Input& input) {
  ICN_TRY_ASSIGN(state, api.ledger.snapshot());
  ICN_TRY(resolve(*state, input.did));
  Output out;
  out.did = input.did;
  ICN_TRY_ASSIGN(held, kGuardianships.get(*state, input.did));
  if (!held) return out;
  out.guardians = held->now.guardians;
  out.threshold = held->now.threshold;
  out.delay_secs = held->now.delay_secs;
  if (held->next) {
    out.next_guardians = held->next->guardians;
    out.next_at = held->next_at;
  }
  if (held->frozen_until > 0) out.frozen_until = held->frozen_until;
  ICN_TRY_ASSIGN(all, recoveries_of(*state, input.did));
  for (const Recovery& each : all) out.recoveries.push_back({recovery_output(each, out.threshold)});
  return out;
}

Result<ledger::PlainWrite> RecoverDid::plain(const Api&, const http::Call&, const Input& input) {
  const identity::RecoverDid::Body body{input.did, input.new_key, input.nonce, input.proof};
  return ledger::PlainWrite{input.guardian, codec::to_json(body)};
}

void RecoverDid::handle(Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<RecoverDid>(api.writer, api, std::move(exchange));
}

Result<ledger::PlainWrite> ApproveRecovery::plain(const Api&, const http::Call&, const Input& input) {
  const identity::ApproveRecovery::Body body{input.did, input.new_key};
  return ledger::PlainWrite{input.guardian, codec::to_json(body)};
}

void ApproveRecovery::handle(Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<ApproveRecovery>(api.writer, api, std::move(exchange));
}

Result<ledger::PlainWrite> CancelRecovery::plain(const Api&, const http::Call&, const Input& input) {
  return ledger::PlainWrite{input.did, codec::to_json(identity::CancelRecovery::Body{input.new_key})};
}

void CancelRecovery::handle(Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<CancelRecovery>(api.writer, api, std::move(exchange));
}

}  // namespace icn::identity::api
