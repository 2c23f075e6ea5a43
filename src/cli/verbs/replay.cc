#include <fstream>
#include <memory>
#include <ostream>
#include <unordered_set>

#include "base/log.h"
#include "cli/verbs/all.h"
#include "cli/verbs/replay.h"
#include "consensus/cometbft/admission.h"
#include "consensus/cometbft/network_genesis.h"
#include "crypto/durable_file.h"
#include "ledger/ledger.h"
#include "ledger/state_cache.h"
#include "node/engines.h"
#include "registry/rules.h"

namespace icn::cli {
namespace {

constexpr std::size_t kGenesisBytesMax = 16 << 20;

// A block as an engine decided it, one a line.
struct DecidedBlock {
  std::uint64_t height = 0;  // of the engine
  TimestampSecs time = 0;
  std::vector<Bytes> transactions;
  std::vector<ledger::Misconduct> misconduct;
  static constexpr auto fields() {
    using codec::field;
    return described(field("height", &DecidedBlock::height), field("time", &DecidedBlock::time),
                     field("transactions", &DecidedBlock::transactions),
                     field("misconduct", &DecidedBlock::misconduct));
  }
};

// Executes decided blocks as a node alone does: its executor, its cache, its ledger in memory.
class Replayer {
 public:
  static Result<std::unique_ptr<Replayer>> begin(const ledger::Genesis& genesis) {
    auto out = std::unique_ptr<Replayer>(new Replayer);
    config::Settings settings;
    settings.storage_backend = config::StorageBackend::kMemory;
    auto engine = node::make_engine(settings, {}, node::WritePattern::kBlocks, make_silent_log());
    ICN_TRY_ASSIGN(ledger,
                   ledger::Ledger::open(std::move(engine), registry::ledger_tables(), out->rules_, genesis));
    out->ledger_ = std::move(ledger);
    ICN_TRY_ASSIGN(store, out->ledger_->store());
    out->cache_.emplace(*store, 64 << 20);
    out->executor_.emplace(out->rules_, out->ledger_->checkpoint_roots());
    return out;
  }

  // The block it became; none: it changed nothing.
  Result<std::optional<ledger::Head>> add(const DecidedBlock& block) {
    ICN_TRY_ASSIGN(store, ledger_->store());
    std::vector<std::string_view> wires;
    for (const Bytes& each : block.transactions) wires.push_back(as_text(each));
    std::vector<consensus::TransactionPtr> transactions;
    std::unordered_set<std::string_view> seen;
    for (auto& each : admission_.read(wires, *store)) {
      if (!each.ok() || !seen.insert(as_text((*each)->hash())).second) continue;
      ICN_TRY_ASSIGN(is_known, ledger::kTransactionPlaces.contains(*store, to_bytes((*each)->hash())));
      if (!is_known) transactions.push_back(std::move(*each));
    }
    const ledger::Head head = ledger_->published()->head;
    ICN_TRY_ASSIGN(executed, executor_->execute(head, *cache_, block.time, transactions, block.misconduct));
    if (transactions.empty() && block.misconduct.empty() && executed.due_rows == 0)
      return std::optional<ledger::Head>();
    cache_->committed(executed.rows);
    ICN_TRY(ledger_->commit(executed));
    return std::optional(executed.head);
  }

 private:
  Replayer() = default;

  const ledger::Rules rules_ = registry::rules();
  consensus::Admission admission_{rules_, 10'000};
  std::unique_ptr<ledger::Ledger> ledger_;
  std::optional<ledger::StateCache> cache_;
  std::optional<ledger::BlockExecutor> executor_;
};

Result<void> replay(const std::string& genesis_file, const std::string& blocks_file, Session& session) {
  ICN_TRY_ASSIGN(text, crypto::read_secret_file(genesis_file, kGenesisBytesMax));
  ICN_TRY_ASSIGN(genesis, consensus::read_network_genesis(as_text(text.view())));
  ICN_TRY_ASSIGN(replayer, Replayer::begin(genesis.ledger));
  std::ifstream file(blocks_file);
  if (!file) return Error(errors::kNotFound, blocks_file + " cannot be read");
  for (std::string line; std::getline(file, line);) {
    ICN_TRY_ASSIGN(json,
                   codec::parse_json(line, {.bytes_max = 64 << 20, .depth_max = 8, .values_max = 1 << 20}));
    ICN_TRY_ASSIGN(block, codec::from_json<DecidedBlock>(json));
    auto head = replayer->add(block);
    if (!head.ok()) return head.error().within("engine height " + std::to_string(block.height));
    if (!*head) continue;
    session.out << codec::write_json(codec::Json::object({{"engine_height", block.height},
                                                          {"height", (*head)->header.height},
                                                          {"hash", hex_encode((*head)->hash)}}))
                << "\n";
  }
  return {};
}

}  // namespace

void define_replay(Command command, Session& session) {
  struct Options {
    std::string genesis;
    std::string blocks;
  };
  auto options = std::make_shared<Options>();
  command.argument("GENESIS", options->genesis, "the network's genesis file")
      .argument("BLOCKS", options->blocks,
                "what CometBFT decided, a JSON object a line: {\"height\", \"time\" in Unix seconds, "
                "\"transactions\" in base64}")
      .footer("Prints the header each block becomes. Compare them with a node's `icn ledger blocks`.");
  command.runs([options, &session] {
    const auto done = replay(options->genesis, options->blocks, session);
    if (!done.ok()) session.fail(kFailed, done.error().detail());
  });
}

}  // namespace icn::cli
