#pragma once

#include "dag/api/context.h"
#include "dag/pins.h"

namespace icn::dag::api {

// GET /dag/pins: those of the acting DID, newest first, with their number.
struct ListPins {
  struct Input {
    std::optional<Did> owner;
    std::uint32_t limit = http::kPageItems;
    std::optional<std::string> cursor;
    static constexpr auto fields() {
      return described(codec::field("owner", &Input::owner, "default: the DID of the credentials"),
                       http::limit_field(&Input::limit), http::cursor_field(&Input::cursor));
    }
  };
  using Output = http::Page<Pin>;
  static constexpr std::string_view summary = "Pins of a DID";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// POST /dag/pins: keeps a block the caller may read; a pin of the same owner is replaced.   E001
struct CreatePin {
  struct Input {
    Cid cid;
    std::optional<std::uint64_t> ttl;
    bool recursive = true;
    std::string reason;
    std::optional<Did> owner;
    static constexpr std::string_view schema_name = "NewPin";
    static constexpr auto fields() {
      using codec::defaulted_field, codec::field;
      return described(field("cid", &Input::cid),
                       field("ttl", &Input::ttl, "seconds; absent: for ever", {1, 1'000'000'000'000}),
                       defaulted_field("recursive", &Input::recursive, "all below it too, default true"),
                       defaulted_field("reason", &Input::reason, "why", {0, 200}),
                       field("owner", &Input::owner, "default: the DID of the credentials"));
    }
  };
  using Output = Pin;
  static constexpr std::string_view summary = "Keep a block from being pruned";
  static constexpr int success_status = 201;
  static void handle(const Api& api, const http::Call& call, Input input, http::Reply<Output> reply);
};

// DELETE /dag/pins/{cid}   pin_not_found
struct RemovePin {
  struct Input {
    Cid cid;
    std::optional<Did> owner;
    static constexpr auto fields() {
      return described(codec::field("cid", &Input::cid),
                       codec::field("owner", &Input::owner, "default: the DID of the credentials"));
    }
  };
  struct Output {
    Cid cid;
    static constexpr std::string_view schema_name = "RemovedPin";
    static constexpr auto fields() { return described(codec::field("cid", &Output::cid)); }
  };
  static constexpr std::string_view summary = "Remove a pin";
  static void handle(const Api& api, const http::Call& call, Input input, http::Reply<Output> reply);
};

}  // namespace icn::dag::api
