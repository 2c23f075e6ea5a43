#pragma once

#include <filesystem>

#include "base/log.h"
#include "config/settings.h"
#include "storage/store.h"

namespace icn::node {

// How a store is written: a block of the ledger at a time, or single rows in no order.
enum class WritePattern { kBlocks, kSingleRows };

// The engine that settings.storage_backend names, in `folder`.
std::unique_ptr<storage::Engine> make_engine(const config::Settings& settings,
                                             const std::filesystem::path& folder, WritePattern pattern,
                                             std::shared_ptr<Log> log);

// Removes a store of whichever engine with all it holds; `folder` is gone afterwards.
Result<void> remove_store(const config::Settings& settings, const std::filesystem::path& folder);

}  // namespace icn::node
