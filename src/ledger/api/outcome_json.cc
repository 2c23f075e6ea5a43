#include "ledger/api/outcome_json.h"

namespace icn::ledger::api {

codec::Json outcome_json(const Outcome& outcome) {
  if (!outcome.ok) {
    return codec::Json::object({{"ok", false},
                                {"status", static_cast<std::uint64_t>(outcome.status)},
                                {"code", outcome.code},
                                {"title", outcome.title},
                                {"detail", outcome.detail}});
  }
  auto output = codec::parse_json(outcome.output);
  return codec::Json::object({{"ok", true}, {"output", output.ok() ? std::move(*output) : codec::Json()}});
}

Result<codec::Json> transaction_json(const StoredTransaction& transaction) {
  ICN_TRY_ASSIGN(json, codec::parse_json(transaction.canonical));
  json.set("signature", hex_encode(transaction.signature));
  return std::move(json);
}

}  // namespace icn::ledger::api
