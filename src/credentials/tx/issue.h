#pragma once

#include "credentials/tables.h"
#include "ledger/transaction_type.h"

namespace icn::credentials {

inline constexpr std::uint64_t kHeldMax = 1'000;
inline constexpr std::size_t kRevokersMax = 8;

// "credential.issue": anchors a credential the sender signed, for identity.credential_fee. What it says
// stays outside the ledger.
//   check      bad_credential; I001, unsupported_did_method (of holder or revocable_by)
//   precheck   bad_credential: it has expired, or its place lies in a list that is not begun;
//              did_not_found, did_deactivated (the holder), schema_not_found, I005, credential_exists,
//              status_index_taken, too_many_credentials, too_many_identity_operations
//   apply      exceeds_balance
struct IssueCredential {
  struct Body {
    codec::Cid cid;
    Did holder;
    std::string type;
    std::string schema;
    TimestampSecs expires_at = 0;
    std::uint32_t list = 1;
    std::uint32_t index = 0;
    std::vector<Did> revocable_by;
    std::optional<std::uint64_t> usage_limit;
    std::optional<codec::Cid> stored;
    static constexpr auto fields() {
      using codec::field, codec::defaulted_field;
      return described(
          field("cid", &Body::cid, "of the credential: raw, sha2-256"), field("holder", &Body::holder, "DID"),
          field("type", &Body::type, "OrganizationMember, for example", {1, 100}),
          defaulted_field("schema", &Body::schema, "id; empty: none", {0, 120}),
          field("expires_at", &Body::expires_at, "Unix seconds"),
          field("list", &Body::list, "number of the issuer's status list", {1, 4'000'000'000}),
          field("index", &Body::index, "place in it, drawn at random", {0, 131'071}),
          defaulted_field("revocable_by", &Body::revocable_by, "who may revoke it beside the issuer",
                          {0, kRevokersMax}),
          field("usage_limit", &Body::usage_limit, "how often it may be used", {1, 1'000'000'000}),
          field("stored", &Body::stored, "block with the credential, or with it sealed for its holder"));
    }
  };
  struct Output {
    codec::Cid cid;
    TimestampSecs issued_at = 0;
    static constexpr std::string_view schema_name = "CredentialAnchor";
    static constexpr auto fields() {
      using codec::field;
      return described(field("cid", &Output::cid, "of the credential"),
                       field("issued_at", &Output::issued_at, "Unix seconds"));
    }
  };
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

// I005, schema_not_found. An empty id is none.
Result<void> check_may_issue(const ledger::Reader& state, const Did& issuer, const std::string& schema);

}  // namespace icn::credentials
