#pragma once

#include "credentials/api/context.h"
#include "credentials/tx/register_schema.h"

namespace icn::credentials::api {

struct SchemaItem {
  std::string id;
  std::optional<codec::Cid> cid;
  std::optional<Did> author;
  std::vector<Did> issuers;
  std::optional<codec::Json> json_schema;
  bool standard = false;
  static constexpr std::string_view schema_name = "CredentialSchemaItem";
  static constexpr auto fields() {
    using codec::field;
    using Item = SchemaItem;
    return described(field("id", &Item::id, "what credentials name"),
                     field("cid", &Item::cid, "its block; absent: a standard one"),
                     field("author", &Item::author),
                     field("issuers", &Item::issuers, "who alone may issue under it; none: everybody"),
                     field("json_schema", &Item::json_schema, "absent: its block is not at this node"),
                     field("standard", &Item::standard, "known to every network"));
  }
};

// GET /identity/credentials/schemas: the standard ones first, then those that were registered, by id.
struct ListSchemas {
  struct Input {
    std::uint32_t limit = http::kPageItems;
    std::optional<std::string> cursor;
    static constexpr auto fields() {
      return described(http::limit_field(&Input::limit), http::cursor_field(&Input::cursor));
    }
  };
  using Output = http::Page<SchemaItem>;
  static constexpr std::string_view summary = "Schemas of credentials";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// GET /identity/credentials/schemas/{id}: by what credentials name, or by the CID of its block.
//   schema_not_found
struct GetSchema {
  struct Input {
    std::string id;
    static constexpr auto fields() {
      return described(codec::field("id", &Input::id, "as coop:skill:v1, or the CID of its block", {1, 120}));
    }
  };
  using Output = SchemaItem;
  static constexpr std::string_view summary = "A schema of credentials";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// POST /identity/credentials/schemas: the text becomes a public block and is named on the ledger, by the
// author the caller acts as. A whole signed "credential.schema" names a block that is there already.
struct PostSchema {
  static constexpr std::string_view transaction = "credential.schema";
  struct Input {
    std::string name;
    std::uint32_t version = 1;
    codec::Json json_schema;
    std::vector<Did> issuers;
    std::optional<Did> author;
    static constexpr std::string_view schema_name = "NewCredentialSchema";
    static constexpr auto fields() {
      using codec::defaulted_field, codec::field;
      return described(field("name", &Input::name, "as coop:skill", {3, 100}),
                       defaulted_field("version", &Input::version, "default 1", {1, 1'000'000}),
                       field("json_schema", &Input::json_schema,
                             "of the claims; keywords that are not checked are refused"),
                       defaulted_field("issuers", &Input::issuers, "who alone may issue under it", {0, 32}),
                       field("author", &Input::author, "default: the DID of the credentials"));
    }
  };
  using Output = ledger::Written<RegisterSchema::Output>;
  static constexpr int success_status = 201;
  static constexpr bool is_idempotency_durable = true;
  static constexpr std::string_view summary = "Register a schema";
  static void handle(const Api& api, http::ExchangePtr exchange);
};

}  // namespace icn::credentials::api
