#pragma once

#include "credentials/tables.h"
#include "ledger/transaction_type.h"

namespace icn::credentials {

// "credential.schema": names a kind of claims. Versions of a name rise by 1 and are all of one author.
//   check      bad_schema: a name that is not allowed, or belongs to the network ("icn:")
//   precheck   schema_exists, schema_not_found (the version before), I005 (another author's name),
//              too_many_identity_operations
struct RegisterSchema {
  struct Body {
    std::string name;
    std::uint32_t version = 1;
    codec::Cid cid;
    std::vector<Did> issuers;
    static constexpr auto fields() {
      using codec::field;
      return described(
          field("name", &Body::name, "lower case letters, digits and : . _ -", {3, 100}),
          field("version", &Body::version, "1 is the first", {1, 1'000'000}),
          field("cid", &Body::cid, "public block with the JSON Schema"),
          codec::defaulted_field("issuers", &Body::issuers, "who alone may issue under it", {0, 32}));
    }
  };
  struct Output {
    std::string id;
    codec::Cid cid;
    static constexpr std::string_view schema_name = "SchemaRegistration";
    static constexpr auto fields() {
      using codec::field;
      return described(field("id", &Output::id, "what credentials name"), field("cid", &Output::cid));
    }
  };
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

std::string schema_id(const std::string& name, std::uint32_t version);

}  // namespace icn::credentials
