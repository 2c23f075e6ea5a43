#pragma once

#include "system/context.h"

namespace icn::system::api {

// Kept for 30 s.
struct GetInfo {
  struct Output {
    std::string name;
    std::string version;
    Did node_did;
    std::string network_id;
    std::string profile;
    std::string status_message;
    std::vector<std::string> capabilities;
    std::string backend;
    std::uint64_t uptime_secs = 0;
    static constexpr auto fields() {
      using codec::field;
      return described(field("name", &Output::name), field("version", &Output::version),
                       field("node_did", &Output::node_did), field("network_id", &Output::network_id),
                       field("profile", &Output::profile), field("status_message", &Output::status_message),
                       field("capabilities", &Output::capabilities), field("backend", &Output::backend),
                       field("uptime_secs", &Output::uptime_secs));
    }
  };
  static constexpr std::string_view summary = "What this node is";
  static http::Response handle(const Api& api, const http::Request& request);
};

// Live.
struct GetStatus {
  struct NetworkStats {
    std::uint64_t open_connections = 0;
    std::uint64_t event_streams = 0;
    static constexpr auto fields() {
      return described(codec::field("open_connections", &NetworkStats::open_connections),
                       codec::field("event_streams", &NetworkStats::event_streams));
    }
  };
  struct Input {
    static constexpr auto fields() { return codec::described(); }
  };
  struct Output {
    bool is_online = true;
    std::uint64_t peer_count = 0;
    std::uint64_t current_block_height = 0;
    TimestampSecs current_block_time = 0;
    std::string version;
    std::uint64_t epoch = 0;
    JobCounts jobs;
    Millimana mana_supply;
    bool in_sync = true;
    std::optional<std::uint64_t> stale_secs;
    bool has_quorum = true;
    std::uint64_t transactions_waiting = 0;
    NetworkStats network_stats;
    static constexpr auto fields() {
      using codec::field;
      return described(
          field("is_online", &Output::is_online, "takes writes"), field("peer_count", &Output::peer_count),
          field("current_block_height", &Output::current_block_height),
          field("current_block_time", &Output::current_block_time), field("version", &Output::version),
          field("epoch", &Output::epoch, "economics.epoch_secs since genesis"), field("jobs", &Output::jobs),
          field("mana_supply", &Output::mana_supply),
          field("in_sync", &Output::in_sync, "has all that the network has decided, as far as it can know"),
          field("stale_secs", &Output::stale_secs, "age of what is read here, when it is not in sync"),
          field("has_quorum", &Output::has_quorum, "false: too few validators can be reached to commit"),
          field("transactions_waiting", &Output::transactions_waiting),
          field("network_stats", &Output::network_stats));
    }
  };
  static constexpr std::string_view summary = "How this node does now";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

struct GetMetrics {
  static constexpr std::string_view summary = "Prometheus metrics";
  static constexpr std::string_view output_content_type = "text/plain";
  static http::Response handle(const Api& api, const http::Request& request);
};

}  // namespace icn::system::api
