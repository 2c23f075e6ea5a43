#include "mesh/verify_receipt.h"

#include "crypto/key_text.h"
#include "mesh/errors.h"

namespace icn::mesh {
namespace {

void check_signature(const Receipt& receipt, ReceiptVerdict& verdict) {
  const auto key = crypto::read_did_key(receipt.executor.text());
  if (!key.ok()) return;
  verdict.is_signature_checked = true;
  const auto signature = crypto::Signature::from_bytes(receipt.signature.bytes);
  verdict.is_signature_valid = signature.ok() && receipt.key == crypto::did_key_method(*key) &&
                               crypto::verify(*key, as_bytes(receipt_signing_bytes(receipt)), *signature);
}

Result<ReadLog> load_reads(const Receipt& receipt, const LoadBlock& load) {
  if (!receipt.reads_cid) return ReadLog{};
  ICN_TRY_ASSIGN(block, load(*receipt.reads_cid));
  return codec::decode_block<ReadLog>(block);
}

std::optional<codec::Cid> effects_cid(const std::vector<Effect>& effects) {
  if (effects.empty()) return std::nullopt;
  return effects_cid_of(effects);
}

std::string first_difference(const Receipt& receipt, const Execution& again, const ReceiptVerdict& verdict) {
  const auto text = [](const std::optional<codec::Cid>& cid) { return cid ? cid->to_string() : "none"; };
  if (verdict.is_signature_checked && !verdict.is_signature_valid)
    return "the signature is not the executor's";
  if (!verdict.is_same_end) {
    return "the receipt says \"" + std::string(codec::enum_name(receipt.end)) + "\", the run ended \"" +
           std::string(codec::enum_name(again.end)) + "\" " + again.message;
  }
  if (!verdict.is_same_result) {
    return "result " + text(receipt.result_cid) + " in the receipt, " + text(verdict.result_cid) + " here";
  }
  if (!verdict.is_same_fuel) {
    return "fuel " + std::to_string(receipt.fuel_used) + " in the receipt, " +
           std::to_string(again.fuel_used) + " here";
  }
  return verdict.is_same_effects ? "" : "the run asks for other effects";
}

}  // namespace

Result<ReceiptVerdict> verify_receipt(wasm::Engine& engine, const Receipt& receipt, const Did& submitter,
                                      const LoadBlock& load, const wasm::CancelToken* cancel) {
  ICN_TRY_ASSIGN(spec_bytes, load(receipt.manifest_cid));
  ICN_TRY_ASSIGN(spec, read_spec(spec_bytes));
  ICN_TRY_ASSIGN(reads, load_reads(receipt, load));
  ReplayServices services(receipt.job_id, spec, reads, load);
  const JobId& job_id = receipt.replica_of ? *receipt.replica_of : receipt.job_id;
  ExecutionRequest request{
      job_id, spec,      submitter, receipt.memory_mb, receipt.execution_secs, receipt.job_clock_secs, load,
      cancel, &services, nullptr};
  const Execution again = execute(engine, request);

  ReceiptVerdict verdict;
  check_signature(receipt, verdict);
  const wasm::EngineIdentity identity = engine.identity();
  verdict.is_same_engine =
      receipt.engine == ReceiptEngine{identity.name, identity.version, identity.settings_hash};
  verdict.end = again.end;
  verdict.is_same_end = receipt.end == again.end;
  if (again.end == AttemptEnd::kCompleted || !again.result.empty()) {
    std::vector<dag::NewBlock> blocks;
    ICN_TRY_ASSIGN(cid, add_content(again.result, blocks));
    verdict.result_cid = cid;
  }
  verdict.is_same_result = receipt.result_cid == verdict.result_cid;
  verdict.fuel_used = again.fuel_used;
  verdict.is_same_fuel = receipt.fuel_used == again.fuel_used || went_on(reads);
  verdict.is_same_effects = receipt.effects_cid == effects_cid(services.effects());
  verdict.detail = first_difference(receipt, again, verdict);
  return verdict;
}

}  // namespace icn::mesh
