#pragma once

#include <filesystem>

#include "base/log.h"
#include "config/settings.h"
#include "storage/store.h"

namespace icn::node {

// The engine that settings.storage_backend names, for the store `name` of this node.
std::unique_ptr<storage::Engine> make_engine(const config::Settings& settings,
                                             const std::filesystem::path& folder, std::shared_ptr<Log> log);

}  // namespace icn::node
