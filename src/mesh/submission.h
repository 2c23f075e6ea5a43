#pragma once

#include "mesh/spec.h"

namespace icn::mesh {

inline constexpr std::uint32_t kReplicasMax = 9;

// Several executors run the job and their results are compared (redundancy.h).
struct RedundantRun {
  RedundancyKind kind = RedundancyKind::kSampling;
  std::uint32_t count = 3;
  bool determinism = true;  // who comes to another result is wrong
  static constexpr std::string_view schema_name = "RedundantRun";
  static constexpr auto fields() {
    using codec::defaulted_field;
    using codec::field;
    return described(
        field("kind", &RedundantRun::kind, "sampling: two thirds must agree; full: all must"),
        field("count", &RedundantRun::count, "executors; max_price is locked for each", {2, kReplicasMax}),
        defaulted_field("determinism", &RedundantRun::determinism, "as in the spec"));
  }
  bool operator==(const RedundantRun&) const = default;
};

// What the submitter signs: the spec by its CID, and of it what the ledger decides by. Body of "mesh.submit".
struct Submission {
  codec::Cid manifest_cid;  // of the spec's block
  Did coordinator;
  JobKind kind = JobKind::kWasm;
  Millimana max_price;
  std::uint32_t cpu_cores = 1;
  std::uint32_t memory_mb = 64;
  std::uint32_t storage_mb = 0;
  std::uint32_t gpu = 0;
  std::uint64_t fuel = 10'000'000;
  std::uint32_t max_execution_secs = 30;
  bool long_running = false;
  std::optional<TimestampSecs> deadline;
  std::uint32_t min_executor_reputation = 0;
  std::vector<std::string> capabilities;
  std::optional<std::string> trust_scope;
  std::vector<std::string> allowed_federations;
  Strategy strategy = Strategy::kBestScore;
  std::optional<LedgerUse> ledger_use;
  std::optional<RedundantRun> redundancy;  // absent: one executor

  static constexpr std::string_view schema_name = "JobSubmission";
  static constexpr auto fields() {
    using codec::defaulted_field;
    using codec::field;
    return described(
        field("manifest_cid", &Submission::manifest_cid, "CID of the spec's DAG-CBOR block"),
        field("coordinator", &Submission::coordinator, "DID of the node that assigns and accepts"),
        field("kind", &Submission::kind),
        field("max_price", &Submission::max_price, "mana that is locked", {1'000, kMillimanaMax.value}),
        defaulted_field("cpu_cores", &Submission::cpu_cores, "as in the spec", {1, 256}),
        defaulted_field("memory_mb", &Submission::memory_mb, "as in the spec", {1, 1 << 20}),
        defaulted_field("storage_mb", &Submission::storage_mb, "as in the spec", {0, 1 << 20}),
        defaulted_field("gpu", &Submission::gpu, "as in the spec", {0, 64}),
        defaulted_field("fuel", &Submission::fuel, "as in the spec", {1, 1'000'000'000'000'000}),
        defaulted_field("max_execution_secs", &Submission::max_execution_secs, "as in the spec", {1, 86'400}),
        defaulted_field("long_running", &Submission::long_running, "as in the spec"),
        field("deadline", &Submission::deadline, "as in the spec"),
        defaulted_field("min_executor_reputation", &Submission::min_executor_reputation, "as in the spec",
                        {0, 100}),
        defaulted_field("capabilities", &Submission::capabilities, "as in the spec", {0, 16}),
        field("trust_scope", &Submission::trust_scope, "as in the spec", {1, 64}),
        defaulted_field("allowed_federations", &Submission::allowed_federations, "as in the spec", {0, 16}),
        defaulted_field("strategy", &Submission::strategy, "as in the spec"),
        field("ledger_use", &Submission::ledger_use, "absent when the spec holds nothing of it"),
        field("redundancy", &Submission::redundancy, "several executors, as in the spec; absent: one"));
  }
  bool operator==(const Submission&) const = default;
};

// The canonical job record: the CID of its DAG-CBOR block names the job. Anybody who has the signed
// transaction can compute it before it is sent.
struct JobRecord {
  std::string network;
  Did submitter;
  codec::HexBytes nonce;  // of the transaction
  Submission submission;

  static constexpr auto fields() {
    using codec::field;
    return described(field("network", &JobRecord::network), field("submitter", &JobRecord::submitter),
                     field("nonce", &JobRecord::nonce), field("submission", &JobRecord::submission));
  }
};

inline Submission submission_of(const JobSpec& spec, const codec::Cid& manifest, const Did& coordinator) {
  Submission out;
  out.manifest_cid = manifest;
  out.coordinator = coordinator;
  out.kind = spec.kind;
  out.max_price = spec.max_price;
  out.cpu_cores = spec.resources.cpu_cores;
  out.memory_mb = spec.resources.memory_mb;
  out.storage_mb = spec.resources.storage_mb;
  out.gpu = spec.resources.gpu;
  out.fuel = spec.resources.fuel;
  out.max_execution_secs = spec.max_execution_secs;
  out.long_running = spec.long_running;
  out.deadline = spec.deadline;
  out.min_executor_reputation = spec.min_executor_reputation;
  out.capabilities = spec.capabilities;
  out.trust_scope = spec.trust_scope;
  out.allowed_federations = spec.allowed_federations;
  out.strategy = spec.strategy;
  LedgerUse use{spec.reads, spec.grants, spec.allowance, spec.depth.value_or(0)};
  if (use != LedgerUse{}) out.ledger_use = std::move(use);
  if (spec.redundancy.kind != RedundancyKind::kNone)
    out.redundancy = RedundantRun{spec.redundancy.kind, spec.redundancy.count, spec.determinism};
  return out;
}

inline JobId job_id_of(const JobRecord& job) {
  return JobId(codec::Cid::of(codec::kDagCbor, codec::encode_block(job)).to_string());
}
inline JobId job_id_of(const std::string& network, const Did& submitter, const codec::HexBytes& nonce,
                       const Submission& submission) {
  return job_id_of(JobRecord{network, submitter, nonce, submission});
}

}  // namespace icn::mesh
