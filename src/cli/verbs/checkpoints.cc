#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <ostream>
#include <set>

#include "cli/remote.h"
#include "cli/table.h"
#include "cli/verbs/all.h"
#include "cli/verbs/checkpoints.h"
#include "cli/verbs/verify.h"
#include "codec/fields.h"
#include "consensus/cometbft/attestation.h"
#include "consensus/cometbft/network_genesis.h"
#include "crypto/durable_file.h"
#include "ledger/errors.h"
#include "ledger/light_proof.h"
#include "registry/rules.h"

namespace icn::cli {
namespace {

using codec::Json;

constexpr std::size_t kFileBytesMax = 16 << 20;

const std::vector<View> kCheckpointViews{{"EPOCH", "epoch", Kind::kNumber},
                                         {"HEIGHT", "height", Kind::kNumber},
                                         {"TIME", "time", Kind::kTime},
                                         {"ROOT", "root", Kind::kId},
                                         {"NAMED BY", "header_height", Kind::kNumber}};

void define_list(Command command, Session& session) {
  struct Options {
    std::optional<std::string> epoch;
    std::optional<std::string> limit;
    std::optional<std::string> cursor;
  };
  auto options = std::make_shared<Options>();
  command.option("--epoch", options->epoch, "show this one, with its roots and signatures")
      .option("--limit", options->limit, "at most so many, newest first")
      .option("--cursor", options->cursor, "go on where a list ended");
  command.runs([options, &session] {
    if (options->epoch) {
      const auto reply = get(session, "/dag/checkpoints/" + segment(*options->epoch));
      if (reply) show_all(session, *reply);
      return;
    }
    const auto reply =
        get(session, target("/dag/checkpoints", {{"limit", options->limit}, {"cursor", options->cursor}}));
    if (reply) show_table(session, *reply, kCheckpointViews, "no checkpoints");
  });
}

void define_take(Command command, Session& session) {
  auto reason = std::make_shared<std::string>();
  command.option("--reason", *reason, "for people");
  command.runs([reason, &session] {
    const auto reply = post(session, "/dag/checkpoints", Json::object({{"reason", *reason}}));
    if (!reply) return;
    show_fields(session, *reply, {{"epoch", "epoch"}, {"height", "checkpoint_height"}});
  });
}

void define_prove(Command command, Session& session) {
  struct Options {
    std::string subject;
    std::string id;
    std::string epoch = "0";
  };
  auto options = std::make_shared<Options>();
  command
      .argument("SUBJECT", options->subject,
                "balance, did, job, member (an organisation), tally or membership")
      .argument("ID", options->id, "a DID, the id of a job or proposal, or \"SCOPE DID\" of a membership")
      .option("--epoch", options->epoch, "of this checkpoint; 0: the newest")
      .footer("Prints a proof for `icn ledger check`: redirect it to a file.");
  command.runs([options, &session] {
    const auto reply = get(session, target("/dag/checkpoints/" + segment(options->epoch) + "/proof",
                                           {{"subject", options->subject}, {"id", options->id}}));
    if (!reply) return;
    const auto proof = codec::from_json<ledger::LightProof>(*reply);
    if (!proof.ok()) return session.fail(kFailed, "the node's answer: " + proof.error().detail());
    session.out << ledger::proof_text(*proof);
  });
}

// What is known of the validators beside their proof.
Result<void> check_keys(const consensus::CheckedAttestation& attestation, const std::string& genesis_file,
                        const std::string& network) {
  if (genesis_file.empty()) return {};
  ICN_TRY_ASSIGN(text, crypto::read_secret_file(genesis_file, kFileBytesMax));
  ICN_TRY_ASSIGN(genesis, consensus::read_network_genesis(as_text(text.view())));
  if (genesis.chain != network)
    return Error(ledger::kBadProof, genesis_file + " is of network \"" + genesis.chain + "\"");
  const std::set<crypto::PublicKey> known(genesis.validators.begin(), genesis.validators.end());
  const std::set<crypto::PublicKey> found(attestation.keys.begin(), attestation.keys.end());
  if (known == found) return {};
  return Error(ledger::kBadProof,
               "the validators are not those of " + genesis_file + "; they may have changed since");
}

Result<Json> check_file(const CheckOptions& options) {
  std::ifstream file(options.file, std::ios::binary);
  if (!file) return Error(errors::kNotFound, options.file + " cannot be read");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  ICN_TRY_ASSIGN(checked, ledger::check_proof(registry::rules(), text));
  const ledger::LightProof& proof = checked.proof;
  Json out = Json::object({{"ok", true},
                           {"network", proof.summary.network},
                           {"subject", proof.subject},
                           {"id", proof.id},
                           {"record", checked.record},
                           {"epoch", proof.summary.epoch},
                           {"height", proof.summary.height},
                           {"time", proof.summary.time},
                           {"header", hex_encode(proof.header_hash.bytes)}});
  if (!options.header.empty() && options.header != hex_encode(proof.header_hash.bytes))
    return Error(ledger::kBadProof, "header_hash is not " + options.header);
  if (proof.attestation) {
    auto read = codec::from_json<consensus::EngineAttestation>(*proof.attestation);
    if (!read.ok()) return Error(ledger::kBadProof, "attestation: " + read.error().detail());
    ICN_TRY_ASSIGN(attested, consensus::check_attestation(*read, proof.summary.network,
                                                          ledger::header_hash(proof.header)));
    ICN_TRY(check_keys(attested, options.genesis, proof.summary.network));
    out.set("signed_by", static_cast<std::uint64_t>(attested.signed_by));
    out.set("validators", static_cast<std::uint64_t>(attested.validators));
    out.set("validators_known", !options.genesis.empty());
  } else if (!options.genesis.empty()) {
    return Error(ledger::kBadProof, "attestation: no validator signed this");
  }
  return out;
}

void define_check(Command command, Session& session) {
  auto options = std::make_shared<CheckOptions>();
  command.argument("FILE", options->file, "that `icn ledger prove` printed")
      .option("--genesis", options->genesis, "the network's genesis file: its validators must have signed")
      .option("--header", options->header, "hash of the header that must name the root, 64 hex digits")
      .footer(
          "Needs no node and no network. Without --genesis or --header it tells that the proof holds "
          "together, and who would have to lie.");
  command.runs([options, &session] { show_checked_proof(session, *options); });
}

}  // namespace

void show_checked_proof(Session& session, const CheckOptions& options) {
  if (!std::filesystem::is_regular_file(options.file))
    return session.fail(kUsage, options.file + ": no such file");
  if (!options.header.empty() && options.header.size() != 64)
    return session.fail(kUsage, "--header: must be 64 hex digits");
  const auto checked = check_file(options);
  if (!checked.ok()) return session.fail(kNotMet, "the proof does not hold: " + checked.error().detail());
  if (session.json) return show_json(session, *checked);
  show_all(session, *checked);
}

Result<std::uint64_t> check_attestations(const storage::Reader& store) {
  std::uint64_t count = 0;
  ICN_TRY_ASSIGN(rows, ledger::kCheckpointSummaries.scan(store, {}));
  while (true) {
    ICN_TRY_ASSIGN(summary, rows.next());
    if (!summary) return count;
    ICN_TRY_ASSIGN(attestation, ledger::kAttestations.get(store, summary->epoch));
    ICN_TRY_ASSIGN(header, ledger::kHeaders.get(store, summary->height + ledger::kCheckpointDelay));
    if (!attestation || !header) continue;
    ICN_TRY_ASSIGN(json, codec::parse_json(attestation->json));
    ICN_TRY_ASSIGN(read, codec::from_json<consensus::EngineAttestation>(json));
    auto checked = consensus::check_attestation(read, summary->network, ledger::header_hash(*header));
    if (!checked.ok())
      return checked.error().within("signatures of checkpoint " + std::to_string(summary->epoch));
    ++count;
  }
}

void define_checkpoints(Command command, Session& session) {
  define_list(command.add("checkpoints", "Merkle roots over the whole state, and who signed them"), session);
  define_take(command.add("checkpoint", "make the next block a checkpoint (operator)"), session);
  define_prove(command.add("prove", "a record with all that leads from it to a signed header"), session);
  define_check(command.add("check", "check a proof offline"), session);
}

}  // namespace icn::cli
