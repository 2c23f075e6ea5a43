#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "base/ids.h"
#include "crypto/ed25519.h"

// The text of a DID. Methods: did:key (W3C CCG, Ed25519 only) and did:icn:<type>:<id>, where
// id = base58btc of the first 16 bytes of SHA-256(initial public key || nonce). Thread: any.
namespace icn::identity {

enum class IdentityType {
  kPerson,
  kCoop,
  kCommunity,
  kFederation,
  kDevice,
  kService,
  kEphemeral,
  kMultisig,
};
constexpr auto enum_names(IdentityType) {
  return std::array{std::pair(IdentityType::kPerson, std::string_view("person")),
                    std::pair(IdentityType::kCoop, std::string_view("coop")),
                    std::pair(IdentityType::kCommunity, std::string_view("community")),
                    std::pair(IdentityType::kFederation, std::string_view("federation")),
                    std::pair(IdentityType::kDevice, std::string_view("device")),
                    std::pair(IdentityType::kService, std::string_view("service")),
                    std::pair(IdentityType::kEphemeral, std::string_view("ephemeral")),
                    std::pair(IdentityType::kMultisig, std::string_view("multisig"))};
}

enum class DidMethod { kKey, kIcn };
constexpr auto enum_names(DidMethod) {
  return std::array{std::pair(DidMethod::kKey, std::string_view("key")),
                    std::pair(DidMethod::kIcn, std::string_view("icn"))};
}

inline constexpr std::size_t kDidNonceSize = 16;

struct ParsedDid {
  DidMethod method = DidMethod::kKey;
  crypto::PublicKey key;                      // of a did:key
  IdentityType type = IdentityType::kPerson;  // of a did:icn
};

// Checks the whole text; a fragment, query or path is no part of a DID.
//   I001                     no DID, or not a valid one of its method
//   unsupported_did_method   did:web, did:peer and all others
Result<ParsedDid> parse_did(std::string_view text);

bool is_did_key(std::string_view text);
bool is_did_icn(std::string_view text);

Did make_did_icn(IdentityType type, const crypto::PublicKey& key, ByteView nonce);

// "did:icn:...#key-3"
KeyId icn_key_id(const Did& did, std::uint32_t number);
// The DID in front of a key id's '#'; the whole text when there is none.
Did did_of(const KeyId& key);

}  // namespace icn::identity
