#pragma once

#include "credentials/tables.h"
#include "ledger/transaction_type.h"

namespace icn::credentials {

enum class StatusChange { kRevoke, kSuspend, kLift };
constexpr auto enum_names(StatusChange) {
  using Name = std::pair<StatusChange, std::string_view>;
  return std::array{Name(StatusChange::kRevoke, "revoke"), Name(StatusChange::kSuspend, "suspend"),
                    Name(StatusChange::kLift, "lift")};
}

// "credential.revoke": ends a credential for ever, suspends it, or lifts a suspension. By its issuer, or one
// it names in revocable_by. The reason is a block.
//   check      malformed: no reason
//   precheck   credential_not_found, several_issuers, not_revocable_by, already_revoked, wrong_status (to
//              suspend what is suspended, to lift what is not), too_many_identity_operations
struct ChangeCredentialStatus {
  struct Body {
    codec::Cid cid;
    StatusChange change = StatusChange::kRevoke;
    codec::Cid reason;
    std::optional<Did> issuer;
    static constexpr auto fields() {
      using codec::field;
      return described(field("cid", &Body::cid, "of the credential"),
                       codec::defaulted_field("change", &Body::change, "revoke unless said"),
                       field("reason", &Body::reason, "block with the reason"),
                       field("issuer", &Body::issuer, "where several anchored this CID"));
    }
  };
  struct Output {
    codec::Cid cid;
    CredentialStatus status = CredentialStatus::kRevoked;
    bool revoked = false;
    bool suspended = false;
    codec::Cid revocation_cid;
    TimestampSecs revoked_at = 0;
    static constexpr std::string_view schema_name = "CredentialStatusChange";
    static constexpr auto fields() {
      using codec::field;
      return described(field("cid", &Output::cid, "of the credential"), field("status", &Output::status),
                       field("revoked", &Output::revoked), field("suspended", &Output::suspended),
                       field("revocation_cid", &Output::revocation_cid, "block with the reason"),
                       field("revoked_at", &Output::revoked_at, "when this was done, Unix seconds"));
    }
  };
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

}  // namespace icn::credentials
