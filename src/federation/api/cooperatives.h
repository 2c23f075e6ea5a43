#pragma once

#include "federation/api/context.h"
#include "federation/tx/register.h"

namespace icn::federation::api {

// A cooperative as the directory shows it.
struct CooperativeEntry {
  Did did;
  codec::Cid cid;
  CooperativeType type = CooperativeType::kGeneral;
  std::vector<std::string> regions;
  std::vector<std::string> capabilities;
  std::vector<std::string> federations;
  std::optional<std::string> name;
  TimestampSecs registered_at = 0;
  TimestampSecs updated_at = 0;
  static constexpr std::string_view schema_name = "Cooperative";
  static constexpr auto fields() {
    using codec::field;
    return described(field("did", &CooperativeEntry::did),
                     field("cid", &CooperativeEntry::cid, "of its profile"),
                     field("type", &CooperativeEntry::type), field("regions", &CooperativeEntry::regions),
                     field("capabilities", &CooperativeEntry::capabilities),
                     field("federations", &CooperativeEntry::federations, "ids of those it is a member of"),
                     field("name", &CooperativeEntry::name, "absent while the profile is not at this node"),
                     field("registered_at", &CooperativeEntry::registered_at, "Unix seconds"),
                     field("updated_at", &CooperativeEntry::updated_at, "Unix seconds"));
  }
};

// POST /cooperative/register: the profile becomes a public block of this node and is entered into the ledger.
// Signed by its DID: by who sends it (then created_at, updated_at and key are theirs), or by this node with a
// key it keeps. A whole signed "cooperative.register" names a block that is there already.
struct RegisterProfile {
  static constexpr std::string_view transaction = "cooperative.register";
  struct Input {
    Profile profile;
    static constexpr std::string_view schema_name = "ProfileRegistration";
    static constexpr auto fields() { return described(codec::field("profile", &Input::profile)); }
  };
  using Output = ledger::Written<RegisterCooperative::Output>;
  static constexpr int success_status = 201;
  static constexpr bool is_idempotency_durable = true;
  static constexpr std::string_view summary = "Enter a cooperative's profile into the directory";
  static void handle(const Api& api, http::ExchangePtr exchange);
};

// GET /cooperative/profile/{did}
struct GetProfile {
  struct Input {
    Did did;
    static constexpr auto fields() { return described(codec::field("did", &Input::did)); }
  };
  struct Output {
    CooperativeEntry entry;
    std::optional<Profile> profile;
    bool verified = false;
    static constexpr std::string_view schema_name = "CooperativeAnswer";
    static constexpr auto fields() {
      using codec::field;
      return described(field("entry", &Output::entry),
                       field("profile", &Output::profile, "absent: no peer had it in time; ask again"),
                       field("verified", &Output::verified, "signed by a key its DID has now"));
    }
  };
  static constexpr std::string_view summary = "A cooperative's profile";
  static void handle(const ReadApi& api, const http::Call& call, Input input, http::Reply<Output> reply);
};

// POST /cooperative/search: every condition that is given must hold. Changes nothing.
struct SearchCooperatives {
  struct Input {
    std::optional<std::string> query;
    std::optional<CooperativeType> type;
    std::optional<std::string> capability;
    std::optional<std::string> region;
    std::optional<std::string> federation;
    std::uint32_t limit = http::kPageItems;
    std::optional<std::string> cursor;
    static constexpr std::string_view schema_name = "CooperativeSearch";
    static constexpr auto fields() {
      using codec::field;
      return described(
          field("query", &Input::query, "in name or description, of profiles at this node", {1, 100}),
          field("type", &Input::type), field("capability", &Input::capability, "its type", {1, 40}),
          field("region", &Input::region, "a part of geo_scope", {1, 100}),
          field("federation", &Input::federation, "id", {1, 64}), http::limit_field(&Input::limit),
          http::cursor_field(&Input::cursor));
    }
  };
  using Output = http::Page<CooperativeEntry>;
  static constexpr std::string_view summary = "Find cooperatives";
  static constexpr bool changes_state = false;
  static Result<Output> handle(const ReadApi& api, const http::Call& call, const Input& input);
};

// GET /cooperative/capabilities/{type}: who offers it.
struct ListProviders {
  struct Input {
    std::string type;
    std::uint32_t limit = http::kPageItems;
    std::optional<std::string> cursor;
    static constexpr auto fields() {
      return described(codec::field("type", &Input::type, "of the capability", {1, 40}),
                       http::limit_field(&Input::limit), http::cursor_field(&Input::cursor));
    }
  };
  using Output = http::Page<CooperativeEntry>;
  static constexpr std::string_view summary = "Cooperatives that offer a capability";
  static Result<Output> handle(const ReadApi& api, const http::Call& call, const Input& input);
};

// GET /cooperative/registry/stats
struct GetRegistryStats {
  struct Input {
    static constexpr auto fields() { return codec::described(); }
  };
  struct Output {
    std::uint64_t total = 0;
    std::map<std::string, std::uint64_t> by_type;
    std::map<std::string, std::uint64_t> by_region;
    std::map<std::string, std::uint64_t> by_federation;
    static constexpr std::string_view schema_name = "RegistryStats";
    static constexpr auto fields() {
      using codec::field;
      return described(field("total", &Output::total), field("by_type", &Output::by_type),
                       field("by_region", &Output::by_region),
                       field("by_federation", &Output::by_federation));
    }
  };
  static constexpr std::string_view summary = "How many cooperatives of which kind there are";
  static Result<Output> handle(const ReadApi& api, const http::Call& call, const Input& input);
};

}  // namespace icn::federation::api
