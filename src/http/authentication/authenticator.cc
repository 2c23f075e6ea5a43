#include "http/authentication/authenticator.h"

#include "http/errors.h"

namespace icn::http {
namespace {

std::optional<std::string_view> bearer_token(const Request& request) {
  const auto header = request.headers.find("authorization");
  if (!header) return std::nullopt;
  constexpr std::string_view kScheme = "bearer ";
  if (header->size() < kScheme.size()) return std::string_view();
  for (std::size_t i = 0; i < kScheme.size(); ++i) {
    const char c = (*header)[i];
    if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != kScheme[i]) return std::string_view();
  }
  return header->substr(kScheme.size());
}

bool is_loopback(std::string_view address) {
  return address.starts_with("127.") || address == "::1" || address.starts_with("::ffff:127.");
}

// Whether "host:port" of a Host field, or an origin "http://host:port", is this machine by a name that
// nobody else can give.
bool names_this_machine(std::string_view authority) {
  if (const auto scheme = authority.find("://"); scheme != std::string_view::npos)
    authority.remove_prefix(scheme + 3);
  if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1) == "[::1]";
  const std::string_view host = authority.substr(0, authority.find(':'));
  const bool is_number = host.find_first_not_of("0123456789.") == std::string_view::npos;
  return host == "localhost" || (is_number && is_loopback(host));
}

// A program of this machine, or a page that this machine serves. A page from elsewhere runs in a browser here
// and is told apart by what browsers always send: Origin, and the name it was reached by, which its owner may
// let point here (DNS rebinding), in Host.
bool is_local_client(const Request& request) {
  // Loopback is this machine only to who saw the connection.
  if (request.is_forwarded || !is_loopback(request.peer_address)) return false;
  const auto host = request.headers.find("host");
  const auto origin = request.headers.find("origin");
  return host && names_this_machine(*host) && (!origin || names_this_machine(*origin));
}

Error bad(std::string_view detail) { return Error(kBadCredentials, std::string(detail)); }

}  // namespace

Authenticator::Authenticator(const AuthenticatorParts& parts)
    : parts_(parts),
      started_secs_(static_cast<std::int64_t>(parts.clock->now_secs())),
      nonces_(*parts.clock) {}

Result<Caller> Authenticator::authenticate(const Request& request, bool has_body) {
  const bool has_api_key = request.headers.find("x-api-key").has_value();
  const bool has_token = request.headers.find("authorization").has_value();
  const bool has_signature =
      request.headers.find("signature-input").has_value() || request.headers.find("signature").has_value();
  const int kinds = has_api_key + has_token + has_signature;
  if (kinds == 0) {
    Caller caller;
    if (parts_.has_local_client && is_local_client(request)) caller.id = kLocalClient;
    return caller;
  }
  if (kinds > 1)
    return Error(errors::kMalformed, "send one of x-api-key, Authorization and Signature, not several");
  const std::string client = parts_.failures ? client_of(request.peer_address) : std::string();
  if (parts_.failures && parts_.failures->wait_secs(client) > 0) return Error(kTooManyFailures);
  auto caller = by_credential(request, has_body);
  if (!caller.ok() && parts_.failures) parts_.failures->take(client);
  return caller;
}

Result<Caller> Authenticator::by_credential(const Request& request, bool has_body) {
  if (const auto key = request.headers.find("x-api-key")) {
    auto caller = parts_.api_keys ? parts_.api_keys->find(*key) : std::nullopt;
    if (!caller) return bad("the API key is not known or no longer valid");
    return std::move(*caller);
  }
  if (const auto token = bearer_token(request)) {
    if (token->empty() || parts_.sessions == nullptr) return bad("Authorization must be: Bearer TOKEN");
    return parts_.sessions->find(*token);
  }
  return by_signature(request, has_body);
}

Result<void> Authenticator::check_input(const SignatureInput& input, const Request& request, bool has_body) {
  const bool covers_target = input.covers("@target-uri") || input.covers("@request-target") ||
                             (input.covers("@path") && (input.covers("@query") || request.query.empty()));
  const bool covers_authority = input.covers("@authority") || input.covers("@target-uri");
  if (!input.covers("@method") || !covers_authority || !covers_target)
    return bad("the signature must cover @method, @authority, and @target-uri or @path with @query");
  if (has_body && !input.covers("content-digest"))
    return bad("the signature of a request with a body must cover content-digest");
  if (!input.algorithm.empty() && input.algorithm != "ed25519") return bad("alg must be ed25519");
  if (!input.created || input.nonce.empty() || input.key_id.empty())
    return bad("the signature needs created, keyid and nonce");
  const auto now = static_cast<std::int64_t>(parts_.clock->now_secs());
  if (*input.created < now - kSkewSecs || *input.created > now + kSkewSecs)
    return bad("created lies more than 60 s from the node's clock");
  // Nonces of before are not known. Within the second of the start before and after look the same.
  if (*input.created <= started_secs_) return bad("created before this node started; sign again");
  if (input.expires && *input.expires < now) return bad("the signature has expired");
  return {};
}

Result<Caller> Authenticator::by_signature(const Request& request, bool has_body) {
  if (parts_.resolver == nullptr) return bad("signed requests are not taken here");
  const auto input_header = request.headers.find("signature-input");
  const auto signature_header = request.headers.find("signature");
  if (!input_header || !signature_header) return bad("Signature and Signature-Input belong together");
  ICN_TRY_ASSIGN(input, parse_signature_input(*input_header));
  ICN_TRY_ASSIGN(signature, parse_signature(*signature_header, input.label));
  ICN_TRY(check_input(input, request, has_body));
  if (has_body) {
    const auto digest = request.headers.find_all("content-digest");
    if (digest.size() != 1) return bad("exactly one Content-Digest is needed");
    ICN_TRY(parse_content_digest(digest.front()));
  }
  auto key = parts_.resolver->resolve(KeyId(input.key_id));
  if (!key.ok()) return bad("keyid names no key that is valid here");
  ICN_TRY_ASSIGN(base, signature_base(request, input));
  if (!crypto::verify(key->key, as_bytes(base), signature))
    return bad("the signature does not fit the request");
  // After the check, so that nobody can use up another one's nonces.
  if (!nonces_.insert(input.key_id + " " + input.nonce)) return bad("this nonce was used before");
  return Caller{key->role, Credential::kSignature, std::move(input.key_id),
                std::make_shared<const std::vector<Did>>(1, key->did)};
}

Result<void> Authenticator::check_digest(const Request& request, const crypto::Hash& body_sha256) {
  const auto header = request.headers.find("content-digest");
  if (!header) return bad("the body has no Content-Digest");
  ICN_TRY_ASSIGN(digest, parse_content_digest(*header));
  if (digest != body_sha256) return bad("the body does not have the signed digest");
  return {};
}

}  // namespace icn::http
