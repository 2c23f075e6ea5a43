#include "governance/tally/audit_entries.h"

#include <algorithm>
#include <map>

#include "crypto/key_text.h"
#include "governance/tally/errors.h"

namespace icn::governance::tally {
namespace {

constexpr std::size_t kSignaturesAtOnce = 256;

const std::string* text_of(const codec::Json& json, std::string_view name) {
  const codec::Json* found = json.find(name);
  return found == nullptr ? nullptr : found->string();
}

// What a transaction says of the vote: its body, or where a voter confirms what a job asks for, the one
// ballot among that ("mesh.confirm", docs/formats/job.md).
const codec::Json* vote_body(const codec::Json& transaction) {
  const codec::Json* body = transaction.find("body");
  const std::string* type = text_of(transaction, "type");
  if (body == nullptr || type == nullptr || *type != "mesh.confirm") return body;
  const codec::Json* effects = body->find("effects");
  if (effects == nullptr || effects->array() == nullptr) return nullptr;
  for (const codec::Json& effect : *effects->array()) {
    const std::string* kind = text_of(effect, "kind");
    if (kind != nullptr && *kind == "vote") return effect.find("body");
  }
  return nullptr;
}

struct Signed {
  std::string message;
  crypto::PublicKey key;
  crypto::Signature signature;
  std::size_t index = 0;
};

// Why the entry cannot be read; empty when it can.
std::string read_entry(const SignedEntry& entry, ReadEntry& out, Signed& to_check) {
  out.sequence = entry.sequence;
  const codec::Json& transaction = entry.transaction;
  const std::string* sender = text_of(transaction, "sender");
  const std::string* signature_text = text_of(transaction, "signature");
  out.body = vote_body(transaction);
  if (sender == nullptr || signature_text == nullptr || out.body == nullptr ||
      out.body->object() == nullptr) {
    return "no signed transaction with sender, body and signature";
  }
  out.sender = *sender;
  to_check.message = transaction_signing_bytes(transaction);
  const crypto::Hash hash = crypto::sha256(as_bytes(to_check.message));
  out.vote_id = vote_id_of(hash);
  const auto key = crypto::read_multikey(entry.public_key);
  if (!key.ok()) return "public_key is no Ed25519 key";
  to_check.key = *key;
  out.leaf = ballot_leaf(hash, *key, entry.accepted_at);
  const auto bytes = hex_decode(*signature_text);
  const auto signature =
      bytes.ok() ? crypto::Signature::from_bytes(*bytes) : Result<crypto::Signature>(bytes.error());
  if (!signature.ok()) return "signature is no Ed25519 signature in hex";
  to_check.signature = *signature;
  return "";
}

void check_signatures(std::vector<Signed>& waiting, std::vector<ReadEntry>& entries, std::string_view name,
                      Findings& findings) {
  std::vector<crypto::SignedMessage> messages;
  for (const Signed& each : waiting) messages.push_back({each.key, as_bytes(each.message), each.signature});
  const std::vector<bool> verdicts = crypto::verify_batch(messages);
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    ReadEntry& entry = entries[waiting[i].index];
    const auto own_key = crypto::read_did_key(entry.sender);
    if (!verdicts[i]) {
      findings.add(std::string(name) + "_signature", "the signature does not fit what it stands under",
                   &entry);
    } else if (own_key.ok() && *own_key != waiting[i].key) {
      findings.add(std::string(name) + "_signature", "signed with a key that is not the sender's", &entry);
    } else {
      entry.is_signed = true;
    }
  }
  waiting.clear();
}

}  // namespace

void Findings::add(std::string_view what, std::string detail, const ReadEntry* entry) {
  if (findings_.size() == kFindingsMax) return;
  Finding finding;
  finding.what = what;
  finding.detail = std::move(detail);
  if (entry != nullptr) {
    if (entry->sequence != 0) finding.sequence = entry->sequence;
    if (!entry->vote_id.empty()) finding.vote_id = entry->vote_id;
    if (!entry->sender.empty()) finding.voter = entry->sender;
  }
  findings_.push_back(std::move(finding));
}

void Findings::add_missing(std::string_view what, std::uint64_t sequence, std::string detail) {
  if (findings_.size() == kFindingsMax) return;
  Finding finding;
  finding.what = what;
  finding.sequence = sequence;
  finding.detail = std::move(detail);
  findings_.push_back(std::move(finding));
}

std::vector<ReadEntry> read_entries(std::span<const SignedEntry> entries, std::string_view name,
                                    Findings& findings, std::uint64_t& checked) {
  std::vector<ReadEntry> out(entries.size());
  std::vector<Signed> waiting;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    Signed to_check;
    to_check.index = i;
    const std::string wrong = read_entry(entries[i], out[i], to_check);
    if (!wrong.empty()) {
      findings.add(std::string(name) + "_invalid", wrong, &out[i]);
      continue;
    }
    ++checked;
    waiting.push_back(std::move(to_check));
    if (waiting.size() == kSignaturesAtOnce) check_signatures(waiting, out, name, findings);
  }
  check_signatures(waiting, out, name, findings);
  return out;
}

void match_leaves(std::span<const ReadEntry> entries, std::span<const crypto::Hash> leaves,
                  bool is_list_sound, std::uint64_t expected_count, Findings& findings) {
  // Which entry stands for which sequence: by its leaf where the list can be trusted, else by what it says.
  std::map<crypto::Hash, std::uint64_t> sequence_of;
  for (std::size_t i = 0; i < leaves.size(); ++i) sequence_of.emplace(leaves[i], i + 1);
  std::map<std::uint64_t, const ReadEntry*> by_sequence;
  std::vector<const ReadEntry*> strangers;
  for (const ReadEntry& entry : entries) {
    const auto found = sequence_of.find(entry.leaf);
    if (found == sequence_of.end()) {
      strangers.push_back(&entry);
    } else if (!by_sequence.emplace(found->second, &entry).second) {
      findings.add("ballot_added", "the ballot stands in the bundle twice", &entry);
    } else if (entry.sequence != found->second) {
      findings.add(
          "ballot_changed",
          "says it is ballot " + std::to_string(entry.sequence) + " but is " + std::to_string(found->second),
          &entry);
    }
  }
  for (const ReadEntry* entry : strangers) {
    const bool is_free = entry->sequence >= 1 && entry->sequence <= expected_count &&
                         by_sequence.emplace(entry->sequence, entry).second;
    if (is_free) {
      findings.add("ballot_changed", "the ballot is not the one that was accepted: its leaf is another",
                   entry);
    } else {
      findings.add("ballot_added", "no such ballot was accepted", entry);
    }
  }
  for (std::uint64_t sequence = 1; sequence <= expected_count; ++sequence) {
    if (by_sequence.contains(sequence)) continue;
    std::string detail = "ballot " + std::to_string(sequence) + " was accepted and is not in the bundle";
    if (is_list_sound) detail += "; its leaf is " + hex_encode(leaves[sequence - 1]);
    findings.add_missing("ballot_missing", sequence, std::move(detail));
  }
}

Result<BallotContent> content_of(const codec::Json& body) {
  const auto content = codec::from_json<BallotContent>(body, codec::UnknownMembers::kIgnore);
  if (!content.ok()) return Error(kBadBallot, content.error().detail());
  return content;
}

}  // namespace icn::governance::tally
