#pragma once

#include <string>
#include <vector>

#include "ledger/tables.h"
#include "ledger/transaction.h"

// Blocks as stored and hashed. Format: docs/formats/block.md.
namespace icn::ledger {

inline constexpr std::uint64_t kBlockVersion = 1;

struct BlockHeader {
  std::uint64_t version = kBlockVersion;
  std::uint64_t height = 0;
  TimestampSecs time = 0;
  codec::HexBytes previous;           // hash of the header before; of zeros for genesis
  codec::HexBytes transactions_root;  // Merkle root over transaction ids
  codec::HexBytes outcomes_root;      // Merkle root over the hashes of outcomes
  codec::HexBytes state_delta_hash;   // SHA-256 over the rows of the agreed state that changed
  std::optional<codec::HexBytes> checkpoint_root;

  static constexpr auto fields() {
    using codec::field;
    return described(field("version", &BlockHeader::version), field("height", &BlockHeader::height),
                     field("time", &BlockHeader::time), field("previous", &BlockHeader::previous),
                     field("transactions_root", &BlockHeader::transactions_root),
                     field("outcomes_root", &BlockHeader::outcomes_root),
                     field("state_delta_hash", &BlockHeader::state_delta_hash),
                     field("checkpoint_root", &BlockHeader::checkpoint_root));
  }
};

// SHA-256 of "icn:block:v1" 0x00 and the header as a DAG-CBOR block.
crypto::Hash header_hash(const BlockHeader& header);

// What a transaction came to. Failed: `status` is the HTTP status, output is empty.
struct Outcome {
  bool ok = false;
  std::uint16_t status = 0;
  std::string code;
  std::string title;
  std::string detail;
  std::string output;  // JSON object

  static constexpr auto fields() {
    using codec::field;
    return described(field("ok", &Outcome::ok), field("status", &Outcome::status),
                     field("code", &Outcome::code), field("title", &Outcome::title),
                     field("detail", &Outcome::detail), field("output", &Outcome::output));
  }

  static Outcome success(std::string output_json);
  static Outcome failure(const Error& error);
  // The failure as an Error again.
  Error error() const;
};

struct StoredTransaction {
  std::string canonical;  // without signature
  Bytes signature;
  static constexpr auto fields() {
    return described(codec::field("canonical", &StoredTransaction::canonical),
                     codec::field("signature", &StoredTransaction::signature));
  }
};

// What the engine that orders blocks found against a validator. Part of what is agreed, as transactions are.
struct Misconduct {
  std::string kind;          // "duplicate_vote", "light_client_attack"
  codec::HexBytes address;   // of the validator, 20 bytes: CometBFT's
  std::uint64_t height = 0;  // of the engine, where it happened
  TimestampSecs time = 0;
  static constexpr auto fields() {
    using codec::field;
    return described(field("kind", &Misconduct::kind, "duplicate_vote or light_client_attack"),
                     field("address", &Misconduct::address, "of the validator"),
                     field("height", &Misconduct::height, "of CometBFT"),
                     field("time", &Misconduct::time, "Unix seconds"));
  }
};

struct BlockBody {
  std::vector<StoredTransaction> transactions;
  std::vector<Outcome> outcomes;
  std::string genesis;  // JSON, of block 0 only
  std::vector<Misconduct> misconduct;
  static constexpr auto fields() {
    return described(codec::field("transactions", &BlockBody::transactions),
                     codec::field("outcomes", &BlockBody::outcomes),
                     codec::field("genesis", &BlockBody::genesis),
                     codec::field("misconduct", &BlockBody::misconduct));
  }
};

struct Head {
  BlockHeader header;
  crypto::Hash hash{};
};

inline const Table<std::uint64_t, BlockHeader> kHeaders{201, "ledger_headers"};
inline const Table<std::uint64_t, BlockBody> kBodies{202, "ledger_bodies"};

// Every table of the ledger itself.
std::vector<storage::TableSchema> own_tables();

// The newest block; none in an empty store.
Result<std::optional<Head>> load_head(const Reader& store);

}  // namespace icn::ledger
