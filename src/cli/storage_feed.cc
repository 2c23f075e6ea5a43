#include "cli/storage_feed.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <istream>
#include <sstream>

#include "backup/errors.h"
#include "backup/folder.h"
#include "backup/stream.h"
#include "base/errors.h"
#include "cli/remote.h"

namespace icn::cli {
namespace {

constexpr std::size_t kPieceSize = 256 << 10;
// What the node takes of them; more would not fit into its bound of a body.
constexpr std::size_t kKnownMax = (8 << 20) / sizeof(crypto::Hash);

Result<void> read_stream(std::istream& in, const backup::Take& take) {
  backup::StreamReader reader(take);
  std::string piece(kPieceSize, '\0');
  while (in) {
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    ICN_TRY(reader.feed(as_bytes(std::string_view(piece).substr(0, static_cast<std::size_t>(in.gcount())))));
  }
  if (in.bad()) return Error(backup::kFolder, "the backup cannot be read");
  return reader.finish();
}

// What was said, without "icn: " and the end of the line.
std::string line_of(std::string text) {
  constexpr std::string_view kBefore = "icn: ";
  if (text.starts_with(kBefore)) text.erase(0, kBefore.size());
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace

Result<node::Feed> feed_from(Session& session, const std::string& source, const std::string& name) {
  if (source == "-") {
    std::istream& in = session.in;
    return node::Feed([&in](const backup::Take& take) { return read_stream(in, take); });
  }
  std::error_code failure;
  if (std::filesystem::is_regular_file(source, failure)) {
    return node::Feed([source](const backup::Take& take) -> Result<void> {
      std::ifstream file(source, std::ios::binary);
      if (!file) return Error(backup::kFolder, source + ": cannot be read");
      return read_stream(file, take);
    });
  }
  const std::vector<std::string> names = backup::backups_in(source);
  if (names.empty()) return Error(errors::kNotFound, source + ": holds no backup");
  if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end())
    return Error(errors::kNotFound, source + ": has no backup \"" + name + "\"; the newest is " + names.back());
  const std::string chosen = name.empty() ? names.back() : name;
  return node::Feed(
      [source, chosen](const backup::Take& take) { return backup::read_folder(source, chosen, take); });
}

node::Feed feed_from_node(Session& session, const backup::KnownPieces& known) {
  return [&session, &known](const backup::Take& take) -> Result<void> {
    backup::StreamReader reader(take);
    Result<void> read;
    http::ClientRequest request;
    request.method = "POST";
    request.target = "/system/storage/backup";
    request.headers.emplace_back("content-type", "application/octet-stream");
    for (const crypto::Hash& hash : known) {
      if (request.body.size() >= kKnownMax * hash.size()) break;
      request.body += as_text(hash);
    }
    request.body_sink = [&](std::string_view bytes) {
      read = reader.feed(as_bytes(bytes));
      return read.ok();
    };
    std::ostringstream said;
    std::ostream nowhere(nullptr);
    Session quiet{session.in, nowhere, said, session.clock, session.random};
    quiet.url = session.url;
    quiet.data_path = session.data_path;
    quiet.api_key = session.api_key;
    quiet.acting_did = session.acting_did;
    quiet.key_file = session.key_file;
    const auto response = send(quiet, std::move(request));
    ICN_TRY(read);
    if (!response) return Error(quiet.exit_code == kRefused ? kNodeRefuses : kNoNode, line_of(said.str()));
    return reader.finish();
  };
}

}  // namespace icn::cli
