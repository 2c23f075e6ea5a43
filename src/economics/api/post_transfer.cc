#include "economics/api/post_transfer.h"

#include "base/errors.h"
#include "economics/errors.h"

namespace icn::economics::api {
namespace {

Result<Did> one_of(const std::optional<Did>& name, const std::optional<Did>& other, const char* field) {
  if (name && other && *name != *other)
    return Error(errors::kMalformed, std::string(field) + ": given twice, and not the same");
  if (name) return *name;
  if (other) return *other;
  return Error(errors::kMalformed, std::string(field) + ": is required");
}

}  // namespace

Result<ledger::PlainWrite> PostTransfer::plain(const Api& api, const http::Call& call, const Input& input) {
  ICN_TRY_ASSIGN(from, one_of(input.from, input.from_did, "from"));
  Transfer::Body body;
  ICN_TRY_ASSIGN(to, one_of(input.to, input.to_did, "to"));
  body.to = to;
  body.amount = input.amount;
  if (input.memo) {
    if (api.memos == nullptr)
      return Error(kNoMemoStore,
                   "memo: this node keeps no memos; leave it out or send memo_cid in a signed "
                   "transaction");
    // Before anything is kept in its name: may the caller act as the payer at all?
    ICN_TRY(api.writer.custody().key_for(call.caller(), from));
    ICN_TRY_ASSIGN(memo, api.memos->keep(from, *input.memo));
    body.memo_cid = memo;
  }
  return ledger::PlainWrite{from, codec::to_json(body)};
}

void PostTransfer::handle(const Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<PostTransfer>(api.writer, api, std::move(exchange));
}

}  // namespace icn::economics::api
