#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "http/message.h"

// HTTP Message Signatures (RFC 9421) and Content-Digest (RFC 9530), the part a request to a node needs:
// Ed25519; components are plain header fields and @method, @target-uri, @authority, @scheme,
// @request-target, @path, @query. Component parameters are refused.
namespace icn::http {

struct SignatureInput {
  std::string label;
  std::vector<std::string> components;  // lower case
  std::string key_id;
  std::optional<std::int64_t> created;
  std::optional<std::int64_t> expires;
  std::string nonce;
  std::string algorithm;   // empty when absent
  std::string parameters;  // the inner list with its parameters as serialised: the value of @signature-params
  bool covers(std::string_view component) const;
};

// The first signature of Signature-Input. Malformed.
Result<SignatureInput> parse_signature_input(std::string_view header);

// The bytes of the signature labelled so in a Signature header. Malformed.
Result<crypto::Signature> parse_signature(std::string_view header, std::string_view label);

// RFC 9421, 2.5. Malformed when the request lacks a component or one is named twice.
Result<std::string> signature_base(const Request& request, const SignatureInput& input);

// The sha-256 member of a Content-Digest header. Malformed when there is none.
Result<crypto::Hash> parse_content_digest(std::string_view header);
std::string content_digest(const crypto::Hash& hash);

// For clients: adds Content-Digest (when there is a body), Signature-Input and Signature. `request`
// needs its method, target, Host header, body and is_tls. `nonce`: a random text, used once.
void sign_request(Request& request, const crypto::SecretKey& key, const KeyId& key_id, std::int64_t created,
                  std::string_view nonce);

}  // namespace icn::http
