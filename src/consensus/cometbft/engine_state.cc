#include "consensus/cometbft/engine_state.h"

namespace icn::consensus {

std::vector<storage::TableSchema> cometbft_tables() {
  return storage::TableSet(kEngineNote, kEngineBlocks).schemas();
}

}  // namespace icn::consensus
