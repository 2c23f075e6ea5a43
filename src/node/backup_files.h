#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/settings.h"
#include "crypto/durable_file.h"
#include "node/membership.h"

// What backups name.
namespace icn::node {

inline constexpr std::string_view kLedgerStore = "ledger";
inline constexpr std::string_view kNodeStore = "node";

// A file beside the stores that a node cannot do without.
struct BackupFile {
  std::string name;  // in the backup
  std::string path;
};
inline std::vector<BackupFile> backup_files(const config::Settings& settings) {
  return {{"keys.json", config::key_store_file(settings)},
          {"federation.json", settings.data_path + "/federation.json"},
          {"federation-genesis.json", genesis_file(settings)}};
}

}  // namespace icn::node
