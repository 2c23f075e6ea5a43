#include "governance/api/members.h"

#include <algorithm>

#include "base/errors.h"
#include "governance/errors.h"
#include "governance/members.h"

namespace icn::governance::api {
namespace {

constexpr std::string_view kList = "governance/members";
constexpr std::size_t kSearchedMax = 5'000;  // rows looked at for one page

bool is_wanted(const ListMembers::Input& input, const Member& member) {
  if (input.status && member.status != *input.status) return false;
  return !input.role || std::ranges::find(member.roles, *input.role) != member.roles.end();
}

std::string list_name(const ListMembers::Input& input) {
  return std::string(kList) + "|" + input.scope + "|" +
         (input.status ? std::string(codec::enum_name(*input.status)) : "") + "|" + input.role.value_or("");
}

}  // namespace

Result<ListMembers::Output> ListMembers::handle(const Api& api, const http::Call&, const Input& input) {
  ICN_TRY(parse_scope(input.scope));
  ledger::ScanRange range = ledger::prefix_range(ledger::key_of(input.scope));
  if (input.cursor) {
    ICN_TRY_ASSIGN(position, api.cursors.open(list_name(input), *input.cursor));
    range.from = std::move(position);
    range.from.push_back(0);
  }
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  Output page;
  ICN_TRY_ASSIGN(scope, kScopes.get(*snapshot, input.scope));
  if (scope) {
    page.members = scope->members;
    page.voters = scope->voters;
    page.pool_did = scope->pool;
  }
  ICN_TRY_ASSIGN(rows, kMembers.scan(*snapshot, range));
  Bytes last;
  for (std::size_t searched = 0; searched < kSearchedMax; ++searched) {
    ICN_TRY_ASSIGN(member, rows.next());
    if (!member) return page;
    if (page.items.size() == input.limit) break;
    last = ledger::key_of(member->scope, member->did);
    if (is_wanted(input, *member)) page.items.push_back(std::move(*member));
  }
  page.next_cursor = api.cursors.seal(list_name(input), last);
  return page;
}

Result<GetMember::Output> GetMember::handle(const Api& api, const http::Call&, const Input& input) {
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(rows,
                 kMembers.scan(*snapshot, ledger::prefix_range(ledger::key_of(input.did), std::size_t{0})));
  Output out{input.did, {}};
  while (true) {
    ICN_TRY_ASSIGN(member, rows.next());
    if (!member) break;
    if (!input.scope || member->scope == *input.scope) out.memberships.push_back(std::move(*member));
  }
  if (!out.memberships.empty()) return out;
  return Error(kMemberNotFound, input.did.text() + " is no member of " + input.scope.value_or("any scope"));
}

Result<ledger::PlainWrite> PostMembers::plain(const Api& api, const http::Call&, const Input& input) {
  Enroll::Body body{input.scope, input.members};
  if (input.did) {
    Enroll::Person person{*input.did, {}};
    if (input.role) person.roles.push_back(*input.role);
    body.members.insert(body.members.begin(), std::move(person));
  }
  if (body.members.empty()) return Error(errors::kMalformed, "did: is required, or members");
  return ledger::PlainWrite{api.node_did, codec::to_json(body)};
}

void PostMembers::handle(const Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<PostMembers>(api.writer, api, std::move(exchange));
}

Result<ledger::PlainWrite> LeaveScope::plain(const Api&, const http::Call&, const Input& input) {
  return ledger::PlainWrite{input.did, codec::to_json(Leave::Body{input.scope})};
}

Result<void> LeaveScope::matches(const http::Request& request, const codec::Json& body) {
  const std::string* did = http::find_parameter(request.path_parameters, "did");
  const codec::Json* sender = body.find("sender");
  if (did != nullptr && sender != nullptr && sender->string() != nullptr && *sender->string() == *did)
    return {};
  return Error(errors::kMalformed, "sender: must be the DID of the path");
}

void LeaveScope::handle(const Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<LeaveScope>(api.writer, api, std::move(exchange));
}

}  // namespace icn::governance::api
