#pragma once

#include "mesh/execution.h"

namespace icn::mesh {

// What a re-run says of a receipt.
struct ReceiptVerdict {
  bool is_signature_valid = false;
  bool is_signature_checked = false;  // the executor is a did:key
  bool is_same_end = false;
  bool is_same_result = false;
  bool is_same_fuel = false;
  bool is_same_effects = false;
  bool is_same_engine = false;              // another engine may differ without anybody having lied
  AttemptEnd end = AttemptEnd::kCompleted;  // of the re-run
  std::optional<codec::Cid> result_cid;
  std::uint64_t fuel_used = 0;
  std::string detail;  // the first difference, for people
  bool holds() const {
    return (is_signature_valid || !is_signature_checked) && is_same_end && is_same_result && is_same_fuel &&
           is_same_effects;
  }
};

// Runs the job of `receipt` again under the same limits, clock and randomness, its reads answered from the
// receipt's record, and compares. Needs no node: `load` gives spec, module, inputs and the record of reads.
// The signature is checked when the executor is a did:key; for a did:icn the caller resolves the key and asks
// check_signer(). Errors of `load` for spec and records; J001. Thread: any; waits for the run.
Result<ReceiptVerdict> verify_receipt(wasm::Engine& engine, const Receipt& receipt, const Did& submitter,
                                      const LoadBlock& load, const wasm::CancelToken* cancel = nullptr);

}  // namespace icn::mesh
