#include "governance/api/parameters.h"

#include <algorithm>

#include "base/errors.h"
#include "governance/parameters.h"
#include "governance/tables.h"

namespace icn::governance::api {
namespace {

constexpr std::string_view kList = "governance/parameters/history";

}  // namespace

Result<ListParameters::Output> ListParameters::handle(const Api& api, const http::Call&, const Input& input) {
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(values, ledger::load_parameters(*snapshot));
  Output out;
  for (const ledger::ParameterRow& row : ledger::parameter_rows()) {
    if (input.prefix && !row.name.starts_with(*input.prefix)) continue;
    Item item;
    item.name = row.name;
    item.value = values.*(row.member);
    item.bounds = {row.min, row.max};
    item.doc = row.doc;
    ICN_TRY_ASSIGN(change, last_change(*snapshot, item.name));
    if (change) {
      item.last_proposal = change->proposal_id;
      item.changed_at = change->at;
    }
    out.items.push_back(std::move(item));
  }
  return out;
}

Result<ListParameterChanges::Output> ListParameterChanges::handle(const Api& api, const http::Call&,
                                                                  const Input& input) {
  const std::string list = std::string(kList) + "|" + input.name.value_or("");
  ledger::ScanRange range{{}, {}, {}, true};
  if (input.name) range = ledger::prefix_range(ledger::key_of(*input.name), {}, true);
  if (input.cursor) {
    ICN_TRY_ASSIGN(position, api.cursors.open(list, *input.cursor));
    range.to = std::move(position);
  }
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(rows, kParameterChanges.scan(*snapshot, range));
  Output page;
  Bytes last;
  while (true) {
    ICN_TRY_ASSIGN(change, rows.next());
    if (!change) return page;
    if (page.items.size() == input.limit) {
      page.next_cursor = api.cursors.seal(list, last);
      return page;
    }
    last = ledger::key_of(change->name, change->number);
    page.items.push_back(std::move(*change));
  }
}

}  // namespace icn::governance::api
