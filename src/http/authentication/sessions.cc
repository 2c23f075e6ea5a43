#include "http/authentication/sessions.h"

#include "codec/records.h"
#include "crypto/hash.h"
#include "http/errors.h"

namespace icn::http {
namespace {

constexpr std::uint64_t kChallengeSecs = ReplayCache::kKeptMs / 1000;
constexpr std::uint64_t kTokenSecs = 12 * 3600;
constexpr std::size_t kTagBytes = 32;

// What is sealed: a challenge holds random bytes, a token the key it stands for.
struct Sealed {
  TimestampSecs expires_at = 0;
  Bytes random;
  std::string key;
  static constexpr auto fields() {
    using codec::field;
    return described(field("expires_at", &Sealed::expires_at), field("random", &Sealed::random),
                     field("key", &Sealed::key));
  }
};

}  // namespace

Sessions::Sessions(ByteView node_secret, std::string audience, const KeyResolver& resolver,
                   const Clock& clock, Random& random)
    : key_(to_bytes(crypto::blake2b(as_bytes("icn:http:sessions:v1"), node_secret))),
      audience_(std::move(audience)),
      resolver_(resolver),
      clock_(clock),
      random_(random),
      used_(clock) {}

std::string Sessions::seal(std::string_view purpose, ByteView content) const {
  Bytes message = to_bytes(as_bytes(purpose));
  append(message, content);
  Bytes out = to_bytes(crypto::blake2b(message, key_));
  append(out, content);
  return base64url_encode(out);
}

Result<Bytes> Sessions::unseal(std::string_view purpose, std::string_view text) const {
  if (text.size() > 1024) return Error(kBadCredentials);
  const auto bytes = base64url_decode(text);
  if (!bytes.ok() || bytes->size() < kTagBytes) return Error(kBadCredentials);
  const ByteView content = ByteView(*bytes).subspan(kTagBytes);
  Bytes message = to_bytes(as_bytes(purpose));
  append(message, content);
  if (!equal_constant_time(crypto::blake2b(message, key_), ByteView(*bytes).first(kTagBytes)))
    return Error(kBadCredentials);
  return to_bytes(content);
}

SessionChallenge Sessions::challenge() {
  Sealed sealed{clock_.now_secs() + kChallengeSecs, random_.bytes(16), ""};
  return {seal("challenge", codec::encode_record(sealed)), audience_, sealed.expires_at};
}

Bytes Sessions::signing_bytes(std::string_view challenge, std::string_view audience, const KeyId& key) {
  Bytes out = to_bytes(as_bytes("icn:session:v1"));
  out.push_back(0);
  append(out, codec::canonical_json(codec::Json::object(
                  {{"audience", audience}, {"challenge", challenge}, {"key", key.text()}})));
  return out;
}

Result<SessionToken> Sessions::open(std::string_view challenge, const KeyId& key, ByteView signature) {
  ICN_TRY_ASSIGN(content, unseal("challenge", challenge));
  const auto sealed = codec::decode_record<Sealed>(content);
  if (!sealed.ok() || sealed->expires_at < clock_.now_secs())
    return Error(kBadCredentials, "the challenge has expired; ask for another one");
  const auto resolved = resolver_.resolve(key);
  if (!resolved.ok())
    return Error(kBadCredentials, key.text().substr(0, 200) + " is no key of a DID that is known here");
  const auto parsed = crypto::Signature::from_bytes(signature);
  if (!parsed.ok() || !crypto::verify(resolved->key, signing_bytes(challenge, audience_, key), *parsed))
    return Error(kBadCredentials, "the signature does not fit the challenge");
  if (!used_.insert(challenge)) return Error(kBadCredentials, "the challenge was used before");
  const Sealed token{clock_.now_secs() + kTokenSecs, random_.bytes(16), key.text()};
  return SessionToken{seal("token", codec::encode_record(token)), token.expires_at};
}

Result<Caller> Sessions::find(std::string_view token) const {
  ICN_TRY_ASSIGN(content, unseal("token", token));
  auto sealed = codec::decode_record<Sealed>(content);
  if (!sealed.ok() || sealed->expires_at <= clock_.now_secs())
    return Error(kBadCredentials, "the session has ended");
  const auto resolved = resolver_.resolve(KeyId(sealed->key));
  if (!resolved.ok()) return Error(kBadCredentials, "the key of this session is no longer valid");
  return Caller{resolved->role, Credential::kSession, std::move(sealed->key),
                std::make_shared<const std::vector<Did>>(1, resolved->did)};
}

}  // namespace icn::http
