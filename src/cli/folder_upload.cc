#include "cli/folder_upload.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <vector>

#include "cli/files.h"
#include "cli/remote.h"
#include "codec/unixfs_file.h"

namespace icn::cli {
namespace {

namespace fs = std::filesystem;
using codec::Json;

constexpr std::size_t kPieceSize = 1u << 20;
constexpr int kDepthMax = 64;

// Of a file as the node will make it.
Result<codec::BuiltFile> built_file(const fs::path& path) {
  codec::FileBuilder builder([](const codec::Cid&, ByteView) -> Result<void> { return {}; });
  std::ifstream file(path, std::ios::binary);
  std::vector<char> piece(kPieceSize);
  while (file.read(piece.data(), static_cast<std::streamsize>(piece.size())) || file.gcount() > 0) {
    const std::string_view read(piece.data(), static_cast<std::size_t>(file.gcount()));
    ICN_TRY(builder.write(as_bytes(read)));
  }
  return builder.finish();
}

// One upload on its way. What fails has been said.
class FolderUpload {
 public:
  FolderUpload(Session& session, bool is_public) : session_(session), is_public_(is_public) {}

  bool check(const fs::path& folder, int depth = 0) {
    if (depth > kDepthMax) return fail(folder, "is more than 64 folders deep");
    std::error_code failure;
    fs::directory_iterator entries(folder, failure);
    if (failure) return fail(folder, failure.message());
    for (const fs::directory_entry& entry : entries) {
      const auto type = entry.symlink_status(failure).type();
      if (type == fs::file_type::directory) {
        if (!check(entry.path(), depth + 1)) return false;
      } else if (type == fs::file_type::symlink) {
        return fail(entry.path(), "is a symbolic link; only files and folders are put");
      } else if (type != fs::file_type::regular) {
        return fail(entry.path(), "is neither a file nor a folder");
      }
    }
    return true;
  }

  std::optional<codec::DirectoryEntry> put(const fs::path& folder) {
    std::vector<fs::path> paths;
    std::error_code failure;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, failure)) {
      paths.push_back(entry.path());
    }
    if (failure) return std::nullopt;
    std::ranges::sort(paths);
    std::vector<codec::DirectoryEntry> entries;
    for (const fs::path& path : paths) {
      auto entry = fs::is_directory(path) ? put(path) : put_file(path);
      if (!entry) return std::nullopt;
      entry->name = path.filename().string();
      entries.push_back(std::move(*entry));
    }
    return put_directory(folder, entries);
  }

 private:
  bool fail(const fs::path& path, const std::string& what) {
    session_.fail(kUsage, path.string() + " " + what);
    return false;
  }

  std::optional<codec::DirectoryEntry> put_file(const fs::path& path) {
    const auto built = built_file(path);
    if (!built.ok()) {
      session_.fail(kFailed, path.string() + ": " + built.error().detail());
      return std::nullopt;
    }
    const auto cid = upload(session_, path.string(), is_public_);
    if (!cid) return std::nullopt;
    if (*cid != built->cid.to_string()) {
      session_.fail(kFailed, path.string() + " has changed while it was sent");
      return std::nullopt;
    }
    return codec::DirectoryEntry{"", built->cid, built->cumulative_size};
  }

  std::optional<codec::DirectoryEntry> put_directory(const fs::path& folder,
                                                     const std::vector<codec::DirectoryEntry>& entries) {
    const auto block = codec::encode_unixfs_directory(entries);
    if (!block.ok()) {
      session_.fail(kUsage, folder.string() + ": " + block.error().detail());
      return std::nullopt;
    }
    Json body = Json::object({{"data", base64_encode(block->bytes)},
                              {"codec", "dag-pb"},
                              {"visibility", is_public_ ? "public" : "private"}});
    if (!session_.acting_did.empty()) body.set("author", session_.acting_did);
    if (!post(session_, "/dag/blocks", body)) return std::nullopt;
    return codec::DirectoryEntry{"", block->cid, block->cumulative_size};
  }

  Session& session_;
  const bool is_public_;
};

}  // namespace

std::optional<std::string> upload_folder(Session& session, const std::string& path, bool is_public) {
  FolderUpload upload(session, is_public);
  if (!upload.check(path)) return std::nullopt;
  const auto root = upload.put(path);
  if (!root) return std::nullopt;
  return root->cid.to_string();
}

}  // namespace icn::cli
