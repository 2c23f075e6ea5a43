#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "codec/values.h"
#include "http/exchange.h"

namespace icn::http {

// POST /system/batch: up to 100 requests in one. They start in order and do not wait for each other;
// each is routed, authorised, limited and counted alone, on behalf of the caller of the batch.
// Streams, uploads and batches inside a batch are refused.
struct RunBatch {
  struct Item {
    std::string method = "GET";
    std::string path;
    std::optional<codec::Json> body;
    std::optional<std::string> idempotency_key;
    static constexpr auto fields() {
      using codec::defaulted_field, codec::field;
      return described(defaulted_field("method", &Item::method, "default GET", {1, 10}),
                       field("path", &Item::path, "with its query", {1, 4096}), field("body", &Item::body),
                       field("idempotency_key", &Item::idempotency_key, "", {1, 255}));
    }
  };
  struct Input {
    std::vector<Item> requests;
    static constexpr auto fields() {
      return described(codec::field("requests", &Input::requests, "", {1, 100}));
    }
  };
  struct ItemResult {
    std::uint16_t status = 0;
    codec::Json body;  // text when it is no JSON
    static constexpr auto fields() {
      return described(codec::field("status", &ItemResult::status), codec::field("body", &ItemResult::body));
    }
  };
  struct Output {
    std::vector<ItemResult> results;
    static constexpr auto fields() {
      return described(codec::field("results", &Output::results, "in the order of the requests"));
    }
  };
  static constexpr std::string_view summary = "Run up to 100 requests in one";
  static constexpr bool changes_state = false;                // its items are counted
  static constexpr std::size_t answer_bytes_max = 16u << 20;  // of all items together
  static void handle(ExchangePtr exchange);
};

}  // namespace icn::http
