#pragma once

#include "credentials/api/context.h"
#include "credentials/tx/anchor_disclosure.h"

namespace icn::credentials::api {

// POST /identity/credentials/disclose: makes a presentation with a key the node keeps for the holder. Of an
// SD-JWT only `fields` are shown, with key binding; any other credential is shown whole, in a presentation,
// and takes no fields. Nothing is written.
struct DiscloseCredential {
  struct Input {
    codec::Json credential;
    std::vector<std::string> fields_shown;
    std::string verifier;
    std::string challenge;
    static constexpr std::string_view schema_name = "CredentialDisclose";
    static constexpr auto fields() {
      using codec::defaulted_field, codec::field;
      return described(
          field("credential", &Input::credential, "as its holder has it"),
          defaulted_field("fields", &Input::fields_shown, "claims to show, of an SD-JWT", {0, kClaimsMax}),
          field("verifier", &Input::verifier, "who it is for: domain or audience", {1, 500}),
          field("challenge", &Input::challenge, "what the verifier wants signed", {1, 500}));
    }
  };
  struct Output {
    codec::Json presentation;
    static constexpr std::string_view schema_name = "DisclosedPresentation";
    static constexpr auto fields() {
      return described(codec::field("presentation", &Output::presentation,
                                    "a VerifiablePresentation, or an SD-JWT with key binding"));
    }
  };
  static constexpr std::string_view summary = "Show a credential, or parts of it";
  static constexpr bool changes_state = false;
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// POST /identity/credentials/anchor: the holder lets the ledger remember that it showed parts of a
// credential. What was shown lies in a private block of the holder; it counts as a use.
struct PostDisclosure {
  static constexpr std::string_view transaction = "credential.anchor";
  struct Input {
    codec::Cid credential_cid;
    std::vector<std::string> disclosed_fields;
    Did verifier;
    std::optional<Did> issuer;
    static constexpr std::string_view schema_name = "CredentialAnchorRequest";
    static constexpr auto fields() {
      using codec::defaulted_field, codec::field;
      return described(field("credential_cid", &Input::credential_cid),
                       defaulted_field("disclosed_fields", &Input::disclosed_fields,
                                       "names of what was shown", {0, kClaimsMax}),
                       field("verifier", &Input::verifier, "DID it was shown to"),
                       field("issuer", &Input::issuer, "needed where several anchored this CID"));
    }
  };
  using Output = ledger::Written<AnchorDisclosure::Output>;
  static constexpr int success_status = 201;
  static constexpr bool is_idempotency_durable = true;
  static constexpr std::string_view summary = "Anchor a disclosure";
  static void handle(const Api& api, http::ExchangePtr exchange);
};

}  // namespace icn::credentials::api
