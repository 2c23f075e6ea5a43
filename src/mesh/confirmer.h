#pragma once

#include <functional>
#include <memory>

#include "base/log.h"
#include "dag/block_store.h"
#include "ledger/api/custody.h"
#include "ledger/gateway.h"
#include "mesh/effects.h"
#include "mesh/job.h"

namespace icn::mesh {

// What a job asks of the ledger, as its submitter may read it. E001: the list is not here.
Result<std::vector<Effect>> load_effects(const dag::BlockStore& blocks, const Job& job);

// The key this node keeps for a DID; an error: none. Thread: any.
using KeptKey = std::function<Result<ledger::Custody::Key>(const Did&)>;

// Confirms what jobs ask of the ledger where nobody else need look at it: this node ran the job itself and
// keeps its submitter's key. A list the ledger refuses is logged and stays for the submitter, until it
// lapses. Once a list is applied, whoever confirmed it, the text of a proposal in it is made public where
// this node holds it. Source: design.md 6 "Ledger effects".
//
// Made before the ledger's writer runs (it listens to the ledger), destroyed after the log has stopped. Works
// on the executor `loop` alone, which ends first.
class Confirmer {
 public:
  // All of these outlive it.
  struct Parts {
    ledger::Ledger& ledger;
    ledger::Gateway& gateway;
    dag::BlockStore& blocks;
    const Clock& clock;
    Random& random;
    Did node;
    KeptKey kept_key;
    std::shared_ptr<Log> log;
    Executor& loop;
  };

  explicit Confirmer(Parts parts);

  // Takes up what was left open when the node stopped. Errors of storage.
  Result<void> start();

 private:
  void on_opened(const std::string& data);
  void on_applied(const std::string& data);
  void confirm(const JobId& id);
  Result<bool> try_confirm(const JobId& id);

  Parts parts_;
};

}  // namespace icn::mesh
