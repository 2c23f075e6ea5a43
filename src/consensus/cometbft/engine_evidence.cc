#include "consensus/cometbft/engine_evidence.h"

#include <charconv>

#include "abci.pb.h"
#include "codec/protobuf_wire.h"
#include "consensus/cometbft/engine_encoding.h"
#include "consensus/cometbft/engine_json.h"
#include "consensus/cometbft/errors.h"
#include "consensus/cometbft/network_genesis.h"

namespace icn::consensus {
namespace {

namespace abci = tendermint::abci;
using codec::Json;
using codec::WireField;
using codec::WireType;

constexpr std::size_t kKeySize = 32;

enum class Kind { kNumber, kText, kHex, kBase64, kTime, kKey, kMessage, kMessages };

// A field of a message, by its number there and its name in the RPC's JSON.
struct Part {
  std::uint8_t field;
  std::string_view name;
  Kind kind;
  std::span<const Part> parts = {};
};

// In order of their numbers, which is how CometBFT writes them. Source: its proto/tendermint/types.
constexpr Part kPartSet[] = {{1, "total", Kind::kNumber}, {2, "hash", Kind::kHex}};
constexpr Part kBlockId[] = {{1, "hash", Kind::kHex}, {2, "parts", Kind::kMessage, kPartSet}};
constexpr Part kVote[] = {{1, "type", Kind::kNumber},
                          {2, "height", Kind::kNumber},
                          {3, "round", Kind::kNumber},
                          {4, "block_id", Kind::kMessage, kBlockId},
                          {5, "timestamp", Kind::kTime},
                          {6, "validator_address", Kind::kHex},
                          {7, "validator_index", Kind::kNumber},
                          {8, "signature", Kind::kBase64},
                          {9, "extension", Kind::kBase64},
                          {10, "extension_signature", Kind::kBase64}};
constexpr Part kDuplicateVote[] = {{1, "vote_a", Kind::kMessage, kVote},
                                   {2, "vote_b", Kind::kMessage, kVote},
                                   {3, "TotalVotingPower", Kind::kNumber},
                                   {4, "ValidatorPower", Kind::kNumber},
                                   {5, "Timestamp", Kind::kTime}};

constexpr Part kVersion[] = {{1, "block", Kind::kNumber}, {2, "app", Kind::kNumber}};
constexpr Part kHeader[] = {{1, "version", Kind::kMessage, kVersion},
                            {2, "chain_id", Kind::kText},
                            {3, "height", Kind::kNumber},
                            {4, "time", Kind::kTime},
                            {5, "last_block_id", Kind::kMessage, kBlockId},
                            {6, "last_commit_hash", Kind::kHex},
                            {7, "data_hash", Kind::kHex},
                            {8, "validators_hash", Kind::kHex},
                            {9, "next_validators_hash", Kind::kHex},
                            {10, "consensus_hash", Kind::kHex},
                            {11, "app_hash", Kind::kHex},
                            {12, "last_results_hash", Kind::kHex},
                            {13, "evidence_hash", Kind::kHex},
                            {14, "proposer_address", Kind::kHex}};
constexpr Part kCommitSignature[] = {{1, "block_id_flag", Kind::kNumber},
                                     {2, "validator_address", Kind::kHex},
                                     {3, "timestamp", Kind::kTime},
                                     {4, "signature", Kind::kBase64}};
constexpr Part kCommit[] = {{1, "height", Kind::kNumber},
                            {2, "round", Kind::kNumber},
                            {3, "block_id", Kind::kMessage, kBlockId},
                            {4, "signatures", Kind::kMessages, kCommitSignature}};
constexpr Part kSignedHeader[] = {{1, "header", Kind::kMessage, kHeader},
                                  {2, "commit", Kind::kMessage, kCommit}};
constexpr Part kValidator[] = {{1, "address", Kind::kHex},
                               {2, "pub_key", Kind::kKey},
                               {3, "voting_power", Kind::kNumber},
                               {4, "proposer_priority", Kind::kNumber}};
constexpr Part kValidatorSet[] = {{1, "validators", Kind::kMessages, kValidator},
                                  {2, "proposer", Kind::kMessage, kValidator}};
constexpr Part kLightBlock[] = {{1, "signed_header", Kind::kMessage, kSignedHeader},
                                {2, "validator_set", Kind::kMessage, kValidatorSet}};
constexpr Part kLightClientAttack[] = {{1, "ConflictingBlock", Kind::kMessage, kLightBlock},
                                       {2, "CommonHeight", Kind::kNumber},
                                       {3, "ByzantineValidators", Kind::kMessages, kValidator},
                                       {4, "TotalVotingPower", Kind::kNumber},
                                       {5, "Timestamp", Kind::kTime}};

Result<Bytes> encode(const Json& json, std::span<const Part> parts);

// Negative ones as protobuf's int64 has them.
Result<std::uint64_t> integer(const Json& value, std::string_view name) {
  const std::string* const digits = value.number() != nullptr ? &value.number()->text : value.string();
  std::int64_t out = 0;
  if (digits == nullptr) return engine_json::unexpected(name);
  const auto [end, problem] = std::from_chars(digits->data(), digits->data() + digits->size(), out);
  if (problem != std::errc() || end != digits->data() + digits->size()) return engine_json::unexpected(name);
  return static_cast<std::uint64_t>(out);
}

Result<void> append_scalar(Bytes& out, const Json& json, const Part& part) {
  const Json& value = *json.find(part.name);
  if (part.kind == Kind::kNumber) {
    ICN_TRY_ASSIGN(number, integer(value, part.name));
    append_number(out, part.field, number);
  } else if (part.kind == Kind::kText) {
    ICN_TRY_ASSIGN(text, engine_json::text(json, {part.name}));
    append_bytes(out, part.field, as_bytes(text));
  } else if (part.kind == Kind::kHex) {
    ICN_TRY_ASSIGN(hex, engine_json::hex(json, {part.name}));
    append_bytes(out, part.field, hex.bytes);
  } else {
    ICN_TRY_ASSIGN(bytes, engine_json::base64(json, {part.name}));
    append_bytes(out, part.field, bytes);
  }
  return {};
}

// All of these are written also when they are empty.
Result<void> append_message(Bytes& out, const Json& json, const Part& part) {
  Bytes message;
  if (part.kind == Kind::kTime) {
    ICN_TRY_ASSIGN(time, engine_json::time(json, {part.name}));
    message = encode(time);
  } else if (part.kind == Kind::kKey) {
    ICN_TRY_ASSIGN(type, engine_json::text(json, {part.name, "type"}));
    ICN_TRY_ASSIGN(key, engine_json::base64(json, {part.name, "value"}));
    if (type != "tendermint/PubKeyEd25519" || key.size() != kKeySize)
      return engine_json::unexpected("an Ed25519 key");
    append_bytes(message, 1, key);
  } else {
    ICN_TRY_ASSIGN(encoded, encode(*json.find(part.name), part.parts));
    message = std::move(encoded);
  }
  codec::append_wire_bytes(out, part.field, message);
  return {};
}

Result<void> append_messages(Bytes& out, const Json& list, const Part& part) {
  if (list.array() == nullptr) return engine_json::unexpected(part.name);
  for (const Json& each : *list.array()) {
    ICN_TRY_ASSIGN(encoded, encode(each, part.parts));
    codec::append_wire_bytes(out, part.field, encoded);
  }
  return {};
}

Result<Bytes> encode(const Json& json, std::span<const Part> parts) {
  Bytes out;
  for (const Part& part : parts) {
    const bool is_message =
        part.kind == Kind::kTime || part.kind == Kind::kKey || part.kind == Kind::kMessage;
    const Json* const value = engine_json::at(json, {part.name});
    if (value == nullptr || value->is_null()) {
      if (is_message) return engine_json::unexpected(part.name);
    } else if (is_message) {
      ICN_TRY(append_message(out, json, part));
    } else if (part.kind == Kind::kMessages) {
      ICN_TRY(append_messages(out, *value, part));
    } else {
      ICN_TRY(append_scalar(out, json, part));
    }
  }
  return out;
}

// A message that was decoded. What is not there is 0 or empty.
class Decoded {
 public:
  explicit Decoded(ByteView bytes) {
    while (!bytes.empty()) {
      const std::optional<WireField> field = codec::read_wire_field(bytes);
      if (!field) {
        is_whole_ = false;
        return;
      }
      fields_.push_back(*field);
    }
  }
  bool is_whole() const { return is_whole_; }
  bool has(std::uint64_t number, WireType type) const { return find(number, type) != nullptr; }
  std::int64_t number(std::uint64_t number) const {
    const WireField* const field = find(number, WireType::kVarint);
    return field != nullptr ? static_cast<std::int64_t>(field->value) : 0;
  }
  ByteView bytes(std::uint64_t number) const {
    const WireField* const field = find(number, WireType::kBytes);
    return field != nullptr ? field->bytes : ByteView();
  }
  std::vector<ByteView> all(std::uint64_t number) const {
    std::vector<ByteView> out;
    for (const WireField& each : fields_) {
      if (each.number == number && each.type == WireType::kBytes) out.push_back(each.bytes);
    }
    return out;
  }

