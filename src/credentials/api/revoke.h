#pragma once

#include "credentials/api/context.h"
#include "credentials/tx/change_status.h"

namespace icn::credentials::api {

// POST /identity/credentials/revoke: revokes a credential, suspends it or lifts a suspension, as its issuer
// or one it names; the node signs with a key it keeps. The reason becomes a private block that issuer, holder
// and the node's operator may read. A whole signed "credential.revoke" names a block that is there already.
struct RevokeCredential {
  static constexpr std::string_view transaction = "credential.revoke";
  struct Input {
    codec::Cid cid;
    std::string reason;
    bool suspend = false;
    bool lift = false;
    std::optional<Did> by;
    std::optional<Did> issuer;
    static constexpr std::string_view schema_name = "CredentialRevoke";
    static constexpr auto fields() {
      using codec::defaulted_field, codec::field;
      return described(
          field("cid", &Input::cid, "of the credential"), field("reason", &Input::reason, "why", {1, 2'000}),
          defaulted_field("suspend", &Input::suspend, "only until it is lifted"),
          defaulted_field("lift", &Input::lift, "ends a suspension"),
          field("by", &Input::by,
                "who does it; default: the issuer, else one of those it names that the caller may act as"),
          field("issuer", &Input::issuer, "needed where several anchored this CID"));
    }
  };
  using Output = ledger::Written<ChangeCredentialStatus::Output>;
  static constexpr bool is_idempotency_durable = true;
  static constexpr std::string_view summary = "Revoke or suspend a credential";
  static void handle(const Api& api, http::ExchangePtr exchange);
};

}  // namespace icn::credentials::api
