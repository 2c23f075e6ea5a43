#include "economics/api/get_history.h"

#include "economics/account_did.h"
#include "http/errors.h"

namespace icn::economics::api {

// Every entry also changes the account: its number is counted there. Without a DID the answer is the
// caller's alone.
http::AnswerVersion GetHistory::answer_version(const Api& api, const http::Request& request) {
  const auto did = request.query_parameter("did");
  if (!did) return std::uint64_t{0};
  return api.ledger.changes().of(kAccounts, Did(*did));
}

Result<GetHistory::Output> GetHistory::handle(const Api& api, const http::Call& call, const Input& input) {
  ICN_TRY_ASSIGN(did, account_meant(api, call, input.did));
  if (auto valid = check_account_did(did); !valid.ok()) return valid.error().within("did");
  const std::string list = "economics/mana/history/" + did.text();
  HistoryFilter filter{input.kind, input.since.value_or(0), input.limit, 0};
  if (input.cursor) {
    ICN_TRY_ASSIGN(position, api.cursors.open(list, *input.cursor));
    if (!storage::parse_key(position, filter.below_seq)) return Error(http::kBadCursor);
  }
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(page, read_history(*snapshot, did, filter));
  Output output;
  output.items = std::move(page.items);
  if (page.resume) output.next_cursor = api.cursors.seal(list, ledger::key_of(*page.resume));
  return output;
}

}  // namespace icn::economics::api
