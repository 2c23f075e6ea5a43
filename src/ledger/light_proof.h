#pragma once

#include "ledger/ledger.h"

// A light answer: one record of the state with all that leads from it to a block header, to be checked by
// who has nothing else. Format: docs/formats/checkpoint.md.
namespace icn::ledger {

inline constexpr ErrorKind kCheckpointMissing{Category::kNotFound, "E009", "there is no such checkpoint"};

struct LightProof {
  std::string format = "icn-light-proof-1";
  std::string subject;  // "balance"
  std::string id;
  std::uint16_t table = 0;
  codec::HexBytes key;
  codec::HexBytes record;
  std::uint64_t index = 0;  // of the row in its domain
  std::vector<codec::HexBytes> path;
  CheckpointSummary summary;
  BlockHeader header;  // that names the root
  codec::HexBytes header_hash;
  std::optional<codec::Json> attestation;  // what the validators signed; absent: a node alone
  static constexpr auto fields() {
    using codec::field;
    return described(
        field("format", &LightProof::format), field("subject", &LightProof::subject),
        field("id", &LightProof::id), field("table", &LightProof::table), field("key", &LightProof::key),
        field("record", &LightProof::record), field("index", &LightProof::index),
        field("path", &LightProof::path, "sibling hashes from the row to its domain's root"),
        field("summary", &LightProof::summary, "what the root is the hash of"),
        field("header", &LightProof::header, "block header that names the root"),
        field("header_hash", &LightProof::header_hash),
        field("attestation", &LightProof::attestation, "CometBFT's next header, its commit and validators"));
  }
};

// What the validators signed of the block whose header names a checkpoint's root, as JSON of the engine's
// own. Key: the epoch. Written by who runs the engine.
struct Attestation {
  std::string json;
  static constexpr auto fields() { return described(codec::field("json", &Attestation::json)); }
};
inline const Table<std::uint64_t, Attestation> kAttestations{207, "ledger_attestations"};

// How a table's records are proved: `kTable`'s key is one text or id.
template <const auto& kTable>
ProofSubject proof_subject(std::string_view name) {
  using Type = std::remove_cvref_t<decltype(kTable)>;
  return {name, &kTable.schema(),
          [](std::string_view id) { return key_of(typename Type::KeyType(std::string(id))); },
          [](ByteView bytes) -> Result<codec::Json> {
            ICN_TRY_ASSIGN(record, codec::decode_record<typename Type::RecordType>(bytes));
            return codec::to_json(record);
          }};
}

// Of the newest checkpoint whose header is there, or of `epoch`. malformed: unknown subject. not_found: no
// such record then, or no checkpoint. state_not_kept: the files of that checkpoint are gone.
Result<LightProof> make_proof(const Ledger& ledger, std::string_view subject, std::string_view id,
                              std::optional<std::uint64_t> epoch);

// The one text of a proof.
std::string proof_text(const LightProof& proof);

struct CheckedProof {
  LightProof proof;
  codec::Json record;  // as people read it
};
// Everything but the attestation. bad_proof: the detail names the first part that does not fit.
Result<CheckedProof> check_proof(const Rules& rules, std::string_view text);

}  // namespace icn::ledger
