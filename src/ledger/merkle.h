#pragma once

#include "crypto/merkle.h"

// The tree of crypto/merkle.h under the names the ledger uses.
namespace icn::ledger {

using crypto::merkle_leaf;
using crypto::merkle_node;
using crypto::merkle_path;
using crypto::merkle_root;
using crypto::merkle_root_by_path;
using crypto::MerkleStream;

}  // namespace icn::ledger
