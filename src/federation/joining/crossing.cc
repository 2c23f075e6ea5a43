#include "federation/joining/crossing.h"

#include "economics/tables.h"
#include "governance/tables.h"
#include "identity/tables.h"
#include "ledger/block.h"
#include "mesh/tables.h"

namespace icn::federation {
namespace {

constexpr std::size_t kBytesPerTransaction = 600'000;

}  // namespace

Result<Crossing> count_crossing(const ledger::Reader& store) {
  Crossing out;
  ICN_TRY_ASSIGN(documents, identity::kDocuments.scan(store, {}));
  while (true) {
    ICN_TRY_ASSIGN(document, documents.next());
    if (!document) break;
    ++out.dids;
    out.versions += document->version;
  }
  ICN_TRY_ASSIGN(accounts, economics::kAccounts.scan(store, {}));
  while (true) {
    ICN_TRY_ASSIGN(account, accounts.next());
    if (!account) break;
    ++out.accounts;
    out.mana = out.mana + account->balance;
    if (account->stage != economics::Stage::kUnverified) ++out.people;
  }
  ICN_TRY_ASSIGN(open, mesh::kOpenJobs.scan(store, {}));
  while (true) {
    ICN_TRY_ASSIGN(jobs, open.next());
    if (!jobs) break;
    out.open_jobs += jobs->count;
  }
  ICN_TRY_ASSIGN(proposals, governance::kOpenProposals.scan(store, {}));
  while (true) {
    ICN_TRY_ASSIGN(own, proposals.next());
    if (!own) break;
    out.open_proposals += own->count;
  }
  ICN_TRY_ASSIGN(members, governance::kMembers.scan(store, {}));
  while (true) {
    ICN_TRY_ASSIGN(member, members.next());
    if (!member) break;
    if (governance::is_active(*member)) ++out.members;
  }
  ICN_TRY_ASSIGN(head, ledger::load_head(store));
  if (head) out.height = head->header.height;
  return out;
}

Result<void> each_bring(const ledger::Reader& store, const std::string& network,
                        const std::function<Result<void>(const BringRecords::Body&)>& take) {
  BringRecords::Body body;
  body.network = network;
  std::size_t bytes = 0;
  const auto flush = [&]() -> Result<void> {
    if (body.histories.empty() && body.people.empty()) return {};
    ICN_TRY(take(body));
    body.histories.clear();
    body.people.clear();
    bytes = 0;
    return {};
  };
  ICN_TRY_ASSIGN(documents, identity::kDocuments.scan(store, {}));
  while (true) {
    ICN_TRY_ASSIGN(document, documents.next());
    if (!document) break;
    ICN_TRY_ASSIGN(history, identity::past_changes(store, document->id));
    const std::size_t size = codec::to_json_text(history).size();
    if (bytes + size > kBytesPerTransaction || body.histories.size() == kHistoriesPerTransaction)
      ICN_TRY(flush());
    body.histories.push_back(std::move(history));
    bytes += size;
  }
  ICN_TRY(flush());
  ICN_TRY_ASSIGN(accounts, economics::kAccounts.scan(store, {}));
  while (true) {
    ICN_TRY_ASSIGN(account, accounts.next());
    if (!account) break;
    if (account->stage == economics::Stage::kUnverified) continue;
    Did person;
    if (!storage::parse_key(accounts.key(), person))
      return Error(storage::kCorrupt, "the key of an account cannot be read");
    if (body.people.size() == kPeoplePerTransaction) ICN_TRY(flush());
    body.people.push_back(std::move(person));
  }
  return flush();
}

}  // namespace icn::federation
