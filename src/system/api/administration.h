#pragma once

#include "system/api/health.h"

// For operators: settings, keys, API keys.
namespace icn::system::api {

struct GetConfig {
  using Input = NoInput;
  struct Output {
    std::string toml;
    static constexpr auto fields() {
      return described(codec::field("toml", &Output::toml, "secrets left out"));
    }
  };
  static constexpr std::string_view summary = "Effective settings, secrets left out";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

struct GetKeys {
  using Input = NoInput;
  struct Output {
    Did node_did;
    KeyId key;
    std::string public_key_multibase;
    static constexpr auto fields() {
      return described(codec::field("node_did", &Output::node_did), codec::field("key", &Output::key),
                       codec::field("public_key_multibase", &Output::public_key_multibase));
    }
  };
  static constexpr std::string_view summary = "Public keys of this node";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

struct ListApiKeys {
  using Input = NoInput;
  struct Output {
    std::vector<http::ApiKeyInfo> items;
    static constexpr auto fields() { return described(codec::field("items", &Output::items)); }
  };
  static constexpr std::string_view summary = "API keys, without their secrets";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

struct CreateApiKey {
  struct Input {
    std::string label;
    http::Role role = http::Role::kMember;
    std::vector<Did> dids;
    std::optional<TimestampSecs> expires_at;
    static constexpr auto fields() {
      using codec::field, codec::defaulted_field;
      return described(defaulted_field("label", &Input::label, "for people", {0, 100}),
                       defaulted_field("role", &Input::role, "default member"),
                       defaulted_field("dids", &Input::dids, "whom its bearer may act as", {0, 64}),
                       field("expires_at", &Input::expires_at, "Unix seconds; absent: never"));
    }
  };
  struct Output {
    std::string key;
    http::ApiKeyInfo info;
    static constexpr auto fields() {
      return described(codec::field("key", &Output::key, "shown this once"),
                       codec::field("info", &Output::info));
    }
  };
  static constexpr std::string_view summary = "Make an API key; it is shown once";
  static constexpr int success_status = 201;
  static void handle(const Api& api, const http::Call& call, Input input, http::Reply<Output> reply);
};

struct RevokeApiKey {
  struct Input {
    std::string id;
    static constexpr auto fields() { return described(codec::field("id", &Input::id)); }
  };
  struct Output {
    std::string id;
    bool revoked = true;
    static constexpr auto fields() {
      return described(codec::field("id", &Output::id), codec::field("revoked", &Output::revoked));
    }
  };
  static constexpr std::string_view summary = "Revoke an API key";
  static void handle(const Api& api, const http::Call& call, Input input, http::Reply<Output> reply);
};

}  // namespace icn::system::api
