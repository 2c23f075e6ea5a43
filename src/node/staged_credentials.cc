#include "node/staged_credentials.h"

namespace icn::node {

Result<void> open_staged_blocks(const ledger::Ledger& ledger, dag::BlockStore& blocks, Log& log,
                                std::unique_ptr<credentials::StagedBlocks>& staged) {
  staged = std::make_unique<credentials::StagedBlocks>(ledger, blocks);
  const auto recovered = staged->recover();
  // They stay where they are: a full disk keeps no node from being read.
  if (!recovered.ok() && recovered.error().category() == Category::kStorageFull) {
    log.warn("blocks of credentials are on their way still: {}", recovered.error().detail());
    return {};
  }
  ICN_TRY(recovered);
  if (*recovered > 0)
    log.info("{} blocks of credentials were on their way when the node stopped", *recovered);
  return {};
}

bool can_stage_blocks(const config::Settings& settings) {
  using enum config::StorageBackend;
  const bool is_near = settings.storage_backend == kRocksdb || settings.storage_backend == kSled ||
                       settings.storage_backend == kMemory;
  return is_near && settings.consensus_engine == config::ConsensusEngine::kSingle;
}

}  // namespace icn::node