 private:
  const WireField* find(std::uint64_t number, WireType type) const {
    for (const WireField& each : fields_) {
      if (each.number == number && each.type == type) return &each;
    }
    return nullptr;
  }

  std::vector<WireField> fields_;
  bool is_whole_ = true;
};

struct Accused {
  Bytes address;
  std::int64_t power = 0;
};

void append_misbehavior(abci::RequestFinalizeBlock& request, abci::MisbehaviorType type,
                        const Accused& accused, std::int64_t height, const Decoded& evidence,
                        std::uint64_t power_total_field) {
  abci::Misbehavior& out = *request.add_misbehavior();
  out.set_type(type);
  out.mutable_validator()->set_address(to_text(accused.address));
  out.mutable_validator()->set_power(accused.power);
  out.set_height(height);
  const Decoded time(evidence.bytes(5));
  out.mutable_time()->set_seconds(time.number(1));
  out.mutable_time()->set_nanos(static_cast<std::int32_t>(time.number(2)));
  out.set_total_voting_power(evidence.number(power_total_field));
}

}  // namespace

Result<Bytes> encode_evidence(const Json& json) {
  ICN_TRY_ASSIGN(type, engine_json::text(json, {"type"}));
  const Json* const value = engine_json::at(json, {"value"});
  if (value == nullptr) return engine_json::unexpected("evidence");
  if (type == "tendermint/DuplicateVoteEvidence") return encode(*value, kDuplicateVote);
  if (type == "tendermint/LightClientAttackEvidence") return encode(*value, kLightClientAttack);
  return engine_json::unexpected("evidence of a known kind");
}

crypto::Hash evidence_hash(const std::vector<Bytes>& evidence) { return engine_root(evidence); }

Result<void> add_misbehavior(ByteView evidence, abci::RequestFinalizeBlock& request) {
  const Decoded read(evidence);
  if (read.is_whole() && read.has(2, WireType::kBytes)) {
    const Decoded vote(read.bytes(1));
    append_misbehavior(request, abci::DUPLICATE_VOTE, {to_bytes(vote.bytes(6)), read.number(4)},
                       vote.number(2), read, 3);
    return {};
  }
  if (!read.is_whole() || !read.has(2, WireType::kVarint))
    return Error(kBadAttestation, "evidence: neither of two votes nor of an attack");
  for (const ByteView each : read.all(3)) {
    const Decoded validator(each);
    const Decoded key(validator.bytes(2));
    // As CometBFT has it: of the key, whatever the address beside it says.
    append_misbehavior(request, abci::LIGHT_CLIENT_ATTACK,
                       {engine_address_bytes(key.bytes(1)), validator.number(3)}, read.number(2), read, 4);
  }
  return {};
}

}  // namespace icn::consensus
