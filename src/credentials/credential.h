#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "codec/json.h"
#include "credentials/errors.h"

// A credential as its readers need it, whatever secures it.
// Source: W3C Verifiable Credentials Data Model 2.0, 4; domain.md 3.
namespace icn::credentials {

inline constexpr std::string_view kContextV2 = "https://www.w3.org/ns/credentials/v2";
// Gives every term of ours a meaning for JSON-LD readers.
inline constexpr std::string_view kContextUndefinedTerms =
    "https://www.w3.org/ns/credentials/undefined-terms/v2";

inline constexpr std::size_t kClaimsMax = 100;
inline constexpr std::size_t kCredentialBytesMax = 256 << 10;
inline constexpr TimestampSecs kDefaultValiditySecs = 365 * 86'400;
inline constexpr codec::JsonLimits kCredentialLimits{kCredentialBytesMax, 24, 5'000};

// One entry of credentialStatus, of type BitstringStatusListEntry.
struct StatusEntry {
  std::string purpose;  // "revocation", "suspension" or another
  std::string list;     // URL of the list
  std::uint64_t index = 0;
  friend bool operator==(const StatusEntry&, const StatusEntry&) = default;
};

// Of a presentation that asks for it, and of the ledger: "icnMetadata".
struct UsageTerms {
  std::optional<std::uint64_t> usage_limit;
  std::vector<std::string> valid_contexts;  // empty: all
};

struct Credential {
  std::string id;                  // empty: none
  std::vector<std::string> types;  // without VerifiableCredential
  std::string issuer;
  std::string holder;  // credentialSubject.id; empty: a bearer's
  std::optional<TimestampSecs> valid_from;
  std::optional<TimestampSecs> valid_until;
  std::optional<std::string> schema;  // its id
  std::vector<StatusEntry> statuses;
  UsageTerms terms;
  codec::Json claims;  // credentialSubject without its id: an object
};

// Reads an unsecured or secured document. Members that no rule names are the issuer's own and are left alone.
//   bad_credential      a member that is missing or of another form; more than 100 claims; several subjects
//   unsupported_proof   a credentialStatus or credentialSchema of a type that is not known here, by name; an
//                       entry of more than one bit
Result<Credential> read_credential(const codec::Json& document);

// The document of `credential`, ready to be secured.
codec::Json credential_document(const Credential& credential);

// "issuer" may be a text or an object with an id; none: empty.
std::string issuer_of(const codec::Json& document);
// Texts of a member that is one text or a list of texts.   bad_credential
Result<std::vector<std::string>> text_list(const codec::Json& document, std::string_view member);

}  // namespace icn::credentials
