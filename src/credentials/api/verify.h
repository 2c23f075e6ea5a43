#pragma once

#include "credentials/api/context.h"

namespace icn::credentials::api {

struct VerifyOptionsBody {
  std::optional<std::string> challenge;
  std::optional<std::string> domain;
  std::optional<std::string> context;
  std::optional<std::vector<std::string>> trusted_issuers;
  std::vector<codec::Json> status_lists;
  std::vector<codec::Json> did_documents;
  std::vector<std::string> status_authorities;
  static constexpr std::string_view schema_name = "CredentialVerifyOptions";
  static constexpr auto fields() {
    using codec::defaulted_field, codec::field;
    using Options = VerifyOptionsBody;
    return described(
        field("challenge", &Options::challenge, "what its holder had to sign", {1, 500}),
        field("domain", &Options::domain, "for whom", {1, 500}),
        field("context", &Options::context, "in which it is to be used", {1, 200}),
        field("trusted_issuers", &Options::trusted_issuers, "no others are trusted", {0, 100}),
        defaulted_field("status_lists", &Options::status_lists,
                        "signed foreign status lists, in place of those that are read from the web", {0, 10}),
        defaulted_field("did_documents", &Options::did_documents,
                        "in place of those that did:web names, or of DIDs that are not resolved here",
                        {0, 10}),
        defaulted_field("status_authorities", &Options::status_authorities, "who else may sign a status list",
                        {0, 10}));
  }
};

struct VerifyAnswer {
  bool verified = false;
  std::vector<Check> checks;
  std::optional<codec::Json> disclosed;
  static constexpr std::string_view schema_name = "CredentialVerification";
  static constexpr auto fields() {
    using codec::field;
    return described(field("verified", &VerifyAnswer::verified, "all checks hold"),
                     field("checks", &VerifyAnswer::checks),
                     field("disclosed", &VerifyAnswer::disclosed,
                           "the claims that were shown, of one credential that holds"));
  }
};

// POST /identity/credentials/verify: every check with its result; anything that can be read at all is
// answered 200, also what does not hold. W3C VC API: {verifiableCredential | verifiablePresentation,
// options}.
struct VerifyCredential {
  struct Input {
    std::optional<codec::Json> credential;
    std::optional<codec::Json> presentation;
    VerifyOptionsBody options;
    std::optional<std::string> challenge;
    std::optional<std::string> context;
    static constexpr std::string_view schema_name = "CredentialVerify";
    static constexpr auto fields() {
      using codec::defaulted_field, codec::field;
      return described(
          field("verifiableCredential", &Input::credential, "an object with a proof, a JWT or an SD-JWT"),
          field("verifiablePresentation", &Input::presentation,
                "in its place: an object with a proof, or a JWT"),
          defaulted_field("options", &Input::options),
          field("challenge", &Input::challenge, "as in options", {1, 500}),
          field("context", &Input::context, "as in options", {1, 200}));
    }
  };
  using Output = VerifyAnswer;
  static constexpr std::string_view summary = "Verify a credential or presentation";
  static constexpr bool changes_state = false;
  static constexpr bool is_costly = true;
  static void handle(const Api& api, const http::Call& call, Input input, http::Reply<Output> reply);
};

// POST /identity/credentials/present: the same of a presentation that must answer a challenge, and a name for
// it.
struct PresentCredential {
  struct Input {
    codec::Json presentation;
    std::string challenge;
    std::optional<std::string> domain;
    static constexpr std::string_view schema_name = "CredentialPresent";
    static constexpr auto fields() {
      using codec::field;
      return described(
          field("presentation", &Input::presentation, "a presentation, or an SD-JWT with key binding"),
          field("challenge", &Input::challenge, "what its holder had to sign", {1, 500}),
          field("domain", &Input::domain, "for whom", {1, 500}));
    }
  };
  struct Output {
    codec::Cid presentation_id;
    VerifyAnswer verification;
    static constexpr std::string_view schema_name = "PresentationAnswer";
    static constexpr auto fields() {
      using codec::field;
      return described(field("presentation_id", &Output::presentation_id, "CID of what was presented"),
                       field("verification", &Output::verification));
    }
  };
  static constexpr std::string_view summary = "Take a presentation and verify it";
  static constexpr bool changes_state = false;
  static constexpr bool is_costly = true;
  static void handle(const Api& api, const http::Call& call, Input input, http::Reply<Output> reply);
};

}  // namespace icn::credentials::api
