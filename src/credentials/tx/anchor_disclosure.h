#pragma once

#include "credentials/tables.h"
#include "ledger/transaction_type.h"

namespace icn::credentials {

// "credential.anchor": the holder of a credential says that it showed parts of it; counts as a use.
//   check      malformed; I001, unsupported_did_method (of the verifier)
//   precheck   credential_not_found, several_issuers, not_holder, already_revoked, wrong_status (suspended),
//              I003, used_up, disclosure_exists, too_many_identity_operations
struct AnchorDisclosure {
  struct Body {
    codec::Cid credential_cid;
    codec::Cid disclosure_cid;
    Did verifier;
    std::optional<Did> issuer;
    static constexpr auto fields() {
      using codec::field;
      return described(field("credential_cid", &Body::credential_cid),
                       field("disclosure_cid", &Body::disclosure_cid, "block that says what was shown"),
                       field("verifier", &Body::verifier, "DID it was shown to"),
                       field("issuer", &Body::issuer, "where several anchored this CID"));
    }
  };
  struct Output {
    codec::Cid disclosure_cid;
    TimestampSecs anchored_at = 0;
    std::uint64_t usage_count = 0;
    static constexpr std::string_view schema_name = "DisclosureAnchor";
    static constexpr auto fields() {
      using codec::field;
      return described(field("disclosure_cid", &Output::disclosure_cid),
                       field("anchored_at", &Output::anchored_at, "Unix seconds"),
                       field("usage_count", &Output::usage_count, "this one counted"));
    }
  };
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

}  // namespace icn::credentials
