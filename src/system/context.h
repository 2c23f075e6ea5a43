#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "backup/writer.h"
#include "config/settings.h"
#include "http/answer_cache.h"
#include "http/authentication/api_keys.h"
#include "http/call.h"
#include "http/event_stream.h"
#include "http/statistics.h"
#include "ledger/ledger.h"
#include "ledger/ordered_log.h"
#include "storage/redis/redis_cache.h"
#include "telemetry/metrics.h"

namespace icn::system {

// One thing a node checks about itself. Empty `problem`: it is well.
struct Check {
  std::string name;
  std::string problem;
  static constexpr auto fields() {
    return described(codec::field("name", &Check::name),
                     codec::field("problem", &Check::problem, "empty: well"));
  }
};

// What the jobs of this node are doing.
struct JobCounts {
  std::uint64_t active = 0;
  std::uint64_t queued = 0;
  static constexpr auto fields() {
    return described(codec::field("active", &JobCounts::active), codec::field("queued", &JobCounts::queued));
  }
};

// What a store of this node says of itself; sizes are estimates.
struct StoreFigures {
  std::string name;
  std::string engine;
  std::uint64_t bytes = 0;
  std::uint64_t keys = 0;
  std::string refuses;
  static constexpr auto fields() {
    using codec::field, codec::described;
    return described(
        field("name", &StoreFigures::name, "ledger or node"), field("engine", &StoreFigures::engine),
        field("bytes", &StoreFigures::bytes, "estimated"), field("keys", &StoreFigures::keys, "estimated"),
        field("refuses", &StoreFigures::refuses, "why writes are refused; empty: they are taken"));
  }
};

// What the system's endpoints work with. The functions may be called from any thread.
struct Api {
  const config::Settings& settings;
  const ledger::Ledger& ledger;
  const ledger::OrderedLog& log;
  const Clock& clock;
  telemetry::Metrics& metrics;
  http::ApiKeys& api_keys;
  storage::GroupCommit& node_writes;  // of the node's own store
  http::EventStream& events;
  Did node_did;
  KeyId node_key;
  std::string node_key_text;  // Multikey
  std::uint64_t started_ms = 0;
  std::function<std::vector<http::RouteFigures>()> route_figures = {};
  std::function<std::size_t()> connection_count = {};
  std::function<JobCounts()> job_counts = {};
  std::function<std::size_t()> peer_count = {};
  std::function<std::vector<Check>()> checks =
      {};  // dag_store, mana_ledger, ...: cheap, for health and ready
  // Thorough: a scan of the state on another thread, which calls the answer once.
  std::function<void(std::function<void(std::vector<Check>)>)> invariants = {};
  std::function<Result<Millimana>()> mana_supply = {};
  std::shared_ptr<const std::string> openapi = {};  // the document, made once
  std::vector<std::string> event_types = {};        // that there are
  std::function<std::vector<StoreFigures>()> store_figures = {};
  bool is_gateway = false;  // ready while it reads, whether or not the node that writes is there
  std::function<http::AnswerCacheStats()> cache_figures = {};
  std::function<std::optional<storage::RedisStats>()> redis_figures = {};  // none: there is no second level
  // Frozen views of both stores, for a backup.
  std::function<Result<backup::WriterParts>()> backup = {};
  std::shared_ptr<std::atomic<int>> backups = std::make_shared<std::atomic<int>>(0);  // being made
};

}  // namespace icn::system
