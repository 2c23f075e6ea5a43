#include "reputation/api/post_contest.h"

namespace icn::reputation::api {

Result<ledger::PlainWrite> PostContest::plain(const Api& api, const http::Call& call, const Input& input) {
  ICN_TRY_ASSIGN(did, acting_did(call, input.did, "did"));
  dag::Texts texts = texts_of(api, call, did);
  ICN_TRY_ASSIGN(reason, texts.add(input.reason));
  return texts.write(codec::to_json(economics::ContestPenalty::Body{input.proposal_id, reason}));
}

void PostContest::handle(const Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<PostContest>(api.writer, api, std::move(exchange));
}

}  // namespace icn::reputation::api
