#include "system/api/info.h"

#include <atomic>

namespace icn::system::api {
namespace {

constexpr std::uint64_t kInfoKeptMs = 30'000;

std::string info_text(const Api& api) {
  const auto published = api.ledger.published();
  const ledger::LogStatus log = api.log.status();
  GetInfo::Output output;
  output.name = api.settings.node_name;
  output.version = ICN_VERSION;
  output.node_did = api.node_did;
  output.network_id = published->network.network;
  output.profile = published->network.profile;
  output.status_message = log.is_writing ? "ok" : "reads only: " + log.reason;
  output.capabilities = config::executor_capabilities(api.settings);
  output.backend = codec::enum_name(api.settings.storage_backend);
  output.uptime_secs = (api.clock.now_ms() - api.started_ms) / 1000;
  return codec::to_json_text(output);
}

// Each io thread keeps its own copy, so that the hottest path of the node shares nothing.
struct InfoCache {
  const Api* api = nullptr;
  std::uint64_t made_ms = 0;
  std::shared_ptr<const std::string> text;
};

}  // namespace

http::Response GetInfo::handle(const Api& api, const http::Request&) {
  thread_local InfoCache cache;
  const std::uint64_t now_ms = api.clock.now_ms();
  if (cache.api != &api || now_ms - cache.made_ms >= kInfoKeptMs) {
    cache = {&api, now_ms, std::make_shared<const std::string>(info_text(api))};
  }
  return http::Response::cached("application/json", cache.text);
}

Result<GetStatus::Output> GetStatus::handle(const Api& api, const http::Call&, const Input&) {
  const auto published = api.ledger.published();
  const ledger::LogStatus log = api.log.status();
  Output output;
  output.is_online = log.is_writing;
  output.peer_count = api.peer_count();
  output.current_block_height = published->head.header.height;
  output.current_block_time = published->head.header.time;
  output.version = ICN_VERSION;
  const TimestampSecs age = published->head.header.time - published->network.genesis_secs;
  output.epoch = age / static_cast<std::uint64_t>(published->parameters.economics_epoch_secs);
  output.jobs = api.job_counts();
  ICN_TRY_ASSIGN(supply, api.mana_supply());
  output.mana_supply = supply;
  output.stale_secs = api.log.stale_secs();
  output.in_sync = !output.stale_secs;
  output.has_quorum = log.has_quorum;
  output.transactions_waiting = log.waiting;
  output.network_stats = {api.connection_count(), api.events.client_count()};
  return output;
}

http::Response GetMetrics::handle(const Api& api, const http::Request&) {
  http::Response response = http::Response::text(api.metrics.render());
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  return response;
}

}  // namespace icn::system::api
