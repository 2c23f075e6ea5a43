#include "cli/receipt_check.h"

#include <ostream>

#include "cli/remote.h"
#include "cli/table.h"
#include "codec/records.h"
#include "mesh/verify_receipt.h"
#include "wasm/host_functions.h"
#include "wasm/wasmtime/wasmtime_engine.h"

namespace icn::cli {
namespace {

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
  ICN_TRY_ASSIGN(engine, wasm::make_wasmtime_engine(wasm::standard_host_functions(), std::move(options)));
  const mesh::LoadBlock load = [&](const codec::Cid& cid) { return fetch_block(session, cid); };
  return mesh::verify_receipt(*engine, receipt, submitter, load);
}

std::string answer(bool is_so) { return is_so ? "yes" : "NO"; }

void print(Session& session, const mesh::ReceiptVerdict& verdict) {
  const std::string result = verdict.result_cid ? verdict.result_cid->to_string() : "none";
  if (session.json) {
    session.out << codec::write_json_pretty(
                       codec::Json::object({{"holds", verdict.holds()},
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
              << (verdict.holds() ? "the receipt holds" : "the receipt does NOT hold: " + verdict.detail)
              << "\n";
}

}  // namespace

void check_receipt(Session& session, const std::string& job_id) {
  const auto job = get(session, "/mesh/jobs/" + segment(job_id));
  if (!job) return;
  const codec::Json* receipt_json = job->find("receipt");
  const codec::Json* job_json = job->find("job");
  const codec::Json* submitter = job->find("submitter");
  if (submitter == nullptr && job_json != nullptr) submitter = job_json->find("submitter");
  if (receipt_json == nullptr || submitter == nullptr || submitter->string() == nullptr) {
    return session.fail(kRefused, "job " + job_id + " has no receipt yet");
  }
  const auto receipt = codec::from_json<mesh::Receipt>(*receipt_json, codec::UnknownMembers::kIgnore);
  if (!receipt.ok()) return session.fail(kFailed, "the node's receipt: " + receipt.error().detail());
  const auto verdict = run_again(session, *receipt, Did(*submitter->string()));
  if (!verdict.ok()) {
    if (session.exit_code == kOk) session.fail(kFailed, verdict.error().detail());
    return;
  }
  print(session, *verdict);
  if (!verdict->holds()) session.exit_code = kNotMet;
}

}  // namespace icn::cli
