#pragma once

#include <memory>

#include "base/log.h"
#include "config/settings.h"
#include "credentials/staged_blocks.h"

namespace icn::node {

// Puts where it belongs what a crash left on its way; where the disk is full, at the next start. Before
// anybody is served; waits for the disk.
Result<void> open_staged_blocks(const ledger::Ledger& ledger, dag::BlockStore& blocks, Log& log,
                                std::unique_ptr<credentials::StagedBlocks>& staged);

// Whether the ledger may name blocks that are on their way: an anchor is durable with this node's own ledger,
// and a write to that takes no round trip of an io thread.
bool can_stage_blocks(const config::Settings& settings);

}  // namespace icn::node
