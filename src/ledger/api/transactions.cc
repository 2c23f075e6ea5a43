#include "ledger/api/transactions.h"

#include "base/errors.h"
#include "ledger/api/outcome_json.h"

namespace icn::ledger::api {

void SubmitTransaction::handle(const Api& api, http::ExchangePtr exchange) {
  auto source = http::InputSource::of(exchange->request());
  if (!source.ok()) return exchange->reply(source.error());
  api.writer.submit_signed(std::move(exchange), source->take_body(), {"", 200, {}});
}

Result<GetTransaction::Output> GetTransaction::handle(const Api& api, const http::Call&, const Input& input) {
  auto hash = hex_decode(input.id);
  if (!hash.ok()) return hash.error().within("id");
  ICN_TRY_ASSIGN(store, api.ledger.store());
  ICN_TRY_ASSIGN(commitment, find_commitment(*store, *hash));
  // Written, and perhaps not yet durable.
  const bool is_published =
      commitment && (api.is_follower || commitment->height <= api.ledger.published()->head.header.height);
  if (!is_published) commitment.reset();
  Output output;
  output.transaction_id = TransactionId(input.id);
  const auto kept =
      !commitment && api.writer.kept() ? api.writer.kept()->find(output.transaction_id) : std::nullopt;
  if (kept) {
    output.status = codec::enum_name(kept->state);
    output.expires = kept->expires;
    if (!kept->code.empty()) output.code = kept->code;
    if (!kept->detail.empty()) output.detail = kept->detail;
    return output;
  }
  if (!commitment) {
    const bool is_expired = input.expires && *input.expires <= api.ledger.published()->head.header.time;
    output.status = is_expired ? "expired" : "unknown";
    return output;
  }
  output.status = "committed";
  output.height = commitment->height;
  output.outcome = outcome_json(commitment->outcome);
  return output;
}

}  // namespace icn::ledger::api
