#include "mesh/reads.h"

#include "base/errors.h"
#include "codec/json.h"
#include "economics/accounts.h"
#include "identity/resolver.h"
#include "mesh/errors.h"
#include "mesh/governance_read.h"
#include "reputation/score/record.h"

namespace icn::mesh {
namespace {

constexpr std::string_view kManaBalance = "mana_balance";
constexpr std::string_view kResolveDid = "resolve_did";
constexpr std::string_view kReputation = "reputation";
constexpr std::string_view kGovernanceState = "governance_state";

Result<std::string> mana_balance(const ledger::Reader& state, TimestampSecs now, const Did& did) {
  ICN_TRY_ASSIGN(account, economics::load_account(state, did));
  if (!account) return Error(errors::kNotFound, "no such account");
  economics::settle_time(*account, now);
  return std::to_string(account->balance.value);
}

Result<std::string> did_document(const ledger::Reader& state, const Did& did) {
  ICN_TRY_ASSIGN(resolved, identity::resolve(state, did));
  return codec::write_json(resolved.document);
}

Result<std::string> reputation_of(const ledger::Reader& state, TimestampSecs now, const Did& did) {
  ICN_TRY_ASSIGN(standing, reputation::load_standing(state, did));
  return std::to_string(reputation::score_at(standing, now).thousandths);
}

}  // namespace

bool is_refusal(const Error& error) {
  return error.category() != Category::kInternal && error.category() != Category::kUnavailable &&
         error.category() != Category::kStorageFull;
}

Error plain_refusal(const Error& error) {
  switch (error.category()) {
    case Category::kMalformed:
      return Error(errors::kMalformed, error.detail());
    case Category::kUnauthenticated:
    case Category::kForbidden:
      return Error(errors::kForbidden, error.detail());
    case Category::kNotFound:
      return Error(errors::kNotFound, error.detail());
    case Category::kTooLarge:
      return Error(errors::kTooLarge, error.detail());
    case Category::kRule:
    case Category::kConflict:
      return Error(errors::kRuleBroken, error.detail());
    default:
      return error;
  }
}

Error refusal_of(const std::string& code) {
  for (const ErrorKind* kind : {&errors::kMalformed, &errors::kForbidden, &errors::kNotFound,
                                &errors::kRuleBroken, &errors::kTooLarge}) {
    if (code == kind->code) return Error(*kind);
  }
  return Error(errors::kInternal, "the record holds an unknown refusal");
}

Result<LedgerRead> parse_read(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view call = text.substr(0, colon);
  const std::string_view argument = colon == std::string_view::npos ? "" : text.substr(colon + 1);
  const bool is_of_did = call == kManaBalance || call == kResolveDid || call == kReputation;
  const bool is_known = (is_of_did && argument.starts_with("did:")) ||
                        (call == kGovernanceState && colon != std::string_view::npos);
  if (!is_known || text.size() > kDeclaredBytesMax) {
    return Error(kInvalidSpec,
                 "must be mana_balance:DID, resolve_did:DID, reputation:DID, governance_state:PROPOSAL or "
                 "governance_state:");
  }
  return LedgerRead{std::string(call), std::string(argument)};
}

Result<ReadRecord> answer_read(const ledger::Reader& state, TimestampSecs now, const LedgerRead& read) {
  const Did did(read.argument);
  const auto found = read.call == kManaBalance       ? mana_balance(state, now, did)
                     : read.call == kResolveDid      ? did_document(state, did)
                     : read.call == kReputation      ? reputation_of(state, now, did)
                     : read.call == kGovernanceState ? governance_state(state, read.argument)
                                                     : Error(errors::kMalformed, "no read of the ledger");
  if (!found.ok() && !is_refusal(found.error())) return found.error();
  ReadRecord record{read.call, read.argument, "", {}};
  if (!found.ok())
    record.code = plain_refusal(found.error()).code();
  else if (found->size() > kReadAnswerBytesMax)
    record.code = errors::kTooLarge.code;
  else
    record.answer = to_bytes(as_bytes(*found));
  return record;
}

Result<std::vector<ReadRecord>> answer_reads(const ledger::Reader& state, TimestampSecs now,
                                             const std::vector<std::string>& declared) {
  std::vector<ReadRecord> answers;
  for (const std::string& text : declared) {
    ICN_TRY_ASSIGN(read, parse_read(text));
    ICN_TRY_ASSIGN(answer, answer_read(state, now, read));
    answers.push_back(std::move(answer));
  }
  return answers;
}

}  // namespace icn::mesh
