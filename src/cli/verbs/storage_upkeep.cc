#include <memory>
#include <ostream>

#include "backup/check.h"
#include "backup/folder.h"
#include "cli/remote.h"
#include "cli/storage_feed.h"
#include "cli/table.h"
#include "cli/verbs/storage.h"
#include "codec/fields.h"
#include "node/migration.h"
#include "storage/errors.h"

namespace icn::cli {
namespace {

using codec::Json;

Json list_of(const std::vector<std::string>& texts) {
  Json::Array out;
  for (const std::string& each : texts) out.push_back(Json(each));
  return Json(std::move(out));
}

const std::vector<View> kStoreViews{{"STORE", "name"},
                                    {"ENGINE", "engine"},
                                    {"BYTES", "bytes", Kind::kNumber},
                                    {"ROWS", "keys", Kind::kNumber},
                                    {"REFUSES", "refuses"}};

void show_tables(Session& session, const node::OpenStores& stores) {
  Json::Array items;
  const backup::Indexers indexers = node::all_indexers();
  for (std::size_t i = 0; i < stores.kept().size(); ++i) {
    const auto checked =
        backup::check_store(*stores.at(i).snapshot(), stores.kept()[i].tables, indexers, false);
    for (const std::string& each : checked.problems) session.fail(kDamagedData, each);
    for (const auto& table : checked.tables) {
      if (table.rows == 0) continue;
      items.push_back(Json::object({{"store", stores.kept()[i].name},
                                    {"table", table.name},
                                    {"rows", table.rows},
                                    {"bytes", table.bytes}}));
    }
  }
  show_table(session, Json::object({{"items", Json(std::move(items))}}),
             {{"STORE", "store"},
              {"TABLE", "table"},
              {"ROWS", "rows", Kind::kNumber},
              {"BYTES", "bytes", Kind::kNumber}},
             "no rows");
}

void define_stats(Command command, Session& session) {
  struct Options {
    std::string config_file;
    bool tables = false;
  };
  auto options = std::make_shared<Options>();
  command.option("--config", options->config_file, "settings file of the node")
      .flag("--tables", options->tables, "count the rows of each table; of a stopped node only");
  command.runs([options, &session] {
    const auto settings = storage_settings(session, options->config_file, true);
    if (!settings) return;
    const auto opened = open_if_stopped(*settings);
    if (!opened.ok()) return fail_storage(session, opened.error());
    if (*opened && options->tables) return show_tables(session, **opened);
    Json::Array items;
    if (*opened) {
      const node::OpenStores& stores = **opened;
      for (std::size_t i = 0; i < stores.kept().size(); ++i) {
        const auto stats = stores.at(i).stats();
        items.push_back(Json::object({{"name", stores.kept()[i].name},
                                      {"engine", stats.engine},
                                      {"bytes", stats.bytes},
                                      {"keys", stats.keys},
                                      {"refuses", stats.refuses}}));
      }
    } else {
      if (options->tables) return session.fail(kDataInUse, "--tables: stop the node first");
      const auto reply = get(session, "/system/storage");
      if (!reply) return;
      if (const Json* stores = reply->find("stores"); stores != nullptr && stores->array() != nullptr)
        items = *stores->array();
    }
    show_table(session, Json::object({{"items", Json(std::move(items))}}), kStoreViews, "no stores");
  });
}

std::optional<config::StorageBackend> engine_named(const std::string& name) {
  for (const auto& [value, text] : enum_names(config::StorageBackend{})) {
    if (text == name) return value;
  }
  return std::nullopt;
}

std::vector<std::string> durable_engines() {
  std::vector<std::string> out;
  for (const auto& [value, text] : enum_names(config::StorageBackend{})) {
    if (value != config::StorageBackend::kMemory) out.emplace_back(text);
  }
  return out;
}

void say_moved(Session& session, const node::MoveReport& report, const std::string& advice) {
  show_all(session, Json::object({{"rows", report.rows},
                                  {"rows_written", report.written},
                                  {"state_hash", report.state_hash},
                                  {"bytes_before", report.bytes_before},
                                  {"bytes_after", report.bytes_after}}));
  if (!session.json) session.out << advice << "\n";
}

// The settings that change with a move, as a settings file has them.
std::string changed_settings(const config::Settings& before, const config::Settings& after) {
  std::string out;
  if (after.storage_backend != before.storage_backend)
    out = "storage.backend = \"" + std::string(codec::enum_name(after.storage_backend)) + "\"";
  if (after.storage_node_backend != before.storage_node_backend) {
    out += std::string(out.empty() ? "" : " and ") + "storage.node_backend = \"" +
           std::string(codec::enum_name(after.storage_node_backend)) + "\"";
  }
  return out;
}

void migrate(Session& session, const config::Settings& settings, const node::Move& move) {
  const auto moved = node::move_stores(settings, move, make_silent_log());
  if (moved.ok()) {
    return say_moved(
        session, *moved,
        "set " + changed_settings(settings, moved->settings) +
            " and start the node; what it had before lies in *.former until `icn storage gc --former`");
  }
  if (!moved.error().is(storage::kLocked)) return fail_storage(session, moved.error());
  const backup::KnownPieces none;
  const auto ahead = node::copy_ahead(settings, move, feed_from_node(session, none), make_silent_log());
  if (!ahead.ok()) return fail_storage(session, ahead.error());
  say_moved(session, *ahead,
            "copied while the node runs; stop it and run this again: what has changed is copied, all is "
            "compared, and "
            "the stores are switched");
}

void define_migrate(Command command, Session& session) {
  struct Options {
    std::string to, store = "both", config_file;
  };
  auto options = std::make_shared<Options>();
  command.choice("--to", options->to, durable_engines(), "the engine the stores shall be of")
      .choice("--store", options->store, {"both", "ledger", "node"},
              "which of them; node: blocks, keys held for others, API keys")
      .option("--config", options->config_file, "settings file of the node, with the engine it has now")
      .footer(
          "While the node runs its stores are copied beside, as often as you like; with the node stopped the "
          "rest "
          "is\ncopied, every row and the ledger's state hash are compared, and the folders are exchanged. "
          "Killed on\n"
          "the way it goes on when it is run again; the stores themselves are only read.");
  command.runs([options, &session] {
    const auto to = engine_named(options->to);
    if (!to) return session.fail(kUsage, "--to: name an engine, see `icn storage migrate --help`");
    const auto settings = storage_settings(session, options->config_file, true);
    if (!settings) return;
    node::Move move{*to};
    if (options->store == "ledger") move.stores = node::StoreChoice::kLedger;
    if (options->store == "node") move.stores = node::StoreChoice::kNode;
    if (node::moved_stores(*settings, move).empty())
      return session.fail(kUsage,
                          "nothing is to be moved: " + options->to +
                              " is the engine already; `icn storage compact` copies within an engine");
    if (settings->storage_backend == config::StorageBackend::kMemory)
      return session.fail(kUsage,
                          "storage.backend is \"memory\": restore a backup of the running node instead");
    if (*to == config::StorageBackend::kPostgresql && settings->storage_postgresql_url.empty())
      return session.fail(kBadSettings, "--to postgresql needs storage.postgresql.url, the database to use");
    migrate(session, *settings, move);
  });
}

void define_compact(Command command, Session& session) {
  auto config_file = std::make_shared<std::string>();
  command.option("--config", *config_file, "settings file of the node")
      .footer(
          "Of a stopped node. Copies every row into fresh files, compares them, and takes these; needs as "
          "much free\n"
          "room as the rows take.");
  command.runs([config_file, &session] {
    const auto settings = storage_settings(session, *config_file, true);
    if (!settings) return;
    if (settings->storage_backend == config::StorageBackend::kMemory)
      return session.fail(kUsage, "storage.backend is \"memory\": there are no files");
    if (node::moved_stores(*settings, {}).empty())
      return session.fail(kUsage, "PostgreSQL gives room back by itself; its VACUUM FULL does so at once");
    const auto moved = node::move_stores(*settings, {}, make_silent_log());
    if (!moved.ok()) return fail_storage(session, moved.error());
    const auto removed = node::remove_leftovers(*settings, true, make_silent_log());
    if (!removed.ok()) return fail_storage(session, removed.error());
    say_moved(session, *moved, "the stores are in fresh files");
  });
}

void define_gc(Command command, Session& session) {
  struct Options {
    std::string config_file, backups;
    std::uint64_t keep = 0;
    bool former = false;
  };
  auto options = std::make_shared<Options>();
  command
      .option("--backups", options->backups,
              "clean this folder of backups instead: pieces that no backup names")
      .option("--keep", options->keep, "of --backups: remove all but the newest so many; 0: none")
      .flag("--former", options->former, "also the stores from before `icn storage migrate`")
      .option("--config", options->config_file, "settings file of the node")
      .footer(
          "Of a stopped node: what moves that were broken off have left. `icn dag prune` removes blocks "
          "nobody pins.");
  command.runs([options, &session] {
    if (!options->backups.empty()) {
      const auto removed = backup::collect_garbage(options->backups, options->keep);
      if (!removed.ok()) return fail_storage(session, removed.error());
      return show_all(session, Json::object({{"backups", removed->backups},
                                             {"pieces", removed->pieces},
                                             {"bytes", removed->bytes}}));
    }
    const auto settings = storage_settings(session, options->config_file, true);
    if (!settings) return;
    const auto removed = node::remove_leftovers(*settings, options->former, make_silent_log());
    if (!removed.ok()) return fail_storage(session, removed.error());
    show_all(session, Json::object({{"folders", list_of(removed->folders)}, {"bytes", removed->bytes}}));
  });
}

}  // namespace

void define_storage_upkeep(Command command, Session& session) {
  define_stats(command.add("stats", "engine, size and rows of each store"), session);
  define_migrate(command.add("migrate", "move the stores to another engine"), session);
  define_compact(command.add("compact", "give room back that erased rows still take"), session);
  define_gc(command.add("gc", "remove what broken-off work and old backups have left"), session);
}

}  // namespace icn::cli
