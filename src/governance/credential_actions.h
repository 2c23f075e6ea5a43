#pragma once

#include "codec/cid.h"
#include "governance/actions.h"

// Actions about credentials, rows of actions.def.
namespace icn::governance {

// For `secs` a credential counts as suspended, whatever its issuer says (credentials/pauses.h); a scope has
// a say over what its own issue: its organisation, the members it has or had. What anybody else issued is
// for the scope that decides for the whole network.
//   check      bad_action (no cid)
//   validate, apply   credential_not_found, several_issuers, already_revoked, wrong_status (is paused),
//                     wrong_scope
struct PauseCredential {
  struct Body {
    codec::Cid cid;
    std::optional<Did> issuer;
    std::uint64_t secs = 604'800;
    static constexpr auto fields() {
      using codec::field;
      return described(field("cid", &Body::cid, "of the credential"),
                       field("issuer", &Body::issuer, "where several anchored this CID"),
                       codec::defaulted_field("secs", &Body::secs, "default 7 days", {1, 2'592'000}));
    }
  };
  static Result<void> check(const Body& body);
  static Result<void> needs(const Body&, ActionNeeds&) { return {}; }
  static Result<void> validate(const ActionContext& context, const Body& body, const ledger::Reader& state);
  static Result<void> apply(const ActionContext& context, const Body& body, ledger::View& view,
                            std::vector<ledger::Event>& events);
};

}  // namespace icn::governance
