#include <filesystem>
#include <memory>
#include <ostream>

#include "backup/check.h"
#include "backup/errors.h"
#include "backup/folder.h"
#include "backup/stream.h"
#include "base/errors.h"
#include "cli/node_settings.h"
#include "cli/remote.h"
#include "cli/storage_feed.h"
#include "cli/table.h"
#include "cli/verbs/all.h"
#include "cli/verbs/storage.h"
#include "cli/verbs/verify.h"
#include "codec/fields.h"
#include "node/engines.h"
#include "node/membership.h"
#include "node/stores.h"
#include "storage/errors.h"

namespace icn::cli {

using codec::Json;

void fail_storage(Session& session, const Error& error) {
  const std::pair<const ErrorKind&, ExitCode> codes[] = {{storage::kForeignFolder, kForeignData},
                                                         {storage::kNewerSchema, kNewerData},
                                                         {storage::kOlderSchema, kNewerData},
                                                         {storage::kLocked, kDataInUse},
                                                         {storage::kCorrupt, kDamagedData},
                                                         {storage::kNotWritable, kUnwritable},
                                                         {backup::kNewer, kNewerData},
                                                         {backup::kDamaged, kDamagedData},
                                                         {backup::kInUse, kDataInUse},
                                                         {backup::kOfFederation, kRefused},
                                                         {kNoNode, kUnreachable},
                                                         {kNodeRefuses, kRefused},
                                                         {errors::kNotFound, kUsage}};
  for (const auto& [kind, code] : codes) {
    if (error.is(kind)) return session.fail(code, error.detail());
  }
  session.fail(kFailed, error.detail());
}

std::optional<config::Settings> storage_settings(Session& session, const std::string& config_file,
                                                 bool is_in_force) {
  auto settings = load_node_settings(session, config_file);
  if (settings.ok() && is_in_force) settings = node::effective_settings(*settings);
  if (!settings.ok()) {
    session.fail(kBadSettings, settings.error().detail());
    return std::nullopt;
  }
  return std::move(*settings);
}

Result<std::unique_ptr<node::OpenStores>> open_if_stopped(const config::Settings& settings) {
  std::error_code failure;
  const bool is_there = std::filesystem::exists(config::storage_folder(settings), failure);
  if (settings.storage_backend == config::StorageBackend::kMemory || !is_there)
    return std::unique_ptr<node::OpenStores>();
  auto opened = node::OpenStores::open(settings, make_silent_log());
  if (!opened.ok() && opened.error().is(storage::kLocked)) return std::unique_ptr<node::OpenStores>();
  if (!opened.ok()) return opened.error();
  return std::make_unique<node::OpenStores>(std::move(*opened));
}

namespace {

// The backup of this data folder: of its stores when the node is stopped, else made by the node.
Result<node::Feed> feed_from_data(Session& session, const config::Settings& settings,
                                  const backup::KnownPieces& known) {
  ICN_TRY_ASSIGN(opened, open_if_stopped(settings));
  if (!opened) return feed_from_node(session, known);
  std::shared_ptr<node::OpenStores> stores = std::move(opened);
  ICN_TRY_ASSIGN(
      parts, node::backup_parts(settings, session.clock, stores->at(0).snapshot(), stores->at(1).snapshot()));
  parts.known = &known;
  const auto shared = std::make_shared<backup::WriterParts>(std::move(parts));
  return node::Feed(
      [stores, shared](const backup::Take& take) { return backup::write_backup(std::move(*shared), take); });
}

Result<Json> back_up_to_folder(Session& session, const config::Settings& settings,
                               const std::string& folder) {
  auto begun = backup::FolderWriter::begin(folder);
  if (!begun.ok()) return begun.error();
  backup::FolderWriter writer = std::move(*begun);
  const backup::KnownPieces known = writer.known();
  ICN_TRY_ASSIGN(feed, feed_from_data(session, settings, known));
  Json out = Json::object({});
  ICN_TRY(feed([&](backup::Entry& entry) -> Result<void> {
    if (entry.problem.empty() && entry.kind == backup::Kind::kBegin) {
      ICN_TRY_ASSIGN(begin, backup::read_json_entry<backup::Begin>(entry));
      out.set("network", begin.network);
      out.set("height", begin.height);
    }
    if (entry.problem.empty() && entry.kind == backup::Kind::kEnd) {
      ICN_TRY_ASSIGN(end, backup::read_json_entry<backup::End>(entry));
      out.set("state_hash", end.state_hash);
    }
    return writer.add(entry);
  }));
  ICN_TRY_ASSIGN(name, writer.finish());
  out.set("backup", name);
  out.set("pieces_written", writer.pieces_written());
  out.set("pieces_reused", writer.pieces_reused());
  out.set("bytes_written", writer.bytes_written());
  return out;
}

Result<void> back_up_to_stream(Session& session, const config::Settings& settings) {
  const backup::KnownPieces none;
  ICN_TRY_ASSIGN(feed, feed_from_data(session, settings, none));
  backup::StreamWriter stream;
  const auto put = [&](const std::string& bytes) -> Result<void> {
    if (session.out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()))) return {};
    return Error(backup::kFolder, "the output cannot be written");
  };
  ICN_TRY(put(stream.begin()));
  ICN_TRY(feed([&](backup::Entry& entry) -> Result<void> {
    if (!entry.problem.empty()) return Error(backup::kDamaged, entry.problem);
    return put(stream.add(entry));
  }));
  ICN_TRY(put(stream.end()));
  if (!session.out.flush()) return Error(backup::kFolder, "the output cannot be written");
  return {};
}

