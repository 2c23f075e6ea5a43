#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cli/command.h"
#include "cli/session.h"
#include "config/settings.h"
#include "node/stores.h"

namespace icn::cli {

// stats, migrate, compact and gc of `icn storage`.
void define_storage_upkeep(Command command, Session& session);

// What the verbs of `icn storage` share. Says an error with the exit code of its kind.
void fail_storage(Session& session, const Error& error);
// The settings of the node of session.data_path, as they are in force or as they were given; none: said.
std::optional<config::Settings> storage_settings(Session& session, const std::string& config_file,
                                                 bool is_in_force);
// Null: a node has them open, or there are none here.
Result<std::unique_ptr<node::OpenStores>> open_if_stopped(const config::Settings& settings);

}  // namespace icn::cli
