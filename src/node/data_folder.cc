#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/errors.h"
#include "http/server.h"
#include "node/node.h"
#include "node/unfinished.h"
#include "storage/errors.h"
#include "storage/folder_guard.h"

namespace icn::node {
namespace {

// What a folder holds that no node made, when it holds nothing that one did; else empty.
std::string foreign_content(const std::filesystem::path& folder) {
  std::error_code failure;
  for (const char* engine : {"node", "store"}) {
    if (std::filesystem::exists(folder / engine / storage::kMarkerName, failure)) return {};
  }
  std::string found;
  for (std::filesystem::directory_iterator at(folder, failure), end; !failure && at != end;
       at.increment(failure)) {
    const std::string name = at->path().filename().string();
    if (name.starts_with("keys.json") || name == "passphrase" || name == "federation.json" ||
        name == "gateway-grant.json" || name.ends_with(".toml"))
      return {};
    if (name != "lost+found" && name != "node.log") found = name;  // a start writes its log there first
  }
  return found;
}

}  // namespace

Result<void> prepare_data_folder(const config::Settings& settings) {
  ICN_TRY(refuse_unfinished(settings));
  if (const std::string found = foreign_content(settings.data_path); !found.empty()) {
    return Error(storage::kForeignFolder, "data_path: " + settings.data_path + " holds \"" + found +
                                              "\" but nothing of a node; choose an empty folder");
  }
  std::error_code failure;
  std::filesystem::create_directories(settings.data_path, failure);
  for (const std::string& folder : {settings.data_path, config::storage_folder(settings)}) {
    if (failure || !std::filesystem::exists(folder) || ::access(folder.c_str(), R_OK | W_OK | X_OK) == 0)
      continue;
    return Error(storage::kNotWritable, folder + ": cannot be written (" + std::strerror(errno) +
                                            "); give this user the folder or set another data_path");
  }
  if (!failure) std::filesystem::permissions(settings.data_path, std::filesystem::perms::owner_all, failure);
  if (!failure) return {};
  return Error(storage::kNotWritable,
               "data_path: cannot make the folder " + settings.data_path + ": " + failure.message());
}

Result<void> check_address(const config::Settings& settings) {
  const auto address = config::parse_listen_address(settings.http_listen_addr);
  ICN_ASSERT(address.has_value());
  return http::Server::check_address(address->host, address->port);
}

}  // namespace icn::node
