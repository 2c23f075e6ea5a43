#pragma once

#include "dag/block_store.h"
#include "identity/export.h"

namespace icn::dag {

// Blocks for the archive of a DID's data: public ones, and private ones that the DID wrote or that were
// shared with it. A record may name any CID: that it does opens nothing. `blocks` outlives what is answered.
identity::ReadExported exported_blocks(const BlockStore& blocks);

}  // namespace icn::dag
