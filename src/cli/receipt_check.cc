#include "cli/receipt_check.h"

#include <filesystem>
#include <ostream>

#include "cli/files.h"
#include "cli/remote.h"
#include "cli/table.h"
#include "codec/cid.h"
#include "codec/records.h"
#include "mesh/verify_receipt.h"
#include "wasm/host_functions.h"
#include "wasm/wasmtime/wasmtime_engine.h"

namespace icn::cli {
namespace {

using codec::Json;

// The bytes of a block as the node has them; verified against the CID, since the node may lie.
Result<Bytes> fetch_block(Session& session, const codec::Cid& cid) {
  http::ClientRequest request;
  request.target = "/dag/blocks/" + segment(cid.to_string());
  const auto response = send(session, std::move(request));
  if (!response) return Error(errors::kNotFound, "the node does not give " + cid.to_string());
  Bytes bytes = to_bytes(as_bytes(response->body));
  ICN_TRY(cid.verify(bytes));
  return bytes;
}

Result<mesh::ReceiptVerdict> run_again(Session& session, const mesh::Receipt& receipt, const Did& submitter) {
  wasm::WasmtimeOptions options;
  options.instances_max = 1;
  options.compiler = session.compiler;
  ICN_TRY_ASSIGN(engine, wasm::make_wasmtime_engine(wasm::standard_host_functions(), std::move(options)));
  const mesh::LoadBlock load = [&](const codec::Cid& cid) { return fetch_block(session, cid); };
  return mesh::verify_receipt(*engine, receipt, submitter, load);
}

codec::Cid cid_of(const mesh::Receipt& receipt) {
  return codec::Cid::of(codec::kDagCbor, codec::encode_block(receipt));
}

std::string text_of(const Json& json, std::string_view path) {
  const Json* value = find_path(json, path);
  return value != nullptr && value->string() != nullptr ? *value->string() : std::string();
}

// JSON of a receipt, alone or as the member "receipt"; or its block.
Result<mesh::Receipt> read_receipt(ByteView content) {
  const auto json = codec::parse_json(as_text(content));
  if (!json.ok()) return codec::decode_block<mesh::Receipt>(content);
  const Json* inside = json->find("receipt");
  return codec::from_json<mesh::Receipt>(inside != nullptr ? *inside : *json, codec::UnknownMembers::kIgnore);
}

// The content of `target`; empty when the node has none.
std::optional<std::string> ask(Session& session, std::string target) {
  http::ClientRequest request;
  request.target = std::move(target);
  auto response = send(session, std::move(request), Missing::kAnswered);
  if (!response) return std::nullopt;
  return response->status == 404 ? std::string() : std::move(response->body);
}

// What the file holds, or what the node has under that name: a job, else a block.
std::optional<std::string> content_of(Session& session, const std::string& what) {
  std::error_code failure;
  if (std::filesystem::is_regular_file(what, failure)) {
    const auto file = read_file(session, what);
    return file ? std::optional(to_text(*file)) : std::nullopt;
  }
  auto content = ask(session, "/mesh/jobs/" + segment(what));
  if (content && content->empty() && codec::Cid::parse(what).ok())
    content = ask(session, "/dag/blocks/" + segment(what));
  if (!content || !content->empty()) return content;
  session.fail(kRefused, what + ": neither a file here nor a job or a receipt of the node");
  return std::nullopt;
}

std::optional<mesh::Receipt> find_receipt(Session& session, const std::string& what) {
  const auto content = content_of(session, what);
  if (!content) return std::nullopt;
  auto receipt = read_receipt(as_bytes(*content));
  if (receipt.ok()) return std::move(receipt).value();
  session.fail(kRefused,
               what + " holds no receipt (a job has one once it has run): " + receipt.error().detail());
  return std::nullopt;
}

// What is checked, and what the ledger says of it.
struct Claim {
  mesh::Receipt receipt;
  std::string submitter;
  std::string ledger_cid;  // of the receipt that settled the job; empty: the node does not know the job
};

bool ask_ledger(Session& session, Claim& claim) {
  const auto content = ask(session, "/mesh/jobs/" + segment(claim.receipt.job_id.text()));
  if (!content) return false;
  const auto job = codec::parse_json(*content);
  if (job.ok()) {
    claim.submitter = text_of(*job, "job.submitter");
    claim.ledger_cid = text_of(*job, "job.receipt_cid");
  }
  if (!claim.submitter.empty()) return true;
  session.fail(kRefused, "the node does not know job " + claim.receipt.job_id.text() +
                             "; name who submitted it with --submitter");
  return false;
}

std::string answer(bool is_so) { return is_so ? "yes" : "NO"; }

void print(Session& session, const mesh::ReceiptVerdict& verdict, std::optional<bool> is_on_ledger,
           bool holds) {
  const std::string result = verdict.result_cid ? verdict.result_cid->to_string() : "none";
  if (session.json) {
    session.out << codec::write_json_pretty(
                       codec::Json::object({{"holds", holds},
                                            {"on_ledger", is_on_ledger ? Json(*is_on_ledger) : Json()},
                                            {"signature_checked", verdict.is_signature_checked},
                                            {"signature_valid", verdict.is_signature_valid},
                                            {"same_end", verdict.is_same_end},
                                            {"same_result", verdict.is_same_result},
                                            {"same_fuel", verdict.is_same_fuel},
                                            {"same_effects", verdict.is_same_effects},
                                            {"same_engine", verdict.is_same_engine},
                                            {"result_cid", result},
                                            {"detail", verdict.detail}}))
                << "\n";
    return;
  }
  const std::string signature = verdict.is_signature_checked ? answer(verdict.is_signature_valid)
                                                             : "not checked: the executor is no did:key";
  session.out << "signature valid  " << signature << "\n"
              << "same end         " << answer(verdict.is_same_end) << "\n"
              << "same result      " << answer(verdict.is_same_result) << "   " << result << "\n"
              << "same fuel        " << answer(verdict.is_same_fuel) << "   " << verdict.fuel_used << "\n"
              << "same effects     " << answer(verdict.is_same_effects) << "\n"
              << "same engine      " << answer(verdict.is_same_engine) << "\n"
              << "on the ledger    "
              << (is_on_ledger ? answer(*is_on_ledger) : "the node does not know the job") << "\n"
              << (holds ? "the receipt holds" : "the receipt does NOT hold: " + harmless(verdict.detail))
              << "\n";
}

}  // namespace

void check_receipt(Session& session, const std::string& what, const std::string& submitter) {
  auto receipt = find_receipt(session, what);
  if (!receipt) return;
  Claim claim{std::move(*receipt), submitter, {}};
  if (!ask_ledger(session, claim)) return;
  auto verdict = run_again(session, claim.receipt, Did(claim.submitter));
  if (!verdict.ok()) {
    if (session.exit_code == kOk) session.fail(kFailed, verdict.error().detail());
    return;
  }
  const bool is_on_ledger = claim.ledger_cid == cid_of(claim.receipt).to_string();
  if (!is_on_ledger && verdict->detail.empty()) verdict->detail = "the ledger names another receipt";
  const bool holds = verdict->holds() && (claim.ledger_cid.empty() || is_on_ledger);
  print(session, *verdict, claim.ledger_cid.empty() ? std::nullopt : std::optional(is_on_ledger), holds);
  if (!holds) session.exit_code = kNotMet;
}

}  // namespace icn::cli
