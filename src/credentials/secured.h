#pragma once

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "codec/cid.h"
#include "credentials/credential.h"
#include "credentials/data_integrity.h"
#include "credentials/sd_jwt.h"

// A credential or presentation with what secures it, in any of the forms this node knows.
// Sources: W3C VC Data Integrity 1.0; W3C VC-JOSE-COSE 1.0 (typ vc+jwt, vp+jwt); oauth-sd-jwt-vc.
namespace icn::credentials {

enum class Format { kDataIntegrity, kJwt, kSdJwt };
constexpr auto enum_names(Format) {
  return std::array{std::pair(Format::kDataIntegrity, std::string_view("eddsa-jcs-2022")),
                    std::pair(Format::kJwt, std::string_view("vc+jwt")),
                    std::pair(Format::kSdJwt, std::string_view("dc+sd-jwt"))};
}

// Who secured something, and over what.
struct Seal {
  KeyId method;
  std::string purpose;  // of a JWT: what its kind is used for
  std::optional<TimestampSecs> created;
  std::optional<TimestampSecs> expires;
  std::optional<std::string> challenge;  // of a JWT: nonce
  std::vector<std::string> domains;      // of a JWT: aud
  Bytes message;
  crypto::Signature signature;
};

struct SecuredCredential {
  Format format = Format::kDataIntegrity;
  Credential credential;
  Seal seal;
  codec::Cid cid;  // of its bytes: RFC 8785 of the document, or the issuer's JWT as it stands
  // What was signed, without the proof; of an SD-JWT what was disclosed of it. Numbers are those that the
  // signature covers.
  codec::Json document;
  std::string unknown_status;  // a way to tell its status that is not known here; empty: none
  // Of an SD-JWT:
  std::optional<codec::Json> holder_key;  // cnf.jwk
  std::optional<Seal> key_binding;
  bool is_bound_here = false;
  std::vector<std::string> disclosed;
};

// A document with a proof, a JWT or an SD-JWT as text, or an EnvelopedVerifiableCredential around one.
//   bad_credential, I007, unsupported_proof
Result<SecuredCredential> read_secured_credential(const codec::Json& value);

struct SecuredPresentation {
  std::string holder;  // empty: not said
  Seal seal;
  std::vector<codec::Json> credentials;
};
inline constexpr std::size_t kPresentedMax = 20;

// A VerifiablePresentation with a proof, or one as a JWT.   bad_presentation, I007, unsupported_proof
Result<SecuredPresentation> read_secured_presentation(const codec::Json& value);
// True for what read_secured_presentation() is for: by its type, or the "typ" of a JWT.
bool is_presentation(const codec::Json& value);

// The bytes that a credential's CID names.
std::string credential_bytes(const codec::Json& secured);
codec::Cid credential_cid(const codec::Json& secured);

// What secures a new credential.
struct Issuing {
  KeyId method;
  const crypto::SecretKey& key;
  TimestampSecs now = 0;
  Format format = Format::kDataIntegrity;
  std::vector<std::string> disclosable = {};         // of an SD-JWT: names of claims
  std::optional<crypto::PublicKey> holder_key = {};  // of an SD-JWT: what key binding is checked with
};
// `document` is a credential without proof; members that no rule names are secured with the rest (an SD-JWT
// has no place for them).
//   not_disclosable   a name that the credential has no claim of, or another format than SD-JWT
//   bad_credential    as read_credential(); a claim that an SD-JWT cannot have
Result<codec::Json> secure_credential(codec::Json document, const Issuing& issuing, Random& random);

// A presentation of whole credentials, with a proof of its holder's.
struct Presenting {
  std::string holder;
  KeyId method;
  const crypto::SecretKey& key;
  TimestampSecs now = 0;
  std::string challenge;
  std::optional<std::string> domain;
};
codec::Json make_presentation(const std::vector<codec::Json>& credentials, const Presenting& presenting);

}  // namespace icn::credentials
