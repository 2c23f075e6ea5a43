#pragma once

#include <string>

#include "base/clock.h"
#include "codec/cid.h"
#include "codec/json.h"
#include "crypto/hash.h"
#include "crypto/key_text.h"

// Names and actions for tests.
namespace icn::governance::testing {

inline constexpr TimestampSecs kStart = 1'700'000'000;
inline constexpr std::string_view kNetwork = "coop-test";

inline crypto::SecretKey key_named(const std::string& name) {
  return crypto::SecretKey::from_seed(crypto::sha256(as_bytes(name)));
}
// Whoever is named so: a did:key.
inline Did did_named(const std::string& name) { return crypto::did_key(key_named(name).public_key()); }

inline const codec::Cid& some_text() {
  static const codec::Cid cid =
      codec::Cid::parse("bafyreigdmqpykrgxyaxtlafqpqhzrb7qy2rh75nldvfd4tucqmqqme5yje").value();
  return cid;
}

// Who signs a transaction, and with what.
struct Signer {
  Did did;
  KeyId key_id;
  crypto::SecretKey key;
};

inline codec::Json action(std::string_view type, codec::Json data) {
  return codec::Json::object({{"type", type}, {"data", std::move(data)}});
}
inline codec::Json of_member(std::string_view type, const std::string& name) {
  return action(type, codec::Json::object({{"did", did_named(name).text()}}));
}
inline codec::Json set(std::string_view name, std::int64_t value) {
  return action("UpdateParameter", codec::Json::object({{"name", name}, {"value", value}}));
}
inline codec::Json role(std::string_view type, const std::string& name, std::string_view role_name) {
  return action(type, codec::Json::object({{"did", did_named(name).text()}, {"role", role_name}}));
}
inline codec::Json budget(const Did& recipient, std::int64_t mana) {
  return action("BudgetAllocation", codec::Json::object({{"recipient", recipient.text()}, {"amount", mana}}));
}
inline codec::Json text() { return action("GenericText", codec::Json(codec::Json::Object{})); }

}  // namespace icn::governance::testing
