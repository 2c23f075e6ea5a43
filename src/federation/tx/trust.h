#pragma once

#include "federation/directory/trust.h"
#include "ledger/transaction_type.h"

namespace icn::federation {

// "cooperative.trust": the sender says how far it trusts another in one context, or (level none) takes that
// back. Nobody speaks for another: an edge begins at its sender.
//   check      I001, unsupported_did_method; trust_in_self
//   precheck   did_not_found (a did:icn that is not on the ledger); trust_not_found (nothing to take back);
//              trust_edges_max, too_many_identity_operations
//   apply      exceeds_balance: cooperative.trust_fee is burned, unless it is taken back
struct SetTrust {
  struct Body {
    Did to;
    TrustLevel level = TrustLevel::kNone;
    TrustContext context = TrustContext::kGeneral;
    std::optional<codec::Cid> metadata_cid;
    static constexpr auto fields() {
      using codec::field;
      return described(field("to", &Body::to, "who is trusted"),
                       field("level", &Body::level, "none takes it back"),
                       field("context", &Body::context, "in what"),
                       field("metadata_cid", &Body::metadata_cid, "block with what else is said"));
    }
  };
  struct Output : TrustEdge {
    static constexpr std::string_view schema_name = "TrustResult";
  };
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

}  // namespace icn::federation
