#include "federation/joining/earlier_blocks.h"

#include "base/errors.h"
#include "ledger/api/blocks.h"
#include "ledger/verify.h"

namespace icn::federation {
namespace {

constexpr std::uint64_t kBlocksPerLogLine = 1'000;

// Only what the replay reads is kept: header, transactions, genesis. It computes the outcomes itself.
Result<void> keep_block(const codec::Json& json, std::uint64_t height, storage::RecordSpace& blocks) {
  ICN_TRY_ASSIGN(shown,
                 codec::from_json<ledger::api::GetBlock::Output>(json, codec::UnknownMembers::kIgnore));
  if (shown.header.height != height)
    return Error(errors::kMalformed, "block " + std::to_string(height) + " has another height");
  ledger::BlockBody body;
  for (codec::Json& transaction : shown.transactions) {
    const codec::Json* const signature = transaction.find("signature");
    if (signature == nullptr || signature->string() == nullptr)
      return Error(errors::kMalformed, "a transaction of block " + std::to_string(height) + " is not signed");
    ICN_TRY_ASSIGN(bytes, hex_decode(*signature->string()));
    transaction.erase("signature");
    body.transactions.push_back({codec::canonical_json(transaction), std::move(bytes)});
  }
  if (shown.genesis) body.genesis = codec::canonical_json(*shown.genesis);
  ICN_TRY(ledger::kHeaders.put(blocks, height, shown.header));
  return ledger::kBodies.put(blocks, height, body);
}

}  // namespace

Result<void> fetch_earlier_blocks(FederationClient& federation, const ledger::Rules& rules,
                                  const std::vector<storage::TableSchema>& tables,
                                  const ledger::Continuation& continues, storage::Store& fetched,
                                  storage::Store& into, const std::shared_ptr<Log>& log) {
  storage::StoreSpace blocks(fetched, storage::Durability::kBuffered);
  for (std::uint64_t height = 0; height <= continues.height; ++height) {
    ICN_TRY_ASSIGN(json, federation.get("/ledger/blocks/" + std::to_string(height)));
    if (auto kept = keep_block(json, height, blocks); !kept.ok()) return kept.error();
    if (height > 0 && height % kBlocksPerLogLine == 0)
      log->info("{} of {} blocks from before the federation are here", height, continues.height);
  }
  ledger::VerifyReport report;
  ICN_TRY_ASSIGN(difference, ledger::replay_blocks(rules, fetched, tables, into, report));
  if (difference)
    return Error(errors::kMalformed, "the federation's earlier blocks do not replay: " + *difference);
  ICN_TRY_ASSIGN(root, ledger::state_hash(into, tables));
  if (to_bytes(report.head_hash) != continues.previous.bytes || to_bytes(root) != continues.state_root.bytes)
    return Error(errors::kMalformed,
                 "the federation's earlier blocks are not those its genesis goes on from");
  return into.flush();
}

}  // namespace icn::federation
