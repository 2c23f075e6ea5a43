#include "ledger/transaction.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "ledger/errors.h"
#include "ledger/transaction_type.h"

namespace icn::ledger {
namespace {

constexpr std::string_view kDomain{"icn:tx:v1\0", CheckedTransaction::kDomainSize};
constexpr codec::JsonLimits kLimits{.bytes_max = 1 << 20, .depth_max = 24, .values_max = 50'000};

std::string signing_bytes_of(const codec::Json& without_signature) {
  return std::string(kDomain) + codec::canonical_json(without_signature);
}

// Leaves null in its place.
std::optional<codec::Json> take(codec::Json& json, std::string_view name) {
  codec::Json::Object* const members = json.object();
  if (members == nullptr) return std::nullopt;
  const auto found = std::ranges::find(*members, name, &codec::Json::Member::first);
  if (found == members->end()) return std::nullopt;
  return std::exchange(found->second, codec::Json());
}

}  // namespace

Result<std::shared_ptr<CheckedTransaction>> CheckedTransaction::parse(const TransactionTypes& types,
                                                                      std::string_view json) {
  ICN_TRY_ASSIGN(parsed, codec::parse_json(json, kLimits));
  return from_json(types, std::move(parsed));
}

Result<std::shared_ptr<CheckedTransaction>> CheckedTransaction::from_json(const TransactionTypes& types,
                                                                          codec::Json json) {
  std::optional<codec::Json> signature = take(json, "signature");
  if (signature) json.erase("signature");
  std::string signing_bytes = signing_bytes_of(json);
  if (signature) json.set("signature", std::move(*signature));
  // A body may be large: moved past the envelope's reader, which would copy it.
  std::optional<codec::Json> body_json = take(json, "body");
  auto envelope = codec::from_json<Transaction>(json);
  if (!envelope.ok()) return Error(kBadTransaction, envelope.error().detail());
  auto out = std::make_shared<CheckedTransaction>();
  out->envelope_ = std::move(envelope).value();
  out->envelope_.body = std::move(*body_json);
  out->signing_bytes_ = std::move(signing_bytes);
  out->type_ = types.find(out->envelope_.type);
  if (out->type_ == nullptr) {
    return Error(kUnknownType,
                 "there is no transaction type \"" + out->envelope_.type + "\"; known are: " + types.names());
  }
  auto body = out->type_->decode(out->envelope_.body);
  if (!body.ok()) return body.error().within("body");
  out->body_ = std::move(body).value();
  out->hash_ = crypto::sha256(out->signing_bytes());
  ICN_TRY(out->type_->check(out->envelope_, *out->body_));
  return out;
}

Result<std::shared_ptr<CheckedTransaction>> CheckedTransaction::from_stored(const TransactionTypes& types,
                                                                            std::string_view canonical,
                                                                            ByteView signature) {
  ICN_TRY_ASSIGN(json, codec::parse_json(canonical, kLimits));
  if (json.object() == nullptr) return Error(kBadTransaction, "a stored transaction must be an object");
  json.set("signature", hex_encode(signature));
  return from_json(types, std::move(json));
}

crypto::SignedMessage signed_message(const CheckedTransaction& transaction) {
  return {transaction.verified_key(), transaction.signing_bytes(),
          crypto::Signature::from_bytes(transaction.envelope().signature.bytes).value()};
}

Result<void> check_lifetime(const Transaction& transaction, TimestampSecs now,
                            std::uint64_t lifetime_max_secs) {
  if (transaction.expires <= now) {
    return Error(kExpired,
                 "expired at " + std::to_string(transaction.expires) + ", it is " + std::to_string(now));
  }
  if (transaction.expires > now + lifetime_max_secs) {
    return Error(kExpiresTooLate, "expires at " + std::to_string(transaction.expires) +
                                      ", allowed is at most " + std::to_string(now + lifetime_max_secs));
  }
  return {};
}

Transaction make_signed(const TransactionSigner& signer, std::string_view network, std::string_view type,
                        codec::Json body, TimestampSecs expires, Random& random) {
  Transaction transaction;
  transaction.network = network;
  transaction.sender = signer.sender;
  transaction.key = signer.key;
  transaction.nonce.bytes = random.bytes(16);
  transaction.type = type;
  transaction.body = std::move(body);
  transaction.expires = expires;
  sign(transaction, signer.secret);
  return transaction;
}

std::string signing_bytes(const Transaction& unsigned_transaction) {
  return signing_bytes(codec::to_json(unsigned_transaction));
}

std::string signing_bytes(codec::Json transaction) {
  transaction.erase("signature");
  return signing_bytes_of(transaction);
}

void sign(Transaction& transaction, const crypto::SecretKey& key) {
  const crypto::Signature signature = key.sign(as_bytes(signing_bytes(transaction)));
  transaction.signature.bytes = to_bytes(signature.view());
}

}  // namespace icn::ledger
