#pragma once

#include "credentials/api/context.h"
#include "credentials/tx/issue.h"

namespace icn::credentials::api {

// How a credential is secured and kept, beside what it says.
struct IssueOptions {
  Format format = Format::kDataIntegrity;
  std::vector<std::string> disclosable;
  bool is_public = false;
  std::vector<Did> revocable_by;
  std::optional<std::uint64_t> usage_limit;
  std::vector<std::string> valid_contexts;
  static constexpr std::string_view schema_name = "CredentialIssueOptions";
  static constexpr auto fields() {
    using codec::defaulted_field, codec::field;
    using Options = IssueOptions;
    return described(
        defaulted_field("format", &Options::format, "eddsa-jcs-2022 (default), vc+jwt or dc+sd-jwt"),
        defaulted_field("disclosable", &Options::disclosable,
                        "of dc+sd-jwt: claims its holder discloses one by one", {0, kClaimsMax}),
        defaulted_field("public", &Options::is_public,
                        "kept as a public block; default: sealed for its holder"),
        defaulted_field("revocable_by", &Options::revocable_by, "who may revoke it beside the issuer",
                        {0, kRevokersMax}),
        field("usage_limit", &Options::usage_limit, "how often it may be used", {1, 1'000'000'000}),
        defaulted_field("valid_contexts", &Options::valid_contexts, "where it may be used; none: everywhere",
                        {0, 16}));
  }
};

// POST /identity/credentials/issue: signs a credential in the name of its issuer, with the key the node keeps
// for it, anchors it and answers it. The issuer is always a DID the caller may act as.
//   {credential, options}                       W3C VC API; without proof and credentialStatus
//   {issuer, holder, type, claims, ...}         the same in short
// A whole signed "credential.issue" anchors a credential that its issuer signed itself.
struct PostCredential {
  static constexpr std::string_view transaction = "credential.issue";
  struct Input {
    std::optional<codec::Json> credential;
    IssueOptions options;
    std::optional<Did> issuer;
    std::optional<Did> holder;
    std::optional<std::string> type;
    std::optional<codec::Json> claims;
    std::optional<codec::Json> attributes;
    std::optional<std::string> schema;
    std::optional<TimestampSecs> expiration;
    std::vector<std::string> disclosable;
    static constexpr std::string_view schema_name = "CredentialIssue";
    static constexpr auto fields() {
      using codec::defaulted_field, codec::field;
      return described(
          field("credential", &Input::credential, "W3C Verifiable Credential 2.0, not secured"),
          defaulted_field("options", &Input::options),
          field("issuer", &Input::issuer, "without `credential`: who issues"),
          field("holder", &Input::holder, "without `credential`: about whom"),
          field("type", &Input::type, "without `credential`: OrganizationMember, for example", {1, 100}),
          field("claims", &Input::claims, "without `credential`: what is said, an object"),
          field("attributes", &Input::attributes, "the same as claims"),
          field("schema", &Input::schema, "without `credential`: id of a schema", {1, 120}),
          field("expiration", &Input::expiration, "without `credential`: Unix seconds; default in 365 days"),
          defaulted_field("disclosable", &Input::disclosable, "as in options", {0, kClaimsMax}));
    }
  };
  struct Output {
    std::optional<codec::Json> verifiable_credential;
    codec::Cid cid;
    std::optional<codec::Cid> stored_cid;
    TimestampSecs issued_at = 0;
    TransactionId transaction_id;
    std::uint64_t height = 0;
    static constexpr std::string_view schema_name = "IssuedCredential";
    static constexpr auto fields() {
      using codec::field;
      return described(
          field("verifiableCredential", &Output::verifiable_credential,
                "secured: an object, or a text (JWT, SD-JWT); absent when its issuer signed it itself"),
          field("cid", &Output::cid, "of the credential"),
          field("stored_cid", &Output::stored_cid, "block it is kept in: itself, or sealed for its holder"),
          field("issued_at", &Output::issued_at, "Unix seconds"),
          field("transaction_id", &Output::transaction_id),
          field("height", &Output::height, "the block that anchors it"));
    }
  };
  static constexpr int success_status = 201;
  static constexpr bool is_idempotency_durable = true;
  static constexpr std::string_view summary = "Issue a credential";
  static void handle(const Api& api, http::ExchangePtr exchange);
};

}  // namespace icn::credentials::api
