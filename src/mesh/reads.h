#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "codec/records.h"
#include "ledger/tables.h"

// What jobs read, and the record of it. Source: design.md 6 "Ledger reads". Format: docs/formats/job.md.
namespace icn::mesh {

// One read and its answer, in the order they were made.
struct ReadRecord {
  std::string call;      // "mana_balance", "load_block", "resolve_did", "verify_signature", ...
  std::string argument;  // what was asked for
  std::string code;      // of a refusal; empty: answered
  Bytes answer;          // of load_block: empty, the argument names it
  static constexpr auto fields() {
    using codec::field;
    return described(field("call", &ReadRecord::call), field("argument", &ReadRecord::argument),
                     field("code", &ReadRecord::code), field("answer", &ReadRecord::answer));
  }
  bool operator==(const ReadRecord&) const = default;
};
struct ReadLog {
  std::vector<ReadRecord> reads;
  static constexpr auto fields() { return described(codec::field("reads", &ReadLog::reads)); }
};

inline constexpr std::size_t kReadsMax = 10'000;
inline constexpr std::size_t kDeclaredBytesMax = 300;       // of one declared read
inline constexpr std::size_t kReadAnswerBytesMax = 16'384;  // a longer answer is refused as too large

// What the ledger can be asked by a job. `call`: mana_balance, resolve_did, reputation; `argument`: a DID.
// governance_state: a proposal's id, or nothing.
struct LedgerRead {
  std::string call;
  std::string argument;
};
// "mana_balance:DID", "resolve_did:DID", "reputation:DID", "governance_state:ID". J001: says what is allowed.
Result<LedgerRead> parse_read(std::string_view text);

// The answer of the state at block time `now`; a refusal is an answer. Errors of storage.
Result<ReadRecord> answer_read(const ledger::Reader& state, TimestampSecs now, const LedgerRead& read);
// Of reads that parse_read() takes, in their order.
Result<std::vector<ReadRecord>> answer_reads(const ledger::Reader& state, TimestampSecs now,
                                             const std::vector<std::string>& declared);

// Refusals a record can hold, so that a replay refuses in the same way. An error that is none (is_refusal()
// false) is this machine's: it is never recorded.
bool is_refusal(const Error& error);
Error plain_refusal(const Error& error);
Error refusal_of(const std::string& code);

}  // namespace icn::mesh
