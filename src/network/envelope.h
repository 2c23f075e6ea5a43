#pragma once

#include <array>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/ids.h"
#include "base/random.h"
#include "codec/values.h"
#include "crypto/ed25519.h"

// What nodes say to each other on topics: who says it, what kind of thing it is, and a signature over all.
// Source: domain.md 11.
namespace icn::network {

enum class PayloadType {
  kJobAnnouncement,
  kBidSubmission,
  kJobAssignment,
  kJobCancel,
  kReceiptAnnouncement,
  kDagBlockAnnouncement,
  kFederationAnnouncement,
  kHeartbeat,
};
constexpr auto enum_names(PayloadType) {
  using enum PayloadType;
  using Name = std::pair<PayloadType, std::string_view>;
  return std::array{Name(kJobAnnouncement, "JobAnnouncement"),
                    Name(kBidSubmission, "BidSubmission"),
                    Name(kJobAssignment, "JobAssignment"),
                    Name(kJobCancel, "JobCancel"),
                    Name(kReceiptAnnouncement, "ReceiptAnnouncement"),
                    Name(kDagBlockAnnouncement, "DagBlockAnnouncement"),
                    Name(kFederationAnnouncement, "FederationAnnouncement"),
                    Name(kHeartbeat, "Heartbeat")};
}

inline constexpr std::uint64_t kEnvelopeVersion = 1;
inline constexpr std::size_t kEnvelopeBytesMax = 1'048'576;
inline constexpr std::size_t kNonceBytes = 16;
inline constexpr std::uint64_t kSkewMaxSecs = 60;

// Written as a canonical DAG-CBOR map. Signed are "icn:envelope:v1" 0x00 and the map without `id` and
// `signature`; `id` is the first half of the SHA-256 of those bytes, in hex.
struct Envelope {
  std::uint64_t version = kEnvelopeVersion;
  std::string id;
  std::string network;
  PayloadType payload_type = PayloadType::kHeartbeat;
  Bytes payload;
  Did sender;
  std::optional<Did> recipient;
  TimestampSecs timestamp = 0;
  Bytes nonce;
  std::string trace;  // W3C traceparent, or empty
  Bytes signature;
  static constexpr auto fields() {
    using codec::field;
    return described(field("version", &Envelope::version), field("id", &Envelope::id),
                     field("network", &Envelope::network), field("payload_type", &Envelope::payload_type),
                     field("payload", &Envelope::payload), field("sender", &Envelope::sender),
                     field("recipient", &Envelope::recipient), field("timestamp", &Envelope::timestamp),
                     field("nonce", &Envelope::nonce), field("trace", &Envelope::trace),
                     field("signature", &Envelope::signature));
  }
};

// What a sender fills in.
struct Letter {
  PayloadType payload_type = PayloadType::kHeartbeat;
  Bytes payload;
  std::optional<Did> recipient;
  std::string trace;
};

// A signed envelope from the did:key of `key`, as bytes.   message_too_large
Result<Bytes> seal_envelope(Letter letter, const std::string& network, const crypto::SecretKey& key,
                            const Clock& clock, Random& random);

// Reads an envelope and checks all that needs neither time nor memory of others: version, sizes, id. Its
// signature is checked by is_signed_by().   bad_envelope, message_too_large
Result<Envelope> open_envelope(ByteView bytes);
bool is_signed_by(const Envelope& envelope, const crypto::PublicKey& key);

}  // namespace icn::network
