#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/ids.h"
#include "base/random.h"
#include "codec/records.h"
#include "crypto/ed25519.h"
#include "crypto/hash.h"

namespace icn::ledger {

struct TransactionType;
class TransactionTypes;

// What a member signs. Source: design.md 4.
struct Transaction {
  std::string network;
  Did sender;
  KeyId key;              // the verification method that signs
  codec::HexBytes nonce;  // 16 random bytes
  std::string type;       // "economics.transfer"
  codec::Json body;
  TimestampSecs expires = 0;
  codec::HexBytes signature;  // 64 bytes

  static constexpr auto fields() {
    using codec::field;
    return described(field("network", &Transaction::network, "network id", {1, 64}),
                     field("sender", &Transaction::sender, "DID that acts"),
                     field("key", &Transaction::key, "verification method that signs"),
                     field("nonce", &Transaction::nonce, "16 random bytes, hex", {16, 16}),
                     field("type", &Transaction::type, "type name", {1, 64}),
                     field("body", &Transaction::body, "fields of the type"),
                     field("expires", &Transaction::expires, "Unix seconds"),
                     field("signature", &Transaction::signature, "Ed25519, hex", {64, 64}));
  }
};

// A decoded body of one type; each type derives its own.
class TransactionBody {
 public:
  virtual ~TransactionBody() = default;
};

// A transaction whose form was checked: known type, decoded body, stateless rules hold.
// Immutable once it is submitted; shared between threads.
class CheckedTransaction {
 public:
  // Bounded: JSON of 1 MiB at most. Errors: bad_transaction, unknown_transaction_type, what the type's
  // check() says. The signature is not verified here.
  static Result<std::shared_ptr<CheckedTransaction>> parse(const TransactionTypes& types,
                                                           std::string_view json);
  static Result<std::shared_ptr<CheckedTransaction>> from_json(const TransactionTypes& types,
                                                               codec::Json json);
  // From how blocks hold it.
  static Result<std::shared_ptr<CheckedTransaction>> from_stored(const TransactionTypes& types,
                                                                 std::string_view canonical,
                                                                 ByteView signature);

  const Transaction& envelope() const { return envelope_; }
  const TransactionType& type() const { return *type_; }
  const TransactionBody& body() const { return *body_; }
  const crypto::Hash& hash() const { return hash_; }
  TransactionId id() const { return TransactionId(hex_encode(hash_)); }
  // Canonical JSON without the signature, and what is signed: "icn:tx:v1" 0x00 in front of it.
  std::string_view canonical() const { return std::string_view(signing_bytes_).substr(kDomainSize); }
  ByteView signing_bytes() const { return as_bytes(signing_bytes_); }

  // The key bytes the signature was verified with; set by who verified it.
  const crypto::PublicKey& verified_key() const { return verified_key_; }
  void set_verified_key(const crypto::PublicKey& key) { verified_key_ = key; }

  static constexpr std::size_t kDomainSize = 10;

 private:
  Transaction envelope_;
  const TransactionType* type_ = nullptr;
  std::unique_ptr<TransactionBody> body_;
  std::string signing_bytes_;
  crypto::Hash hash_{};
  crypto::PublicKey verified_key_;
};

// What a verifier checks: the signature under verified_key(). Views into the transaction.
crypto::SignedMessage signed_message(const CheckedTransaction& transaction);

// Whether a block at `now` may hold it, as it is told to who sends it; the executor has words of its own,
// which are part of the agreed outcome.   expired, expires_too_late
Result<void> check_lifetime(const Transaction& transaction, TimestampSecs now,
                            std::uint64_t lifetime_max_secs);

// Who signs a transaction, with which of its keys. Views.
struct TransactionSigner {
  const Did& sender;
  const KeyId& key;
  const crypto::SecretKey& secret;
};
// A new transaction, signed; its nonce is drawn from `random`.
Transaction make_signed(const TransactionSigner& signer, std::string_view network, std::string_view type,
                        codec::Json body, TimestampSecs expires, Random& random);

// What signing needs. The caller fills everything but the signature.
std::string signing_bytes(const Transaction& unsigned_transaction);
// Of a transaction as it was sent, with or without its signature.
std::string signing_bytes(codec::Json transaction);
void sign(Transaction& transaction, const crypto::SecretKey& key);

}  // namespace icn::ledger
