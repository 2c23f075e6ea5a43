#include "ledger/light_proof.h"

#include <algorithm>

#include "base/errors.h"
#include "ledger/errors.h"

namespace icn::ledger {
namespace {

const std::string kFormat = "icn-light-proof-1";
constexpr std::size_t kPathMax = 64;

Error bad(const std::string& what) { return Error(kBadProof, what); }

Result<ProofSubject> find_subject(const Rules& rules, std::string_view name) {
  std::string known;
  for (const ProofSubject& each : rules.proof_subjects) {
    if (each.name == name) return each;
    known += (known.empty() ? "" : ", ") + std::string(each.name);
  }
  return Error(errors::kMalformed, "what can be proved: " + known + "; not \"" + std::string(name) + "\"");
}

// The newest with a header and files, or `epoch`.
Result<std::uint64_t> choose_epoch(const Reader& store, const std::string& folder,
                                   std::optional<std::uint64_t> epoch) {
  const auto kept = snapshot_epochs(folder);
  if (!epoch) {
    for (auto each = kept.rbegin(); each != kept.rend(); ++each) {
      ICN_TRY_ASSIGN(has_header, kCheckpoints.contains(store, *each));
      if (has_header) return *each;
    }
    return Error(kCheckpointMissing, "there is no checkpoint yet");
  }
  ICN_TRY_ASSIGN(has_header, kCheckpoints.contains(store, *epoch));
  if (!has_header) return Error(kCheckpointMissing, "there is no checkpoint " + std::to_string(*epoch));
  if (std::ranges::find(kept, *epoch) != kept.end()) return *epoch;
  return Error(kStateNotKept, "the state of checkpoint " + std::to_string(*epoch) + " is not kept here");
}

Result<crypto::Hash> to_hash(const codec::HexBytes& bytes, const std::string& name) {
  crypto::Hash out;
  if (bytes.bytes.size() != out.size()) return bad(name + " is not 32 bytes");
  std::ranges::copy(bytes.bytes, out.begin());
  return out;
}

Result<void> check_path(const LightProof& proof) {
  if (proof.table == 0 || proof.table >= kAgreedTablesEnd) return bad("table");
  std::vector<crypto::Hash> path;
  if (proof.path.size() > kPathMax) return bad("path is too long");
  for (const codec::HexBytes& each : proof.path) {
    ICN_TRY_ASSIGN(hash, to_hash(each, "path"));
    path.push_back(hash);
  }
  const std::size_t domain = checkpoint_domain_of(proof.table);
  if (proof.summary.domains.size() != kCheckpointDomains.size()) return bad("summary: its domains");
  const DomainRoot& root = proof.summary.domains[domain];
  const crypto::Hash leaf =
      crypto::sha256(ByteView(state_item(proof.table, proof.key.bytes, proof.record.bytes)));
  const auto found = merkle_root_by_path(leaf, proof.index, root.rows, path);
  if (root.name != kCheckpointDomains[domain].name) return bad("summary: the names of its domains");
  if (found && to_bytes(*found) == root.root.bytes) return {};
  return bad("the path does not lead from the record to the root of domain " + root.name);
}

}  // namespace

Result<LightProof> make_proof(const Ledger& ledger, std::string_view subject, std::string_view id,
                              std::optional<std::uint64_t> epoch) {
  ICN_TRY_ASSIGN(kind, find_subject(ledger.rules(), subject));
  const std::string& folder = ledger.checkpoints().options().folder;
  ICN_TRY_ASSIGN(store, ledger.snapshot());
  ICN_TRY_ASSIGN(chosen, choose_epoch(*store, folder, epoch));
  ICN_TRY_ASSIGN(manifest, read_manifest(folder, chosen));
  LightProof out;
  out.subject = std::string(subject);
  out.id = std::string(id);
  out.table = kind.table->id;
  out.key.bytes = kind.key(id);
  ICN_TRY_ASSIGN(row, prove_row(folder, manifest, out.table, out.key.bytes));
  if (!row) {
    return Error(errors::kNotFound, "there was no " + out.subject + " of " + out.id + " at checkpoint " +
                                        std::to_string(chosen));
  }
  out.record.bytes = std::move(row->record);
  out.index = row->index;
  for (const crypto::Hash& each : row->path) out.path.push_back({to_bytes(each)});
  out.summary = std::move(manifest.summary);
  ICN_TRY_ASSIGN(header, kHeaders.get(*store, out.summary.height + kCheckpointDelay));
  if (!header) return Error(kDamagedChain, "the header with the root is missing");
  out.header = std::move(*header);
  out.header_hash.bytes = to_bytes(header_hash(out.header));
  ICN_TRY_ASSIGN(attestation, kAttestations.get(*store, chosen));
  if (attestation) {
    ICN_TRY_ASSIGN(json, codec::parse_json(attestation->json));
    out.attestation = std::move(json);
  }
  return out;
}

std::string proof_text(const LightProof& proof) {
  return codec::write_json_pretty(codec::to_json(proof)) + "\n";
}

Result<CheckedProof> check_proof(const Rules& rules, std::string_view text) {
  auto json = codec::parse_json(text, {.bytes_max = 8 << 20, .depth_max = 24, .values_max = 100'000});
  if (!json.ok()) return bad(json.error().detail());
  auto proof = codec::from_json<LightProof>(*json);
  if (!proof.ok()) return bad(proof.error().detail());
  if (proof->format != kFormat) return bad("format is not " + kFormat);
  // One text for one proof: nothing in it may be changed, not even where it means the same.
  if (proof_text(*proof) != text) return bad("the text is not as it was written");
  auto subject = find_subject(rules, proof->subject);
  if (!subject.ok()) return bad("subject: " + subject.error().detail());
  if (subject->table->id != proof->table) return bad("table: not where " + proof->subject + " lies");
  if (subject->key(proof->id) != proof->key.bytes) return bad("key: not the one of id");
  ICN_TRY(check_path(*proof));
  if (!proof->header.checkpoint_root ||
      proof->header.checkpoint_root->bytes != to_bytes(checkpoint_root(proof->summary))) {
    return bad("header: its checkpoint_root is not the hash of the summary");
  }
  if (proof->header.height != proof->summary.height + kCheckpointDelay)
    return bad("header: not the one that names this checkpoint's root");
  if (to_bytes(header_hash(proof->header)) != proof->header_hash.bytes)
    return bad("header_hash: not the hash of the header");
  auto shown = subject->show(proof->record.bytes);
  if (!shown.ok()) return bad("record: " + shown.error().detail());
  return CheckedProof{std::move(proof).value(), std::move(shown).value()};
}

}  // namespace icn::ledger