void define_backup(Command command, Session& session) {
  struct Options {
    std::string target, config_file;
  };
  auto options = std::make_shared<Options>();
  command.argument("TARGET", options->target, "folder of backups; - writes one stream to standard output")
      .option("--config", options->config_file, "settings file of the node")
      .footer(
          "While the node runs it makes the backup itself, of one moment; else --data names its folder.\n"
          "A folder keeps what did not change since its last backup once. The node's keys are in it as they\n"
          "are sealed: keep the passphrase somewhere else.");
  command.runs([options, &session] {
    const auto settings = storage_settings(session, options->config_file, true);
    if (!settings) return;
    if (options->target == "-") {
      if (auto done = back_up_to_stream(session, *settings); !done.ok()) fail_storage(session, done.error());
      return;
    }
    const auto made = back_up_to_folder(session, *settings, options->target);
    if (!made.ok()) return fail_storage(session, made.error());
    show_all(session, *made);
  });
}

struct BackupCheck {
  std::uint64_t pieces = 0;
  std::uint64_t rows = 0;
  std::vector<std::string> problems;
};

// Reads every piece and goes on after damaged ones.
Result<BackupCheck> check_backup(const node::Feed& feed) {
  BackupCheck out;
  auto fed = feed([&](backup::Entry& entry) -> Result<void> {
    ++out.pieces;
    out.rows += entry.rows;
    if (entry.kind == backup::Kind::kKnown) entry.problem = backup::describe(entry) + " was left out";
    if (!entry.problem.empty()) out.problems.push_back(entry.problem);
    return {};
  });
  if (fed.ok()) return out;
  if (!fed.error().is(backup::kDamaged)) return fed.error();
  out.problems.push_back(fed.error().detail());
  return out;
}

void define_restore(Command command, Session& session) {
  struct Options {
    std::string source, config_file, name;
    bool without_ledger = false;
  };
  auto options = std::make_shared<Options>();
  command.argument("SOURCE", options->source, "folder of backups, a file of one, or - for standard input")
      .option("--name", options->name, "which backup of the folder, as backup-000003; the newest when absent")
      .option("--config", options->config_file, "settings file of the node")
      .flag("--without-ledger", options->without_ledger,
            "leave the ledger out, for a node of a federation: the others have it")
      .footer(
          "--data names the folder, which must be absent or empty. Everything is checked; when something is\n"
          "not right nothing is left there.");
  command.runs([options, &session] {
    const auto settings = storage_settings(session, options->config_file, false);
    if (!settings) return;
    if (settings->storage_backend == config::StorageBackend::kMemory)
      return session.fail(kUsage, "storage.backend is \"memory\": nothing would be left of it");
    const auto feed = feed_from(session, options->source, options->name);
    if (!feed.ok()) return fail_storage(session, feed.error());
    if (options->source != "-") {
      const auto checked = check_backup(*feed);
      if (!checked.ok()) return fail_storage(session, checked.error());
      if (!checked->problems.empty())
        return session.fail(kDamagedData, checked->problems.front() + "; nothing was restored");
    }
    const auto report = node::restore_backup(*settings, options->without_ledger, *feed, make_silent_log());
    if (!report.ok()) return fail_storage(session, report.error());
    show_all(session, Json::object({{"network", report->begin.network},
                                    {"height", report->begin.height},
                                    {"rows", report->rows},
                                    {"state_hash", report->state_hash}}));
    if (session.json || !report->awaits_confirmation) return;
    session.err
        << "it was a node of a federation: it fetches the ledger from the others, and its validator signs\n"
           "nothing until you type `icn federation confirm-validator` there\n";
  });
}

