#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "config/settings.h"
#include "consensus/cometbft/network_genesis.h"
#include "crypto/key_store.h"
#include "federation/api/context.h"
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

// The arguments outlive the log, `settings` and `beginning` excepted. Errors: those of OwnEngine::start() and
// FollowedEngine::start(); malformed: consensus.followed is empty.
Result<std::unique_ptr<ledger::OrderedLog>> start_log(const config::Settings& settings,
                                                      const Beginning& beginning, ledger::Ledger& ledger,
                                                      crypto::KeyStore& keys, const Clock& clock,
                                                      std::shared_ptr<Log> log);

// What the other organisations need to know of this node's validator, with the proof that it has its key, for
// `organization` (none: the node itself). Makes the keys that are missing. Its address is
// consensus.external_address, else consensus.listen.
Result<consensus::ValidatorInfo> validator_info(const config::Settings& settings, crypto::KeyStore& keys,
                                                const std::optional<Did>& organization = {});

// The newest block of the engine behind `log`.   unavailable: none answers
Result<federation::TrustedBlock> trusted_block(const ledger::OrderedLog& log);

// What the endpoints ask the engine behind `log` with, and where added peers are kept.
federation::EngineDeskParts engine_desk_parts(const config::Settings& settings, const Clock& clock,
                                              const ledger::OrderedLog& log);

// consensus.rpc_listen as others reach it: with the host of consensus.external_address where it listens on
// all. Empty: nowhere.
std::string own_rpc(const config::Settings& settings);

// unavailable, in one line: why this node could not order a federation's ledger.
Result<void> check_can_federate(const config::Settings& settings);

// The genesis file of the engine that goes on from this ledger (federation.init): made from its state when it
// stands at the block that says so, read ever after. Lies in data_path. not_found: the ledger is of one node
// alone; damaged: the file is gone.
Result<std::string> continued_genesis(const config::Settings& settings, const ledger::Ledger& ledger);

}  // namespace icn::node
