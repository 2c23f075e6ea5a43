#pragma once

#include "credentials/api/context.h"

namespace icn::credentials::api {

// A credential as the ledger knows it.
struct CredentialItem {
  codec::Cid cid;
  Did issuer;
  Did holder;
  std::string type;
  std::optional<std::string> schema;
  TimestampSecs issued_at = 0;
  TimestampSecs expires_at = 0;
  CredentialStatus status = CredentialStatus::kActive;
  static constexpr std::string_view schema_name = "CredentialItem";
  static constexpr auto fields() {
    using codec::field;
    using Item = CredentialItem;
    return described(field("cid", &Item::cid), field("issuer", &Item::issuer), field("holder", &Item::holder),
                     field("type", &Item::type), field("schema", &Item::schema),
                     field("issued_at", &Item::issued_at, "Unix seconds"),
                     field("expires_at", &Item::expires_at, "Unix seconds"), field("status", &Item::status));
  }
};
CredentialItem item_of(const CredentialRecord& record);

// GET /identity/credentials, newest first.
struct ListCredentials {
  struct Input {
    std::optional<Did> holder;
    std::optional<Did> issuer;
    std::optional<std::string> type;
    std::optional<CredentialStatus> status;
    std::uint32_t limit = http::kPageItems;
    std::optional<std::string> cursor;
    static constexpr auto fields() {
      using codec::field;
      return described(field("holder", &Input::holder, "DID", {1, 300}),
                       field("issuer", &Input::issuer, "DID", {1, 300}),
                       field("type", &Input::type, "", {1, 100}), field("status", &Input::status),
                       http::limit_field(&Input::limit), http::cursor_field(&Input::cursor));
    }
  };
  using Output = http::Page<CredentialItem>;
  static constexpr std::string_view summary = "Credentials of the ledger";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

struct CredentialInput {
  codec::Cid cid;
  std::optional<Did> issuer;
  static constexpr auto fields() {
    return described(codec::field("cid", &CredentialInput::cid, "of the credential"),
                     codec::field("issuer", &CredentialInput::issuer,
                                  "DID; needed where several anchored this CID", {1, 300}));
  }
};

// GET /identity/credentials/{cid}: the credential, for whom may read its block. One that is sealed is opened
// with the holder's key when the node keeps it for the caller, else it is answered sealed.
struct GetCredential {
  using Input = CredentialInput;
  struct Output {
    CredentialItem item;
    std::optional<codec::Json> credential;
    std::optional<Bytes> sealed;
    static constexpr std::string_view schema_name = "CredentialAnswer";
    static constexpr auto fields() {
      using codec::field;
      return described(field("item", &Output::item),
                       field("verifiableCredential", &Output::credential,
                             "absent: the caller may not read it, or it is not at this node"),
                       field("sealed", &Output::sealed, "base64: a sealed box for the holder's key"));
    }
  };
  static constexpr std::string_view summary = "A credential";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// GET /identity/credentials/{cid}/status
struct GetCredentialStatus {
  using Input = CredentialInput;
  struct Output {
    CredentialStatus status = CredentialStatus::kActive;
    bool revoked = false;
    bool suspended = false;
    std::optional<TimestampSecs> paused_until;
    std::optional<std::string> paused_by;
    std::optional<std::string> reason;
    std::optional<codec::Cid> reason_cid;
    TimestampSecs at = 0;
    Did by;
    std::uint64_t presentations = 0;
    std::optional<std::uint64_t> usage_limit;
    std::string revocation_list;
    std::string suspension_list;
    std::uint32_t index = 0;
    static constexpr std::string_view schema_name = "CredentialStatusAnswer";
    static constexpr auto fields() {
      using codec::field;
      return described(
          field("status", &Output::status), field("revoked", &Output::revoked),
          field("suspended", &Output::suspended),
          field("paused_until", &Output::paused_until, "Unix seconds, by itself; absent: it is not"),
          field("paused_by", &Output::paused_by, "proposal that decided it"),
          field("reason", &Output::reason, "of the last change, for whom may read it"),
          field("reason_cid", &Output::reason_cid, "its block"),
          field("at", &Output::at, "time of the last change, Unix seconds"),
          field("by", &Output::by, "who made it"),
          field("presentations", &Output::presentations, "disclosures that were anchored"),
          field("usage_limit", &Output::usage_limit),
          field("revocation_list", &Output::revocation_list, "path"),
          field("suspension_list", &Output::suspension_list, "path"),
          field("index", &Output::index, "its place in both"));
    }
  };
  static constexpr std::string_view summary = "Whether a credential is revoked or suspended";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// GET /identity/status-lists/{id}: a BitstringStatusListCredential made of the ledger's newest state and
// signed by this node, which answers for nothing but that state. The id is "<issuer>.<number>.<purpose>".
struct GetStatusList {
  static constexpr std::string_view summary = "A status list";
  static constexpr std::string_view output_content_type = "application/vc";
  static http::Response handle(const Api& api, const http::Request& request);
};

}  // namespace icn::credentials::api
