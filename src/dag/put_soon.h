#pragma once

#include <functional>

#include "dag/block_store.h"

namespace icn::dag {

// Stores a DAG-CBOR block that the caller names before it is stored. `stored` may be empty: told on
// `executor` once it is durable. Where it cannot be stored nobody is told, and its CID names what this node
// lacks. Errors of make_block().
Result<Cid> put_soon(BlockStore& blocks, Executor& executor, Bytes bytes, PutOptions options,
                     std::function<void(const Cid&)> stored = {});

}  // namespace icn::dag
