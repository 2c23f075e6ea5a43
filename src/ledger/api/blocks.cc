#include "ledger/api/blocks.h"

#include "ledger/api/outcome_json.h"
#include "ledger/pruning.h"

namespace icn::ledger::api {

Result<ListBlocks::Output> ListBlocks::handle(const Api& api, const http::Call&, const Input& input) {
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ScanRange range{.index = {}, .from = {}, .to = {}, .reverse = true};
  if (input.cursor) {
    ICN_TRY_ASSIGN(position, api.cursors.open("ledger/blocks", *input.cursor));
    range.to = std::move(position);
  }
  ICN_TRY_ASSIGN(rows, kHeaders.scan(*snapshot, range));
  Output page;
  while (page.items.size() < input.limit) {
    ICN_TRY_ASSIGN(header, rows.next());
    if (!header) return page;
    const crypto::Hash hash = header_hash(*header);
    page.items.push_back({std::move(*header), {to_bytes(hash)}});
  }
  const std::uint64_t last = page.items.back().header.height;
  if (last > 0) page.next_cursor = api.cursors.seal("ledger/blocks", key_of(last));
  return page;
}

Result<GetBlock::Output> GetBlock::handle(const Api& api, const http::Call&, const Input& input) {
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(header, kHeaders.get(*snapshot, input.height));
  ICN_TRY_ASSIGN(body, kBodies.get(*snapshot, input.height));
  if (!header || !body)
    return missing_block(*snapshot, input.height, api.ledger.published()->head.header.height);
  Output output;
  output.header = *header;
  output.hash.bytes = to_bytes(header_hash(*header));
  for (const StoredTransaction& each : body->transactions) {
    ICN_TRY_ASSIGN(json, transaction_json(each));
    output.transactions.push_back(std::move(json));
  }
  for (const Outcome& outcome : body->outcomes) output.outcomes.push_back(outcome_json(outcome));
  output.misconduct = std::move(body->misconduct);
  if (!body->genesis.empty()) {
    ICN_TRY_ASSIGN(genesis, codec::parse_json(body->genesis));
    output.genesis = std::move(genesis);
  }
  return output;
}

}  // namespace icn::ledger::api
