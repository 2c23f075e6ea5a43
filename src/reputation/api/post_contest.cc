#include "reputation/api/post_contest.h"

namespace icn::reputation::api {

Result<ledger::PlainWrite> PostContest::plain(const Api& api, const http::Call& call, const Input& input) {
  ICN_TRY_ASSIGN(did, acting_did(call, input.did, "did"));
  ICN_TRY_ASSIGN(reason, keep_reason(api, call, did, input.reason));
  return ledger::PlainWrite{did, codec::to_json(economics::ContestPenalty::Body{input.proposal_id, reason})};
}

void PostContest::handle(const Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<PostContest>(api.writer, api, std::move(exchange));
}

}  // namespace icn::reputation::api
