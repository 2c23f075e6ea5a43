#include "network/envelope.h"

#include "codec/records.h"
#include "crypto/hash.h"
#include "crypto/key_text.h"
#include "network/errors.h"

namespace icn::network {
namespace {

constexpr std::string_view kSigned = "icn:envelope:v1";
constexpr std::size_t kIdBytes = 16;
constexpr std::size_t kTraceBytesMax = 64;

// The envelope without `id` and `signature`.
struct SignedPart {
  std::uint64_t version = 0;
  std::string network;
  PayloadType payload_type = PayloadType::kHeartbeat;
  Bytes payload;
  Did sender;
  std::optional<Did> recipient;
  TimestampSecs timestamp = 0;
  Bytes nonce;
  std::string trace;
  static constexpr auto fields() {
    using codec::field;
    return described(field("version", &SignedPart::version), field("network", &SignedPart::network),
                     field("payload_type", &SignedPart::payload_type), field("payload", &SignedPart::payload),
                     field("sender", &SignedPart::sender), field("recipient", &SignedPart::recipient),
                     field("timestamp", &SignedPart::timestamp), field("nonce", &SignedPart::nonce),
                     field("trace", &SignedPart::trace));
  }
};

Bytes signing_bytes(const Envelope& envelope) {
  const SignedPart part{envelope.version,   envelope.network, envelope.payload_type,
                        envelope.payload,   envelope.sender,  envelope.recipient,
                        envelope.timestamp, envelope.nonce,   envelope.trace};
  Bytes out = to_bytes(as_bytes(kSigned));
  out.push_back(0);
  append(out, codec::encode_block(part));
  return out;
}

std::string id_of(ByteView signed_bytes) {
  return hex_encode(ByteView(crypto::sha256(signed_bytes)).first(kIdBytes));
}

Error bad(const std::string& what) { return Error(kBadEnvelope, what); }

}  // namespace

Result<Bytes> seal_envelope(Letter letter, const std::string& network, const crypto::SecretKey& key,
                            const Clock& clock, Random& random) {
  Envelope envelope;
  envelope.network = network;
  envelope.payload_type = letter.payload_type;
  envelope.payload = std::move(letter.payload);
  envelope.sender = crypto::did_key(key.public_key());
  envelope.recipient = std::move(letter.recipient);
  envelope.timestamp = clock.now_secs();
  envelope.nonce = random.bytes(kNonceBytes);
  envelope.trace = std::move(letter.trace);
  const Bytes to_sign = signing_bytes(envelope);
  envelope.id = id_of(to_sign);
  envelope.signature = to_bytes(key.sign(to_sign).view());
  Bytes out = codec::encode_block(envelope);
  if (out.size() > kEnvelopeBytesMax) return Error(kTooLarge);
  return out;
}

Result<Envelope> open_envelope(ByteView bytes) {
  if (bytes.size() > kEnvelopeBytesMax) return Error(kTooLarge);
  auto read = codec::decode_block<Envelope>(bytes);
  if (!read.ok()) return bad(read.error().detail());
  if (read->version != kEnvelopeVersion) return bad("version " + std::to_string(read->version));
  if (read->nonce.size() != kNonceBytes) return bad("a nonce has 16 bytes");
  if (read->trace.size() > kTraceBytesMax) return bad("the trace is too long");
  if (read->signature.size() != 64) return bad("a signature has 64 bytes");
  if (codec::encode_block(*read) != to_bytes(bytes)) return bad("a second way to write the same");
  if (read->id != id_of(signing_bytes(*read))) return bad("the id is not that of the content");
  return read;
}

bool is_signed_by(const Envelope& envelope, const crypto::PublicKey& key) {
  const auto signature = crypto::Signature::from_bytes(envelope.signature);
  return signature.ok() && crypto::verify(key, signing_bytes(envelope), *signature);
}

}  // namespace icn::network
