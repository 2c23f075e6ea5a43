#pragma once

#include "economics/api/context.h"
#include "economics/history.h"
#include "http/call.h"

namespace icn::economics::api {

// GET /economics/mana/history. What an account has regenerated since its last entry is not in it yet: it
// becomes an item together with the next entry.   I001, unsupported_did_method, bad_cursor, malformed as of
// GetBalance
struct GetHistory {
  struct Input {
    std::optional<Did> did;
    std::optional<EntryKind> kind;
    std::optional<TimestampSecs> since;
    std::uint32_t limit = http::kPageItems;
    std::optional<std::string> cursor;
    static constexpr auto fields() {
      using codec::field;
      return described(field("did", &Input::did, "whose account; default: the caller's only DID"),
                       field("kind", &Input::kind, "only entries of this kind"),
                       field("since", &Input::since, "only entries from this time on, Unix seconds"),
                       http::limit_field(&Input::limit), http::cursor_field(&Input::cursor));
    }
  };
  using Output = http::Page<LedgerEntry>;
  static constexpr std::string_view summary = "Entries of an account, newest first";
  static http::AnswerVersion answer_version(const Api& api, const http::Request& request);
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

}  // namespace icn::economics::api
