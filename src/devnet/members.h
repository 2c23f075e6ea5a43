#pragma once

#include <vector>

#include "bench/members.h"
#include "devnet/world.h"
#include "ledger/transaction.h"

namespace icn::devnet {

// Start mana for members and for the nodes themselves, who lock some of it when they run others' jobs; given
// by the operator at the first node. Errors: unavailable, internal (the first refusal).
Result<void> grant_start(const World& world, const std::vector<bench::Member>& members);

// A transaction of `member`, signed.
ledger::Transaction signed_transaction(const bench::Member& member, std::string type, codec::Json body,
                                       Random& random);

}  // namespace icn::devnet
