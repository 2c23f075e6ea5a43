#include "node/departure.h"

#include <filesystem>
#include <future>

#include "base/errors.h"
#include "consensus/cometbft/engine_state.h"
#include "consensus/single/single_log.h"
#include "crypto/key_text.h"
#include "federation/tx/depart.h"
#include "ledger/gateway.h"
#include "ledger/ledger.h"
#include "node/engines.h"
#include "node/membership.h"
#include "node/ordering.h"
#include "registry/rules.h"
#include "storage/record_space.h"

namespace icn::node {
namespace {

constexpr std::uint64_t kLifetimeSecs = 300;

Result<std::shared_ptr<ledger::CheckedTransaction>> departure_of(const DepartureParts& parts,
                                                                 const ledger::Ledger& ledger) {
  const auto published = ledger.published();
  ledger::Transaction transaction;
  transaction.network = published->network.network;
  transaction.sender = crypto::did_key(parts.node_key.public_key());
  transaction.key = crypto::did_key_method(parts.node_key.public_key());
  transaction.nonce.bytes = parts.random.bytes(16);
  transaction.type = "federation.depart";
  transaction.body = codec::to_json(federation::DepartFromFederation::Body{parts.settings.network_id});
  transaction.expires = std::max(parts.clock.now_secs(), published->head.header.time) + kLifetimeSecs;
  ledger::sign(transaction, parts.node_key);
  return ledger::CheckedTransaction::from_json(parts.rules.types, codec::to_json(transaction));
}

Result<void> write_block(const DepartureParts& parts, ledger::Ledger& ledger) {
  consensus::SingleLogOptions options;
  options.takes_over = true;
  consensus::SingleLog log(ledger, parts.clock, parts.log, options);
  ledger::Gateway gateway(ledger, log, parts.clock, 1);
  ICN_TRY_ASSIGN(transaction, departure_of(parts, ledger));
  InlineExecutor executor;
  std::promise<Result<ledger::Commitment>> promise;
  gateway.submit_own(executor, std::move(transaction), parts.node_key.public_key(),
                     [&promise](const Result<ledger::Commitment>& result) { promise.set_value(result); });
  const Result<ledger::Commitment> committed = promise.get_future().get();
  log.stop();
  if (!committed.ok()) return committed.error();
  if (!committed->outcome.ok) return committed->outcome.error();
  parts.log->info("block {} is the first one of this node alone", committed->height);
  return {};
}

// Of the chain that is over; its note in the store goes last, so that this is done again after a crash.
Result<void> move_aside(const config::Settings& settings, const std::string& chain) {
  const std::filesystem::path data = settings.data_path;
  const std::filesystem::path files[] = {config::engine_folder(settings), data / "validator-signed.json",
                                         genesis_file(settings)};
  for (const std::filesystem::path& file : files) {
    std::error_code failure;
    if (!std::filesystem::exists(file, failure)) continue;
    std::filesystem::rename(file, file.string() + "-" + file_part(chain), failure);
    if (failure) return Error(errors::kInternal, file.string() + ": " + failure.message());
  }
  return {};
}

}  // namespace

Result<void> depart(const DepartureParts& parts) {
  const config::Settings& settings = parts.settings;
  const auto make = [&] {
    return make_engine(settings, config::storage_folder(settings), WritePattern::kBlocks, parts.log);
  };
  ledger::Genesis genesis;
  {
    const auto engine = make();
    ICN_TRY_ASSIGN(store, engine->open(registry::ledger_tables()));
    ICN_TRY_ASSIGN(network, ledger::kNetwork.get(*store, "network"));
    if (!network) return Error(errors::kInternal, "the ledger of this node is gone");
    genesis.network = network->network;
  }
  if (genesis.network != settings.network_id) {
    ICN_TRY_ASSIGN(opened, ledger::Ledger::open(make(), registry::ledger_tables(), parts.rules, genesis,
                                                checkpoint_options(settings, parts.log)));
    ICN_TRY(write_block(parts, *opened));
  }
  const auto engine = make();
  ICN_TRY_ASSIGN(store, engine->open(registry::ledger_tables()));
  ICN_TRY_ASSIGN(note, consensus::kEngineNote.get(*store, consensus::kEngineKey));
  if (!note || note->chain == settings.network_id) return {};
  ICN_TRY(move_aside(settings, note->chain));
  storage::StoreSpace space(*store, storage::Durability::kSynced);
  return consensus::kEngineNote.erase(space, consensus::kEngineKey);
}

}  // namespace icn::node
