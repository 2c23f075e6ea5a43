#include <filesystem>
#include <fstream>
#include <memory>
#include <ostream>

#include "cli/files.h"
#include "cli/folder_upload.h"
#include "cli/remote.h"
#include "cli/table.h"
#include "cli/verbs/all.h"

namespace icn::cli {
namespace {

using codec::Json;

// Whether `path` names a file that may be replaced, or none yet. A pipe, a device or a link is written to as
// it is.
bool is_replaceable(const std::string& path) {
  std::error_code failure;
  const auto type = std::filesystem::symlink_status(path, failure).type();
  return type == std::filesystem::file_type::regular || type == std::filesystem::file_type::not_found;
}

// Writes the answer's body to a file, or standard output, as it comes. A file that is there stays as it was
// until the whole answer has come.
void download(Session& session, std::string target, const std::string& accept,
              const std::string& output_file) {
  const bool is_file = !output_file.empty() && output_file != "-";
  const std::string unfinished = is_file && is_replaceable(output_file) ? output_file + ".part" : "";
  std::ofstream file;
  if (is_file) {
    file.open(unfinished.empty() ? output_file : unfinished, std::ios::binary | std::ios::trunc);
    if (!file) return session.fail(kFailed, output_file + " cannot be written");
  }
  std::ostream& out = is_file ? file : session.out;
  http::ClientRequest request;
  request.target = std::move(target);
  if (!accept.empty()) request.headers.emplace_back("accept", accept);
  request.body_sink = [&out](std::string_view bytes) {
    return static_cast<bool>(out.write(bytes.data(), static_cast<std::streamsize>(bytes.size())));
  };
  const auto response = send(session, std::move(request));
  const bool is_written = static_cast<bool>(out.flush());
  if (!is_written && response) session.fail(kFailed, "the output cannot be written: is the disk full?");
  if (unfinished.empty()) return;
  file.close();
  std::error_code failure;
  if (response && is_written) {
    std::filesystem::rename(unfinished, output_file, failure);
    if (failure) session.fail(kFailed, output_file + " cannot be written: " + failure.message());
  } else {
    std::filesystem::remove(unfinished, failure);
  }
}

void define_put(Command command, Session& session) {
  auto path = std::make_shared<std::string>();
  auto is_public = std::make_shared<bool>(false);
  command.argument("FILE", *path, "file or folder; - is standard input")
      .flag("--public", *is_public, "announce it and serve it to everybody; private when absent");
  command.runs([path, is_public, &session] {
    std::error_code unknown;
    const bool is_folder = *path != "-" && std::filesystem::is_directory(*path, unknown);
    const auto cid =
        is_folder ? upload_folder(session, *path, *is_public) : upload(session, *path, *is_public);
    if (!cid) return;
    if (session.json) return show_json(session, Json::object({{"cid", *cid}}));
    session.out << *cid << "\n";
  });
}

void define_get(Command command, Session& session) {
  auto path = std::make_shared<std::string>();
  auto output_file = std::make_shared<std::string>();
  command.argument("CID", *path, "CID, or CID/path below it")
      .option("--output,-o", *output_file, "file; standard output when absent");
  command.runs(
      [path, output_file, &session] { download(session, "/ipfs/" + segments(*path), "", *output_file); });
}

void define_import(Command command, Session& session) {
  auto path = std::make_shared<std::string>();
  command.argument("FILE", *path, "CAR file, version 1 or 2");
  command.runs([path, &session] {
    const auto reply = upload_to(session, "/dag/import", "application/vnd.ipld.car", *path);
    if (reply) show_all(session, *reply);
  });
}

void define_export(Command command, Session& session) {
  auto cid = std::make_shared<std::string>();
  auto output_file = std::make_shared<std::string>();
  command.argument("CID", *cid, "root of what to export")
      .option("--output,-o", *output_file, "CAR file; standard output when absent");
  command.runs([cid, output_file, &session] {
    download(session, "/dag/export/" + segment(*cid), "application/vnd.ipld.car", *output_file);
  });
}

void define_pin(Command command, Session& session) {
  struct Options {
    std::string cid;
    std::optional<std::uint64_t> ttl;
    bool is_recursive = false;
  };
  auto options = std::make_shared<Options>();
  command.argument("CID", options->cid, "what to keep")
      .option("--ttl", options->ttl, "seconds; for good when absent")
      .flag("--recursive,-r", options->is_recursive, "and everything it links to");
  command.runs([options, &session] {
    Json body = Json::object({{"cid", options->cid}, {"recursive", options->is_recursive}});
    if (options->ttl) body.set("ttl", *options->ttl);
    const auto reply = post(session, "/dag/pins", body);
    if (reply) show_all(session, *reply);
  });
}

void define_unpin(Command command, Session& session) {
  auto cid = std::make_shared<std::string>();
  command.argument("CID", *cid, "what need no longer be kept");
  command.runs([cid, &session] {
    const auto reply = remove(session, "/dag/pins/" + segment(*cid));
    if (reply && !reply->is_null()) show_all(session, *reply);
  });
}

void define_pins(Command command, Session& session) {
  auto page = std::make_shared<PageOptions>();
  command.page(*page);
  command.runs([page, &session] {
    const auto reply = get(session, target("/dag/pins", {}, *page));
    if (!reply) return;
    show_table(session, *reply,
               {{"CID", "cid", Kind::kId},
                {"RECURSIVE", "recursive"},
                {"OWNER", "owner", Kind::kId},
                {"EXPIRES", "expires_at", Kind::kTime}},
               "no pins");
  });
}

bool is_empty_page(const Json& page) {
  const Json* items = page.find("items");
  return items != nullptr && items->array() != nullptr && items->array()->empty();
}

void define_query(Command command, Session& session) {
  struct Options {
    std::optional<std::string> author, scope, cursor;
    std::string type;
    std::optional<std::uint64_t> since, limit;
  };
  auto options = std::make_shared<Options>();
  command.option("--author", options->author, "DID that put them")
      .choice("--type", options->type,
              {"genesis", "identity", "economic", "governance", "execution", "federation", "checkpoint",
               "emergency", "data"},
              "what they are")
      .option("--since", options->since, "Unix seconds: put then or later")
      .option("--scope", options->scope, "exactly this scope")
      .option("--limit", options->limit, "at most so many")
      .option("--cursor", options->cursor, "go on where a list ended")
      .footer(
          "In order of CID. A page may hold less than asked for and still not be the last: --cursor goes "
          "on.");
  command.runs([options, &session] {
    Json filter = Json::object({});
    if (options->author) filter.set("author", *options->author);
    if (!options->type.empty()) filter.set("type", options->type);
    if (options->since) filter.set("since", *options->since);
    if (options->scope) filter.set("scope", *options->scope);
    Json body = Json::object({{"filter", std::move(filter)}});
    if (options->limit) body.set("limit", *options->limit);
    if (options->cursor) body.set("cursor", *options->cursor);
    auto reply = post(session, "/data/query", body);
    // A page without a find that names the next one: the search goes on.
    while (reply && is_empty_page(*reply) && reply->find("next_cursor") != nullptr) {
      body.set("cursor", *reply->find("next_cursor"));
      reply = post(session, "/data/query", body);
    }
    if (!reply) return;
    show_table(session, *reply,
               {{"CID", "cid", Kind::kId},
                {"TYPE", "type"},
                {"SIZE", "size", Kind::kNumber},
                {"VISIBILITY", "visibility"},
                {"PUT", "timestamp", Kind::kTime},
                {"AUTHOR", "author_did", Kind::kId}},
               "no such blocks");
  });
}

void define_prune(Command command, Session& session) {
  auto is_dry = std::make_shared<bool>(false);
  command.flag("--dry-run", *is_dry, "only say what would go");
  command.runs([is_dry, &session] {
    const auto reply = post(session, "/dag/prune", Json::object({{"dry_run", *is_dry}}));
    if (reply) show_fields(session, *reply, {{"removed", "removed"}, {"bytes", "bytes"}});
  });
}

void define_stat(Command command, Session& session) {
  auto cid = std::make_shared<std::string>();
  command.optional_argument("CID", *cid, "a block; the whole store when absent");
  command.runs([cid, &session] {
    const auto reply = get(session, cid->empty() ? "/dag/status" : "/dag/blocks/" + segment(*cid) + "/meta");
    if (reply) show_all(session, *reply);
  });
}

}  // namespace

void define_dag(Command command, Session& session) {
  define_put(command.add("put", "store a file and print its CID"), session);
  define_get(command.add("get", "the content of a CID"), session);
  define_import(command.add("import", "store the blocks of a CAR file"), session);
  define_export(command.add("export", "a CID and all it links to as a CAR file"), session);
  define_pin(command.add("pin", "keep content when the store is pruned"), session);
  define_unpin(command.add("unpin", "let pruning take it"), session);
  define_pins(command.add("pins", "what is kept"), session);
  define_query(command.add("query", "blocks by author, type, time and scope"), session);
  define_prune(command.add("prune", "remove what nobody pins (operator)"), session);
  define_stat(command.add("stat", "size and links of a block, or the state of the store"), session);
}

}  // namespace icn::cli
