#include <filesystem>
#include <memory>
#include <ostream>

#include "base/log.h"
#include "cli/failure.h"
#include "cli/node_settings.h"
#include "cli/remote.h"
#include "cli/table.h"
#include "cli/verbs/all.h"
#include "cli/verbs/checkpoints.h"
#include "cli/verbs/replay.h"
#include "economics/conservation.h"
#include "ledger/block.h"
#include "ledger/light_proof.h"
#include "ledger/snapshot_files.h"
#include "ledger/verify.h"
#include "node/engines.h"
#include "node/membership.h"
#include "registry/rules.h"

namespace icn::cli {
namespace {

using codec::Json;

const std::vector<View> kHeaderViews{{"HEIGHT", "header.height", Kind::kNumber},
                                     {"TIME", "header.time", Kind::kTime},
                                     {"HASH", "hash", Kind::kId},
                                     {"PREVIOUS", "header.previous", Kind::kId}};

// The replay of the blocks, and the sum over every account.
struct FolderReport {
  ledger::VerifyReport ledger;
  economics::SupplyReport supply;
  std::uint64_t attested = 0;  // checkpoints whose signatures are valid
  bool is_ok() const { return !ledger.difference && supply.is_consistent; }
};

Json report_json(const FolderReport& folder) {
  const ledger::VerifyReport& report = folder.ledger;
  Json json = Json::object({{"ok", folder.is_ok()},
                            {"from_height", report.from_height},
                            {"height", report.height},
                            {"checkpoints", report.checkpoints},
                            {"signed_checkpoints", folder.attested},
                            {"transactions", report.transactions},
                            {"head_hash", hex_encode(report.head_hash)},
                            {"state_hash", hex_encode(report.state_hash)},
                            {"accounts", folder.supply.accounts},
                            {"balances", codec::to_json(folder.supply.balances)},
                            {"mana_adds_up", folder.supply.is_consistent}});
  if (!folder.supply.is_consistent) json.set("mana_difference", folder.supply.detail);
  if (report.difference) json.set("difference", *report.difference);
  return json;
}

// The newest snapshot whose root a header names, or `epoch`.
Result<std::uint64_t> choose_checkpoint(const storage::Reader& store, const std::string& folder,
                                        std::uint64_t epoch) {
  const auto kept = ledger::snapshot_epochs(folder);
  for (auto each = kept.rbegin(); each != kept.rend(); ++each) {
    if (epoch != 0 && *each != epoch) continue;
    ICN_TRY_ASSIGN(has_header, ledger::kCheckpoints.contains(store, *each));
    if (has_header) return *each;
  }
  return Error(ledger::kCheckpointMissing, folder + " holds no such checkpoint");
}

Result<FolderReport> verify_folder(const config::Settings& settings, std::optional<std::uint64_t> from) {
  const std::filesystem::path folder = config::storage_folder(settings);
  if (!std::filesystem::exists(folder)) {
    return Error(errors::kNotFound,
                 folder.string() + " does not exist; name the node's data folder with --data");
  }
  const auto engine = node::make_engine(settings, folder, node::WritePattern::kBlocks, make_silent_log());
  const std::vector<storage::TableSchema> tables = registry::ledger_tables();
  ICN_TRY_ASSIGN(store, engine->open(tables));
  config::Settings scratch_settings;
  scratch_settings.storage_backend = config::StorageBackend::kMemory;
  const auto scratch_engine =
      node::make_engine(scratch_settings, {}, node::WritePattern::kBlocks, make_silent_log());
  ICN_TRY_ASSIGN(scratch, scratch_engine->open(tables));
  const ledger::Rules rules = registry::rules();
  ICN_TRY_ASSIGN(head, ledger::load_head(*store));
  if (!head) return Error(errors::kNotFound, folder.string() + " holds no ledger");
  Result<ledger::VerifyReport> report = Error(errors::kNotFound);
  if (from) {
    const std::string snapshots = config::snapshot_folder(settings);
    ICN_TRY_ASSIGN(epoch, choose_checkpoint(*store, snapshots, *from));
    report = ledger::verify_from_checkpoint(rules, *store, tables, *scratch, snapshots, epoch);
  } else {
    report = ledger::verify_ledger(rules, *store, tables, *scratch);
  }
  if (!report.ok()) return report.error();
  auto attested = check_attestations(*store);
  if (!attested.ok() && !report->difference) report->difference = attested.error().detail();
  ICN_TRY_ASSIGN(supply, economics::count_supply(*store));
  return FolderReport{std::move(report).value(), std::move(supply), attested.ok() ? *attested : 0};
}

void define_verify(Command command, Session& session) {
  struct Options {
    std::string config_file;
    std::optional<std::uint64_t> from;
    bool former = false;
  };
  auto options = std::make_shared<Options>();
  command.option("--config", options->config_file, "settings file of the node")
      .option("--from-checkpoint", options->from,
              "begin at the state of this checkpoint, whose root is computed; 0: the newest kept")
      .flag("--former", options->former, "the ledger the node had before it joined a federation")
      .footer("Works on the data folder of a node that is stopped: --data names it.");
  command.runs([options, &session] {
    auto settings = load_node_settings(session, options->config_file);
    if (settings.ok() && !options->former) settings = node::effective_settings(*settings);
    if (!settings.ok()) return session.fail(kBadSettings, settings.error().detail());
    if (settings->storage_backend == config::StorageBackend::kMemory) {
      return session.fail(kUsage, "storage.backend is \"memory\": nothing is left to verify");
    }
    const auto report = verify_folder(*settings, options->from);
    if (!report.ok()) return session.fail(exit_code_of(report.error()), report.error().detail());
    show_fields(session, report_json(*report),
                {{"height", "height"},
                 {"from", "from_height"},
                 {"transactions", "transactions"},
                 {"checkpoints", "checkpoints"},
                 {"signed", "signed_checkpoints"},
                 {"head", "head_hash"},
                 {"state", "state_hash"},
                 {"accounts", "accounts"},
                 {"balances", "balances"},
                 {"mana adds up", "mana_adds_up"},
                 {"difference", "difference"}});
    if (report->ledger.difference)
      return session.fail(kNotMet, "the ledger is not what its blocks say: " + *report->ledger.difference);
    if (!report->supply.is_consistent)
      return session.fail(kNotMet, "the mana does not add up: " + report->supply.detail);
    if (!session.json)
      session.out << "every block replays, the state is what they say, and the mana adds up\n";
  });
}

bool is_number(const std::string& text) {
  return !text.empty() && text.size() < 20 && text.find_first_not_of("0123456789") == std::string::npos;
}

void define_show(Command command, Session& session) {
  auto what = std::make_shared<std::string>();
  command.argument("HEIGHT|TX", *what, "height of a block, or id of a transaction (64 hex digits)");
  command.runs([what, &session] {
    const bool is_block = is_number(*what);
    if (!is_block && what->size() != 64) {
      return session.fail(kUsage, "HEIGHT|TX: \"" + *what + "\" is neither a height nor 64 hex digits");
    }
    const auto reply =
        get(session, (is_block ? "/ledger/blocks/" : "/ledger/transactions/") + segment(*what));
    if (reply) show_all(session, *reply);
  });
}

void define_blocks(Command command, Session& session) {
  auto page = std::make_shared<PageOptions>();
  command.page(*page, "newest first");
  command.runs([page, &session] {
    const auto reply = get(session, target("/ledger/blocks", {}, *page));
    if (reply) show_table(session, *reply, kHeaderViews, "no blocks");
  });
}

}  // namespace

void define_ledger(Command command, Session& session) {
  define_verify(command.add("verify", "replay a stopped node's ledger from its first block and compare"),
                session);
  define_show(command.add("show", "one block or transaction"), session);
  define_blocks(command.add("blocks", "headers of the newest blocks"), session);
  define_checkpoints(command, session);
  define_replay(command.add("replay", "blocks that CometBFT decided, through the executor of a node alone"),
                session);
}

}  // namespace icn::cli
