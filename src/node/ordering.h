#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "config/settings.h"
#include "consensus/cometbft/network_genesis.h"
#include "crypto/key_store.h"
#include "ledger/ledger.h"
#include "ledger/ordered_log.h"

// What puts this node's transactions into order, as the settings say (consensus.engine).
namespace icn::node {

// Where the ledger begins. A node alone makes its own genesis; the nodes of a federation share a file.
struct Beginning {
  ledger::Genesis genesis;
  std::string file_text;  // of consensus.genesis_file; empty: a node alone
};
// malformed: the file cannot be read, or is of another network than network_id.
Result<Beginning> read_beginning(const config::Settings& settings, const Did& node_did, const Clock& clock);

// Which snapshots and blocks the ledger keeps.
ledger::CheckpointOptions checkpoint_options(const config::Settings& settings, std::shared_ptr<Log> log);

// The arguments outlive the log, `settings` and `beginning` excepted. Errors: those of CometbftLog::start().
Result<std::unique_ptr<ledger::OrderedLog>> start_log(const config::Settings& settings,
                                                      const Beginning& beginning, ledger::Ledger& ledger,
                                                      crypto::KeyStore& keys, const Clock& clock,
                                                      std::shared_ptr<Log> log);

// What the other organisations need to know of this node's validator. Makes the keys that are missing.
// Its address is consensus.external_address, else consensus.listen.
Result<consensus::ValidatorInfo> validator_info(const config::Settings& settings, crypto::KeyStore& keys);

}  // namespace icn::node
