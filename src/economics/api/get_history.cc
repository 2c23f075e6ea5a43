#include "economics/api/get_history.h"

#include "economics/account_did.h"
#include "http/errors.h"

namespace icn::economics::api {

// Every entry also changes the account: its number is counted there.
http::AnswerVersion GetHistory::answer_version(const Api& api, const http::Request& request) {
  return api.ledger.changes().of(kAccounts, Did(request.query_parameter("did").value_or("")));
}

Result<GetHistory::Output> GetHistory::handle(const Api& api, const http::Call&, const Input& input) {
  if (auto valid = check_account_did(input.did); !valid.ok()) return valid.error().within("did");
  const std::string list = "economics/mana/history/" + input.did.text();
  HistoryFilter filter{input.kind, input.since.value_or(0), input.limit, 0};
  if (input.cursor) {
    ICN_TRY_ASSIGN(position, api.cursors.open(list, *input.cursor));
    if (!storage::parse_key(position, filter.below_seq)) return Error(http::kBadCursor);
  }
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(page, read_history(*snapshot, input.did, filter));
  Output output;
  output.items = std::move(page.items);
  if (page.resume) output.next_cursor = api.cursors.seal(list, ledger::key_of(*page.resume));
  return output;
}

}  // namespace icn::economics::api
