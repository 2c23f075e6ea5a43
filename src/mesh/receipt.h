#pragma once

#include "crypto/ed25519.h"
#include "mesh/job.h"
#include "wasm/engine.h"

namespace icn::mesh {

struct ReceiptEngine {
  std::string name;
  std::string version;
  std::string settings_hash;
  static constexpr std::string_view schema_name = "ReceiptEngine";
  static constexpr auto fields() {
    using codec::field;
    return described(field("name", &ReceiptEngine::name), field("version", &ReceiptEngine::version),
                     field("settings_hash", &ReceiptEngine::settings_hash, "hex SHA-256"));
  }
  bool operator==(const ReceiptEngine&) const = default;
};

// What an executor says it did, signed. A DAG-CBOR block; its CID stands on the ledger.
// Source: domain.md 7 "Receipt". Format: docs/formats/job.md.
struct Receipt {
  JobId job_id;
  std::optional<JobId> replica_of;  // the job that several run; absent: job_id is all of it
  std::uint32_t attempt = 1;
  Did executor;
  KeyId key;
  codec::Cid manifest_cid;
  AttemptEnd end = AttemptEnd::kCompleted;
  bool success = false;
  std::optional<codec::Cid> result_cid;
  std::uint32_t exit_code = 0;
  std::optional<std::string> code;     // J004, J005, J008, J009
  std::optional<std::string> trap;     // "fuel", "unreachable", ...
  std::optional<std::string> message;  // why it failed, one line
  std::uint64_t cpu_ms = 0;
  std::uint64_t wall_ms = 0;
  std::uint64_t fuel_used = 0;
  std::uint64_t peak_memory_bytes = 0;
  std::optional<codec::Cid> logs_cid;
  std::optional<codec::Cid> module_cid;
  std::vector<codec::Cid> input_cids;
  std::optional<codec::Cid> reads_cid;
  std::optional<codec::Cid> effects_cid;
  ReceiptEngine engine;
  std::uint32_t memory_mb = 0;  // limits of this attempt
  std::uint32_t execution_secs = 0;
  TimestampSecs job_clock_secs = 0;  // where the job's own clock began
  std::uint64_t started_at_ms = 0;
  std::uint64_t finished_at_ms = 0;
  codec::HexBytes signature;  // Ed25519 over receipt_signing_bytes()

  static constexpr std::string_view schema_name = "Receipt";
  static constexpr auto fields() {
    using codec::field;
    return described(
        field("job_id", &Receipt::job_id),
        field("replica_of", &Receipt::replica_of, "the job that several executors run"),
        field("attempt", &Receipt::attempt), field("executor", &Receipt::executor, "DID that ran it"),
        field("key", &Receipt::key, "verification method that signs"),
        field("manifest_cid", &Receipt::manifest_cid, "the spec"), field("end", &Receipt::end),
        field("success", &Receipt::success), field("result_cid", &Receipt::result_cid),
        field("exit_code", &Receipt::exit_code), field("code", &Receipt::code, "of a failure"),
        field("trap", &Receipt::trap, "of a run that trapped"), field("message", &Receipt::message),
        field("cpu_ms", &Receipt::cpu_ms), field("wall_ms", &Receipt::wall_ms),
        field("fuel_used", &Receipt::fuel_used), field("peak_memory_bytes", &Receipt::peak_memory_bytes),
        field("logs_cid", &Receipt::logs_cid), field("module_cid", &Receipt::module_cid),
        field("input_cids", &Receipt::input_cids),
        field("reads_cid", &Receipt::reads_cid, "what the run read, with the answers"),
        field("effects_cid", &Receipt::effects_cid, "what the run asked the ledger to do"),
        field("engine", &Receipt::engine), field("memory_mb", &Receipt::memory_mb, "limit of this attempt"),
        field("execution_secs", &Receipt::execution_secs, "limit of this attempt"),
        field("job_clock_secs", &Receipt::job_clock_secs, "where the job's own clock began"),
        field("started_at_ms", &Receipt::started_at_ms, "Unix milliseconds"),
        field("finished_at_ms", &Receipt::finished_at_ms, "Unix milliseconds"),
        field("signature", &Receipt::signature, "Ed25519, hex", {64, 64}));
  }
  bool operator==(const Receipt&) const = default;
};

// "icn:receipt:v1" 0x00 and the canonical JSON of the receipt without its signature.
std::string receipt_signing_bytes(const Receipt& receipt);
void sign_receipt(Receipt& receipt, const crypto::SecretKey& key);

// The blocks a receipt points to, each once: parents are held together with what they name.
std::vector<codec::Cid> links_of(const Receipt& receipt);

// What the job's randomness is made from: the same for every executor of one job.
Bytes random_seed_of(const JobId& id);

}  // namespace icn::mesh
