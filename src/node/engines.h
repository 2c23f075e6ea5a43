#pragma once

#include <filesystem>

#include "base/log.h"
#include "config/settings.h"
#include "storage/postgresql/postgresql_follower.h"
#include "storage/store.h"

namespace icn::node {

// How a store is written: a block of the ledger at a time, or single rows in no order.
enum class WritePattern { kBlocks, kSingleRows };

// The engine of a store that is written so: the ledger's is storage.backend, the node's own one
// storage.node_backend.
config::StorageBackend engine_of(const config::Settings& settings, WritePattern pattern);
bool uses_postgresql(const config::Settings& settings);

// That engine, in `folder`.
std::unique_ptr<storage::Engine> make_engine(const config::Settings& settings,
                                             const std::filesystem::path& folder, WritePattern pattern,
                                             std::shared_ptr<Log> log);

// The same store of PostgreSQL, which another node writes, to be read.
std::unique_ptr<storage::Engine> make_follower(const config::Settings& settings,
                                               const std::filesystem::path& folder, std::shared_ptr<Log> log);
// Follows its batches.
std::unique_ptr<storage::PostgresqlFeed> make_feed(const config::Settings& settings,
                                                   const std::filesystem::path& folder,
                                                   storage::PostgresqlFeed::Listener listener,
                                                   std::shared_ptr<Log> log);

// What whoever runs the node should know of its database server; empty: nothing, or there is none. What it
// says when it cannot be asked.
Result<std::string> database_warning(const config::Settings& settings);

// Names what a PostgreSQL store in `folder` holds, and how often it was opened to be written: the same to all
// who read it. What the database says when it cannot be asked.
Result<std::string> database_generation(const config::Settings& settings,
                                        const std::filesystem::path& folder);

// Removes a store of whichever engine with all it holds; `folder` is gone afterwards.
Result<void> remove_store(const config::Settings& settings, const std::filesystem::path& folder);

}  // namespace icn::node
