#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "credentials/jws.h"

// SD-JWT with key binding, as SD-JWT VC uses it:
//   <issuer-signed JWT> "~" (<disclosure> "~")* [<key binding JWT>]
// Source: RFC 9901 (SD-JWT), IETF draft oauth-sd-jwt-vc.
namespace icn::credentials {

inline constexpr std::string_view kSdJwtType = "dc+sd-jwt";
inline constexpr std::string_view kSdJwtTypeBefore = "vc+sd-jwt";  // of drafts before 2024-11: read, not made
inline constexpr std::string_view kKeyBindingType = "kb+jwt";
inline constexpr std::size_t kDisclosuresMax = 200;

struct SdJwt {
  std::string issuer_jwt;                // the first part, as it was signed
  Jws issuer;                            // the same, read
  std::vector<std::string> disclosures;  // encoded, in their order
  std::vector<std::string> disclosed;    // names of the top claims that were disclosed
  codec::Json claims;                    // the payload with what was disclosed, without "_sd" and "_sd_alg"
  std::optional<Jws> key_binding;
  bool is_bound_here = false;  // the key binding is over exactly these parts
};

// Reads one and puts the disclosed claims where their digests stand (RFC 9901, 7.1). Signatures are for the
// caller to verify.
//   I007                form; a disclosure that nothing names, or twice; a claim that comes twice
//   unsupported_proof   another algorithm of signature or digest
// A key binding without nonce, aud, iat or sd_hash is none (RFC 9901, 4.3).
Result<SdJwt> read_sd_jwt(std::string_view text);

using NamedClaims = std::vector<std::pair<std::string, codec::Json>>;

// Signs `payload` with `hidden` left for the holder to disclose, each by itself. Digests stand in an order
// that says nothing.
std::string issue_sd_jwt(const codec::Json& header, codec::Json payload, const NamedClaims& hidden,
                         const crypto::SecretKey& key, Random& random);

// The same credential with only the disclosures of `names` left, without key binding.
//   not_disclosable   a name that no disclosure has, or one inside of what is kept back; else as
//                     read_sd_jwt()
Result<std::string> select_disclosures(std::string_view text, const std::vector<std::string>& names);

// Appends the holder's proof that it shows this, now, to `audience`.
std::string bind_key(std::string selected, std::string_view audience, std::string_view nonce,
                     TimestampSecs issued_at, const KeyId& key_id, const crypto::SecretKey& key);

}  // namespace icn::credentials
