#pragma once

#include "network/api/context.h"

namespace icn::network::api {

// POST /network/fetch: answers when what was fetched, and its pin, is durable.
//   block_not_fetched, too_large, network_off, forbidden
struct FetchBlocks {
  struct Input {
    Cid cid;
    bool recursive = true;
    std::uint64_t timeout_ms = 30'000;
    bool pin = true;
    static constexpr std::string_view schema_name = "FetchRequest";
    static constexpr auto fields() {
      using codec::defaulted_field;
      return described(
          codec::field("cid", &Input::cid),
          defaulted_field("recursive", &Input::recursive, "all it links to as well, default true"),
          defaulted_field("timeout_ms", &Input::timeout_ms, "of each block, default 30000", {1, 600'000}),
          defaulted_field("pin", &Input::pin,
                          "a pin of the caller, as recursive as this, keeps it from being pruned; default "
                          "true"));
    }
  };
  struct Output {
    Cid cid;
    std::uint64_t blocks = 0;
    std::uint64_t bytes = 0;
    bool pinned = false;
    static constexpr std::string_view schema_name = "FetchResult";
    static constexpr auto fields() {
      using codec::field;
      return described(field("cid", &Output::cid),
                       field("blocks", &Output::blocks, "that were not held before"),
                       field("bytes", &Output::bytes),
                       field("pinned", &Output::pinned, "false: it may be pruned after a day"));
    }
  };
  static constexpr std::string_view summary = "Fetch public content from peers and keep it";
  static void handle(const Api& api, const http::Call& call, Input input, http::Reply<Output> reply);
};

// POST /network/provide: tells the network that this node has a public block.   E001, network_off
struct ProvideBlock {
  struct Input {
    Cid cid;
    static constexpr std::string_view schema_name = "ProvideRequest";
    static constexpr auto fields() { return described(codec::field("cid", &Input::cid)); }
  };
  struct Output {
    Cid cid;
    static constexpr std::string_view schema_name = "ProvidedBlock";
    static constexpr auto fields() { return described(codec::field("cid", &Output::cid)); }
  };
  static constexpr std::string_view summary = "Tell the network that this node has a public block";
  static constexpr bool changes_state = false;
  static void handle(const Api& api, const http::Call& call, Input input, http::Reply<Output> reply);
};

}  // namespace icn::network::api
