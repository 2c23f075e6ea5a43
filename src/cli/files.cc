#include "cli/files.h"

#include <filesystem>
#include <fstream>
#include <istream>
#include <iterator>
#include <memory>
#include <ostream>

#include "base/errors.h"
#include "cli/remote.h"
#include "cli/signing.h"

namespace icn::cli {
namespace {

// What is sent in one piece, and so may be sent again when a kept connection has ended.
constexpr std::uintmax_t kWholeMax = 4u << 20;
constexpr std::size_t kPieceSize = 256u << 10;

std::function<Result<Bytes>()> pieces_of(const std::string& path) {
  auto file = std::make_shared<std::ifstream>(path, std::ios::binary);
  return [file, path]() -> Result<Bytes> {
    Bytes piece(kPieceSize);
    file->read(reinterpret_cast<char*>(piece.data()), static_cast<std::streamsize>(piece.size()));
    if (file->bad()) return Error(errors::kInternal, "cannot read " + path);
    piece.resize(static_cast<std::size_t>(file->gcount()));
    return piece;
  };
}

}  // namespace

std::optional<Bytes> read_file(Session& session, const std::string& path) {
  std::ifstream file;
  if (path != "-") {
    file.open(path, std::ios::binary);
    if (!file || std::filesystem::is_directory(path)) {
      session.fail(kUsage, path + ": no such file, or it cannot be read");
      return std::nullopt;
    }
  }
  std::istream& in = path == "-" ? session.in : file;
  const std::string content((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  return to_bytes(as_bytes(content));
}

bool write_file(Session& session, const std::string& path, ByteView content) {
  if (path.empty() || path == "-") {
    session.out.write(reinterpret_cast<const char*>(content.data()),
                      static_cast<std::streamsize>(content.size()));
    session.out.flush();
    return true;
  }
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
  if (file.flush()) return true;
  session.fail(kFailed, path + " cannot be written");
  return false;
}

std::optional<codec::Json> upload_to(Session& session, std::string target, std::string_view content_type,
                                     const std::string& path) {
  http::ClientRequest request;
  request.method = "POST";
  request.target = std::move(target);
  request.headers.emplace_back("content-type", content_type);
  std::error_code failure;
  const std::uintmax_t size = path == "-" ? 0 : std::filesystem::file_size(path, failure);
  if (path == "-" || failure || size <= kWholeMax) {
    const auto content = read_file(session, path);
    if (!content) return std::nullopt;
    request.body = to_text(*content);
  } else {
    request.body_source = pieces_of(path);
  }
  const auto response = send(session, std::move(request));
  if (!response) return std::nullopt;
  auto json = codec::parse_json(response->body);
  if (json.ok()) return std::move(json).value();
  session.fail(kFailed, session.url + " answered no JSON: is it an ICN node?");
  return std::nullopt;
}

std::optional<std::string> upload(Session& session, const std::string& path, bool is_public) {
  const auto visibility = is_public ? std::optional<std::string>("public") : std::nullopt;
  // What a member signs for is kept in their name, so it is sent in their name.
  if (!session.key_file.empty() && !open_session(session)) return std::nullopt;
  const bool is_kept = !session.acting_did.empty() && session.key_file.empty();
  const auto owner = is_kept ? std::optional<std::string>(session.acting_did) : std::nullopt;
  const auto answer = upload_to(session, target("/dag/files", {{"visibility", visibility}, {"owner", owner}}),
                                "application/octet-stream", path);
  if (!answer) return std::nullopt;
  const codec::Json* cid = answer->find("cid");
  if (cid != nullptr && cid->string() != nullptr) return *cid->string();
  session.fail(kFailed, "the node's answer names no CID");
  return std::nullopt;
}

}  // namespace icn::cli
