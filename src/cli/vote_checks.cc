#include "cli/vote_checks.h"

#include <algorithm>
#include <ostream>

#include "base/errors.h"
#include "cli/files.h"
#include "cli/table.h"
#include "crypto/key_text.h"
#include "governance/api/count_ballots.h"
#include "governance/tally/errors.h"
#include "governance/tally/recount.h"

namespace icn::cli {
namespace {

namespace tally = governance::tally;
using codec::Json;

const std::vector<View> kFindingViews{{"WHAT", "what"},
                                      {"BALLOT", "sequence", Kind::kNumber},
                                      {"VOTE ID", "vote_id", Kind::kId},
                                      {"VOTER", "voter", Kind::kId},
                                      {"DETAIL", "detail"}};

// The error's detail names the option.
Result<std::optional<crypto::PublicKey>> read_pin(const NodePin& pin) {
  if (!pin.did && !pin.key) return std::optional<crypto::PublicKey>();
  if (pin.did && pin.key) return Error(errors::kMalformed, "--node-did or --node-key, not both");
  const auto key = pin.did ? crypto::read_did_key(*pin.did) : crypto::read_multikey(*pin.key);
  if (key.ok()) return std::optional<crypto::PublicKey>(*key);
  if (pin.did && !pin.did->starts_with("did:key:"))
    return Error(errors::kMalformed, "--node-did: is no did:key; give the key of the node: --node-key");
  return Error(errors::kMalformed, (pin.did ? "--node-did: " : "--node-key: ") + key.error().detail());
}

// The node whose signature that is: the one that was named, or else the one that the file names. None: nobody
// who is known.
std::optional<Did> voucher(const std::optional<crypto::PublicKey>& pinned, const Did& named,
                           std::string_view signed_text, const codec::HexBytes& signature_bytes) {
  const auto signature = crypto::Signature::from_bytes(signature_bytes.bytes);
  if (!signature.ok()) return std::nullopt;
  if (pinned && crypto::verify(*pinned, as_bytes(signed_text), *signature)) return crypto::did_key(*pinned);
  const auto own = crypto::read_did_key(named.text());
  if (own.ok() && crypto::verify(*own, as_bytes(signed_text), *signature)) return named;
  return std::nullopt;
}

// Who vouches, and whether that was asked for.
void print_voucher(std::ostream& out, const std::optional<Did>& did, bool is_pinned) {
  out << "vouched for by   " << (did ? harmless(did->text()) : "nobody")
      << (did && !is_pinned ? ", says the file" : "") << "\n";
}

// Said below the verdict, where it is read.
void warn_of_no_pin(std::ostream& out, bool is_pinned) {
  if (is_pinned) return;
  out << "no node was named: anybody can make up a file that holds. Compare the DID above with that of your\n"
         "node (`icn status`), or give it: --node-did DID\n";
}

Result<tally::AuditBundle> read_bundle_file(Session& session, const std::string& path) {
  const auto bytes = read_file(session, path);
  if (!bytes) return Error(tally::kBadBundle, "");
  auto bundle = tally::read_bundle(as_text(*bytes));
  if (!bundle.ok()) session.fail(kFailed, path + ": " + bundle.error().detail());
  return bundle;
}

std::string yes_no(bool is_so) { return is_so ? "yes" : "NO"; }

void print_rounds(std::ostream& out, const tally::OutcomeView& outcome) {
  for (std::size_t i = 0; i < outcome.rounds.size(); ++i) {
    const tally::RoundView& round = outcome.rounds[i];
    out << "round " << i + 1;
    for (const auto& [option, votes] : round.counts) {
      out << "   " << harmless(option) << " " << codec::write_decimal(votes.hundred_thousandths, 5);
    }
    if (round.transferred) out << "   surplus of " << harmless(*round.transferred);
    for (const auto& option : round.elected) out << "   elected " << harmless(option);
    for (const auto& option : round.eliminated) out << "   out " << harmless(option);
    out << "\n";
  }
  std::string winners;
  for (const auto& winner : outcome.winners) winners += (winners.empty() ? "" : ", ") + harmless(winner);
  out << "winners          " << (winners.empty() ? "none" : winners) << "\n";
}

void print_outcome(std::ostream& out, const tally::RecountReport& report) {
  print_rounds(out, report.outcome);
  out << "quorum           " << report.outcome.participated << " of " << report.quorum_needed
      << " needed: " << yes_no(report.quorum_met) << "\n"
      << "passed           " << yes_no(report.passed) << "\n";
}

}  // namespace

void NodePin::add_to(Command& command) {
  command.option("--node-did", did, "did:key:z6Mk...: the node that must vouch for it; `icn status` shows it")
      .option("--node-key", key, "z6Mk...: the same by its key, for a node whose DID is no did:key");
}

void recount_bundle(Session& session, const std::string& path, const NodePin& pin) {
  const auto key = read_pin(pin);
  if (!key.ok()) return session.fail(kUsage, key.error().detail());
  const auto bundle = read_bundle_file(session, path);
  if (!bundle.ok()) return;
  const tally::RecountReport report = tally::recount(*bundle, *key);
  const auto vouched_by = voucher(*key, bundle->node_did, tally::statement_signing_bytes(bundle->statement),
                                  bundle->node_signature);
  Json json = codec::to_json(report);
  json.set("vouched_by", vouched_by ? Json(vouched_by->text()) : Json());
  json.set("is_pinned", key->has_value());
  if (session.json) {
    show_json(session, json);
  } else {
    session.out << "proposal         " << harmless(bundle->statement.election.proposal_id) << "\n"
                << "method           " << harmless(bundle->statement.election.method) << "\n"
                << "ballots          " << report.ballots << ", " << report.counted << " members counted\n"
                << "signatures       " << report.signatures_checked << " checked\n";
    print_outcome(session.out, report);
    print_voucher(session.out, vouched_by, key->has_value());
    if (report.holds) {
      session.out << "the count holds\n";
    } else {
      session.out << "the count does NOT hold: " << report.findings.size() << " findings\n"
                  << table_text(*json.find("findings")->array(), kFindingViews, session.is_terminal);
    }
    warn_of_no_pin(session.out, key->has_value());
  }
  if (!report.holds) session.exit_code = kNotMet;
}

void count_ballot_file(Session& session, const std::string& method, const std::string& path) {
  const auto bytes = read_file(session, path);
  if (!bytes) return;
  auto json =
      codec::parse_json(as_text(*bytes), {.bytes_max = 1 << 28, .depth_max = 16, .values_max = 1 << 24});
  if (json.ok() && json->object() == nullptr) json = Error(tally::kBadElection, "must be an object");
  if (json.ok()) json->set("method", method);
  const auto input = json.ok() ? codec::from_json<governance::api::CountBallots::Input>(*json)
                               : Result<governance::api::CountBallots::Input>(json.error());
  if (!input.ok()) return session.fail(kUsage, path + ": " + input.error().detail());
  const auto outcome = governance::api::count_ballots(*input);
  if (!outcome.ok()) return session.fail(kUsage, path + ": " + outcome.error().detail());
  if (session.json) return show_json(session, codec::to_json(*outcome));
  print_rounds(session.out, *outcome);
  session.out << "passes           " << yes_no(outcome->passes) << "\n";
}

void verify_ballot_receipt(Session& session, const std::string& path,
                           const std::optional<std::string>& bundle_path, const NodePin& pin) {
  const auto key = read_pin(pin);
  if (!key.ok()) return session.fail(kUsage, key.error().detail());
  const auto bytes = read_file(session, path);
  if (!bytes) return;
  auto json = codec::parse_json(as_text(*bytes));
  // The answer to a ballot holds its receipt as a member.
  const Json* inner = json.ok() ? json->find("receipt") : nullptr;
  const auto receipt = !json.ok() ? Result<tally::BallotReceipt>(json.error())
                                  : codec::from_json<tally::BallotReceipt>(inner == nullptr ? *json : *inner,
                                                                           codec::UnknownMembers::kIgnore);
  if (!receipt.ok())
    return session.fail(kFailed, path + ": no receipt of a ballot: " + receipt.error().detail());
  tally::ReceiptVerdict verdict = tally::verify_receipt(*receipt, *key);
  const auto vouched_by =
      voucher(*key, receipt->node_did, tally::receipt_signing_bytes(*receipt), receipt->node_signature);
  std::optional<bool> is_in_bundle;
  if (bundle_path) {
    const auto bundle = read_bundle_file(session, *bundle_path);
    if (!bundle.ok()) return;
    const auto& leaves = bundle->leaves;
    is_in_bundle = receipt->sequence >= 1 && receipt->sequence <= leaves.size() &&
                   leaves[receipt->sequence - 1] == receipt->leaf_hash &&
                   bundle->statement.election.proposal_id == receipt->proposal_id;
    if (!*is_in_bundle && verdict.detail.empty()) {
      verdict.detail = "the bundle has another ballot in its place, or none";
    }
  }
  const bool holds = verdict.holds() && is_in_bundle.value_or(true);
  if (session.json) {
    show_json(session, Json::object({{"holds", holds},
                                     {"vote_id", receipt->vote_id},
                                     {"sequence", receipt->sequence},
                                     {"vouched_by", vouched_by ? Json(vouched_by->text()) : Json()},
                                     {"is_pinned", key->has_value()},
                                     {"signature_checked", verdict.is_signature_checked},
                                     {"signature_valid", verdict.is_signature_valid},
                                     {"included", verdict.has_inclusion ? Json(verdict.is_included) : Json()},
                                     {"in_bundle", is_in_bundle ? Json(*is_in_bundle) : Json()},
                                     {"detail", verdict.detail}}));
  } else {
    session.out << "vote             " << harmless(receipt->vote_id) << ", ballot " << receipt->sequence
                << " of " << harmless(receipt->proposal_id) << "\n"
                << "signature valid  "
                << (verdict.is_signature_checked ? yes_no(verdict.is_signature_valid) : "not checked") << "\n"
                << "in the tree      "
                << (verdict.has_inclusion ? yes_no(verdict.is_included)
                                          : "no path yet: ask again after the close")
                << "\n";
    if (is_in_bundle) session.out << "in the bundle    " << yes_no(*is_in_bundle) << "\n";
    print_voucher(session.out, vouched_by, key->has_value());
    session.out << (holds ? "the receipt holds" : "the receipt does NOT hold: " + harmless(verdict.detail))
                << "\n";
    warn_of_no_pin(session.out, key->has_value());
  }
  if (!holds) session.exit_code = kNotMet;
}

}  // namespace icn::cli