Json strings_json(const std::vector<std::string>& texts) {
  Json::Array out;
  for (const std::string& each : texts) out.push_back(Json(each));
  return Json(std::move(out));
}

void say_check(Session& session, Json json, const std::vector<std::string>& problems, std::string_view what) {
  json.set("ok", problems.empty());
  json.set("problems", strings_json(problems));
  if (session.json) show_json(session, json);
  if (!session.json && problems.empty()) {
    json.set("problems", Json());
    show_all(session, json);
  }
  if (problems.empty()) return;
  if (!session.json) {
    for (const std::string& each : problems) session.out << each << "\n";
  }
  session.fail(kNotMet, std::string(what) + ": " + std::to_string(problems.size()) +
                            (problems.size() == 1 ? " problem" : " problems"));
}

void verify_stores(Session& session, const config::Settings& settings) {
  const auto opened = open_if_stopped(settings);
  if (!opened.ok()) return fail_storage(session, opened.error());
  if (!*opened)
    return session.fail(
        kDataInUse, "a node has its stores open, or there are none; stop it, or name its folder with --data");
  const node::OpenStores& stores = **opened;
  const backup::Indexers indexers = node::all_indexers();
  Json json = Json::object({});
  std::vector<std::string> problems;
  for (std::size_t i = 0; i < stores.kept().size(); ++i) {
    const auto view = stores.at(i).snapshot();
    const auto checked = backup::check_store(*view, stores.kept()[i].tables, indexers, true);
    std::uint64_t rows = 0;
    for (const auto& table : checked.tables) rows += table.rows;
    json.set(stores.kept()[i].name, Json::object({{"rows", rows}, {"rows_hash", checked.rows_hash}}));
    for (const std::string& each : checked.problems) problems.push_back(stores.kept()[i].name + ": " + each);
  }
  if (problems.empty()) {
    const auto hash = node::ledger_state_hash(stores.ledger());
    if (!hash.ok()) return fail_storage(session, hash.error());
    json.set("state_hash", *hash);
  }
  if (const auto warning = node::database_warning(settings); warning.ok() && !warning->empty()) {
    json.set("warnings", Json(Json::Array{Json(*warning)}));
    session.err << "warning: " << *warning << "\n";
  }
  say_check(session, std::move(json), problems, "the stores are damaged");
}

void define_verify(Command command, Session& session) {
  struct Options {
    std::string source, config_file, name;
  };
  auto options = std::make_shared<Options>();
  command
      .optional_argument("BACKUP", options->source,
                         "folder of backups, a file of one, or -; the stopped node's own stores when absent")
      .option("--name", options->name, "which backup of the folder; the newest when absent")
      .option("--config", options->config_file, "settings file of the node")
      .footer(
          "Of a backup every piece is read. Of stores every row, and that the indexes are exactly those of "
          "the\n"
          "rows; `icn ledger verify` also replays the blocks.");
  command.runs([options, &session] {
    if (!options->source.empty()) return verify_backup(session, options->source, options->name);
    const auto settings = storage_settings(session, options->config_file, true);
    if (settings) verify_stores(session, *settings);
  });
}

}  // namespace

void verify_backup(Session& session, const std::string& source, const std::string& name) {
  const auto feed = feed_from(session, source, name);
  if (!feed.ok()) return fail_storage(session, feed.error());
  const auto checked = check_backup(*feed);
  if (!checked.ok()) return fail_storage(session, checked.error());
  say_check(session, Json::object({{"pieces", checked->pieces}, {"rows", checked->rows}}), checked->problems,
            "the backup is damaged");
}

void define_storage(Command command, Session& session) {
  define_backup(command.add("backup", "copy everything the node keeps, as of one moment"), session);
  define_restore(command.add("restore", "make a node's data folder from a backup"), session);
  define_verify(command.add("verify", "read a backup, or a stopped node's stores, and say what is damaged"),
                session);
  define_storage_upkeep(command, session);
}

}  // namespace icn::cli
