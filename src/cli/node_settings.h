#pragma once

#include <string>
#include <vector>

#include "base/random.h"
#include "cli/session.h"
#include "config/settings.h"
#include "crypto/secret_bytes.h"

namespace icn::cli {

// The settings of a node on this machine: `config_file` (none when empty), the ICN_* variables that are no
// options of this program, `flags`. Errors as config::load_settings().
Result<config::Settings> load_node_settings(const std::string& config_file, std::vector<std::string> flags);

// The same, in the data folder that --data names; where it names none, the folder `config_file` says.
Result<config::Settings> load_node_settings(const Session& session, const std::string& config_file,
                                            std::vector<std::string> flags = {});

// The passphrase of the node's key store: from the variable or file the settings name; in the development
// profile from a file beside the data, made when it is missing; else asked on the terminal. Errors as
// find_passphrase().
Result<crypto::SecretBytes> node_passphrase(const config::Settings& settings, Random& random);

}  // namespace icn::cli
