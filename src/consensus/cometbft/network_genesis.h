#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/ed25519.h"
#include "ledger/rules.h"

namespace icn::consensus {

// What an organisation tells the others of its validator: the file of `icn federation validator`.
struct ValidatorInfo {
  std::string name;
  Did did;                                    // of its node
  codec::HexBytes public_key;                 // Ed25519, that signs blocks
  std::string peer;                           // "node id@host:port" of its engine
  std::optional<Did> organization = {};       // it stands for; absent: the node itself
  std::optional<codec::HexBytes> proof = {};  // that it has the key: federation/validators.h

  static constexpr auto fields() {
    using codec::field;
    return described(
        field("name", &ValidatorInfo::name, "for people", {1, 64}),
        field("did", &ValidatorInfo::did, "of the node"),
        field("public_key", &ValidatorInfo::public_key, "Ed25519 key that signs blocks", {32, 32}),
        field("peer", &ValidatorInfo::peer, "node id@host:port of its engine", {1, 300}),
        field("organization", &ValidatorInfo::organization, "DID it stands for; absent: did"),
        field("proof", &ValidatorInfo::proof, "signature by public_key", {64, 64}));
  }
};

// As the ledger's first state holds it.
ledger::GenesisValidator genesis_validator(const ValidatorInfo& info);

inline constexpr std::size_t kChainIdBytesMax = 50;  // of CometBFT

// The genesis file of a network, the same bytes on every node: CometBFT's own format, whose app_state is what
// our block 0 is made from, or names the chain it goes on from (genesis.continues). Equal power for all of
// genesis.validators. malformed: no validators, two with one key, a network id that is too long.
Result<std::string> make_network_genesis(const ledger::Genesis& genesis);
// With these as genesis.validators.
Result<std::string> make_network_genesis(ledger::Genesis genesis,
                                         const std::vector<ValidatorInfo>& validators);

struct NetworkGenesis {
  std::string chain;
  ledger::Genesis ledger;
  std::vector<crypto::PublicKey> validators;
};
// malformed: no genesis file as made above.
Result<NetworkGenesis> read_network_genesis(std::string_view text);

// The first 20 bytes of the key's SHA-256, and their hex: CometBFT's ids of nodes (lower case) and addresses
// of validators (upper case).
Bytes engine_address_bytes(ByteView public_key);
std::string engine_id(const crypto::PublicKey& key);
std::string engine_address(const crypto::PublicKey& key);

// "2026-01-31T12:00:00Z"
std::string rfc3339(TimestampSecs time);

}  // namespace icn::consensus
