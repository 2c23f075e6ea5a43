#pragma once

#include "crypto/ed25519.h"
#include "dag/block_store.h"
#include "ledger/api/writer.h"
#include "ledger/gateway.h"

namespace icn::dag {

// Who signs charges: the node.
struct ChargeSigner {
  Did node_did;
  ledger::Custody::Key key;
};

// Turns what accounts owe into "dag.charge" transactions. A charge is signed and made durable before it is
// submitted, and what it names stays owed until its outcome is known: after a crash the same bytes are
// submitted again, so that nobody is charged twice and nothing is forgotten.
// Thread: one at a time, not an io thread; run() waits for the ledger.
class Charger {
 public:
  Charger(BlockStore& blocks, const ledger::Ledger& ledger, ledger::Gateway& gateway,
          const ledger::Writer& maker, const ChargeSigner& signer)
      : blocks_(blocks), ledger_(ledger), gateway_(gateway), maker_(maker), signer_(signer) {}

  // Finishes a charge that is open; else makes one of up to 1,000 accounts. Returns how many accounts still
  // owe.
  Result<std::size_t> run();

 private:
  using ChargePtr = std::shared_ptr<ledger::CheckedTransaction>;

  Result<ChargePtr> open_charge() const;  // null: none
  Result<ChargePtr> make_charge(std::size_t& left);
  Result<void> finish(const ChargePtr& charge);
  Result<ledger::Commitment> submit(const ChargePtr& charge);
  Result<void> close(const ChargePtr& charge, bool is_paid);

  BlockStore& blocks_;
  const ledger::Ledger& ledger_;
  ledger::Gateway& gateway_;
  const ledger::Writer& maker_;
  const ChargeSigner& signer_;
  InlineExecutor executor_;
};

}  // namespace icn::dag
