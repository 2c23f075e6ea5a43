#pragma once

#include <map>

#include "system/context.h"

namespace icn::system::api {

struct NoInput {
  static constexpr auto fields() { return codec::described(); }
};

struct GetHealth {
  using Input = NoInput;
  struct Output {
    std::string status;
    std::uint64_t timestamp = 0;
    std::uint64_t uptime_secs = 0;
    std::map<std::string, std::string> checks;
    static constexpr auto fields() {
      return described(codec::field("status", &Output::status, "ok or degraded"),
                       codec::field("timestamp", &Output::timestamp),
                       codec::field("uptime_secs", &Output::uptime_secs),
                       codec::field("checks", &Output::checks, "\"ok\" or what is wrong, by name"));
    }
  };
  static constexpr std::string_view summary = "Whether the node is alive, and each of its parts";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// 200 when the node takes reads and writes, 503 when not.
struct GetReady {
  using Input = NoInput;
  struct Output {
    bool ready = false;
    std::map<std::string, std::string> checks;
    static constexpr auto fields() {
      return described(codec::field("ready", &Output::ready), codec::field("checks", &Output::checks));
    }
  };
  static constexpr std::string_view summary = "Whether the node takes reads and writes";
  static http::Response handle(const Api& api, const http::Request& request);
};

struct GetInvariants {
  using Input = NoInput;
  struct Item {
    std::string name;
    bool ok = false;
    std::string detail;
    static constexpr auto fields() {
      return described(codec::field("name", &Item::name), codec::field("ok", &Item::ok),
                       codec::field("detail", &Item::detail));
    }
  };
  struct Output {
    std::uint64_t height = 0;
    std::vector<Item> items;
    static constexpr auto fields() {
      return described(codec::field("height", &Output::height), codec::field("items", &Output::items));
    }
  };
  static constexpr std::string_view summary = "The invariants of the ledger, checked over the whole state";
  static void handle(const Api& api, const http::Call& call, Input input, http::Reply<Output> reply);
};

struct GetPerformance {
  using Input = NoInput;
  struct Item {
    std::string route;
    std::uint64_t requests = 0;
    std::uint64_t errors = 0;
    double mean_ms = 0;
    double p50_ms = 0;
    double p95_ms = 0;
    double p99_ms = 0;
    double max_ms = 0;
    double target_p95_ms = 0;
    bool met = false;
    static constexpr auto fields() {
      using codec::field;
      return described(field("route", &Item::route), field("requests", &Item::requests),
                       field("errors", &Item::errors, "status 500 and above"),
                       field("mean_ms", &Item::mean_ms), field("p50_ms", &Item::p50_ms),
                       field("p95_ms", &Item::p95_ms), field("p99_ms", &Item::p99_ms),
                       field("max_ms", &Item::max_ms), field("target_p95_ms", &Item::target_p95_ms),
                       field("met", &Item::met));
    }
  };
  struct Output {
    std::vector<Item> items;
    static constexpr auto fields() { return described(codec::field("items", &Output::items)); }
  };
  static constexpr std::string_view summary =
      "Latencies of each route since the start, and the target of its group";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

}  // namespace icn::system::api
