#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "codec/records.h"
#include "ledger/parameters.h"
#include "mesh/ledger_use.h"

// What a job is: content, named by the CID of its DAG-CBOR block. Format: docs/formats/job.md.
// Source: domain.md 7 "JobSpec", 8.
namespace icn::mesh {

enum class JobKind { kEcho, kWasm, kCcl, kGeneric };
constexpr auto enum_names(JobKind) {
  using Name = std::pair<JobKind, std::string_view>;
  return std::array{Name(JobKind::kEcho, "echo"), Name(JobKind::kWasm, "wasm"), Name(JobKind::kCcl, "ccl"),
                    Name(JobKind::kGeneric, "generic")};
}

enum class Privacy { kPublic, kRestricted, kEncrypted };
constexpr auto enum_names(Privacy) {
  using Name = std::pair<Privacy, std::string_view>;
  return std::array{Name(Privacy::kPublic, "public"), Name(Privacy::kRestricted, "restricted"),
                    Name(Privacy::kEncrypted, "encrypted")};
}

// How the winner among eligible bids is chosen.
enum class Strategy { kBestScore, kLowestPrice, kFastestDelivery, kWeightedRandom };
constexpr auto enum_names(Strategy) {
  using Name = std::pair<Strategy, std::string_view>;
  return std::array{Name(Strategy::kBestScore, "best_score"), Name(Strategy::kLowestPrice, "lowest_price"),
                    Name(Strategy::kFastestDelivery, "fastest_delivery"),
                    Name(Strategy::kWeightedRandom, "weighted_random")};
}

enum class RedundancyKind { kNone, kSampling, kFull };
constexpr auto enum_names(RedundancyKind) {
  using Name = std::pair<RedundancyKind, std::string_view>;
  return std::array{Name(RedundancyKind::kNone, "none"), Name(RedundancyKind::kSampling, "sampling"),
                    Name(RedundancyKind::kFull, "full")};
}

struct Redundancy {
  RedundancyKind kind = RedundancyKind::kNone;
  std::uint32_t count = 1;
  static constexpr std::string_view schema_name = "JobRedundancy";
  static constexpr auto fields() {
    using codec::defaulted_field;
    return described(defaulted_field("kind", &Redundancy::kind),
                     defaulted_field("count", &Redundancy::count, "executors", {1, 9}));
  }
};

struct Resources {
  std::uint32_t cpu_cores = 1;
  std::uint32_t memory_mb = 64;
  std::uint64_t fuel = 10'000'000;
  std::uint32_t storage_mb = 0;
  std::uint32_t gpu = 0;
  std::string arch;
  static constexpr std::string_view schema_name = "JobResources";
  static constexpr auto fields() {
    using codec::defaulted_field;
    return described(
        defaulted_field("cpu_cores", &Resources::cpu_cores, "default 1", {1, 256}),
        defaulted_field("memory_mb", &Resources::memory_mb, "MiB of memory, default 64", {1, 1 << 20}),
        defaulted_field("fuel", &Resources::fuel, "instructions, default 10,000,000",
                        {1, 1'000'000'000'000'000}),
        defaulted_field("storage_mb", &Resources::storage_mb, "", {0, 1 << 20}),
        defaulted_field("gpu", &Resources::gpu, "", {0, 64}),
        defaulted_field("arch", &Resources::arch, "must be empty: WebAssembly runs on any processor",
                        {0, 32}));
  }
};

// The first input is standard input, the others are read-only files of their name.
struct JobInput {
  codec::Cid cid;
  std::string name;
  static constexpr std::string_view schema_name = "JobInput";
  static constexpr auto fields() {
    return described(codec::field("cid", &JobInput::cid, "block or UnixFS file"),
                     codec::defaulted_field("name", &JobInput::name, "file name; default input-N", {0, 128}));
  }
};

// The kinds of jobs that executors of this version run, by name.
std::vector<std::string> kinds_run();

struct JobSpec {
  JobKind kind = JobKind::kWasm;
  std::optional<codec::Cid> module_cid;
  std::string function;
  std::vector<std::string> args;
  std::vector<JobInput> inputs;
  std::map<std::string, std::string> env;
  Resources resources;
  std::vector<std::string> reads;
  std::vector<std::string> capabilities;
  std::vector<std::string> grants;
  std::optional<Allowance> allowance;
  std::optional<std::uint32_t> depth;  // jobs above this one, each asked for by the one before
  std::optional<std::string> trust_scope;
  std::uint32_t min_executor_reputation = 0;
  std::vector<std::string> allowed_federations;
  Millimana max_price;
  std::optional<TimestampSecs> deadline;
  std::uint32_t max_execution_secs = 30;
  bool long_running = false;
  std::optional<std::uint32_t> checkpoint_interval_secs;
  std::optional<codec::Cid> resume_from;  // what load_checkpoint gives until the run saves a state of its own
  Redundancy redundancy;
  bool determinism = true;
  Privacy privacy = Privacy::kRestricted;
  Strategy strategy = Strategy::kBestScore;

  static constexpr std::string_view schema_name = "JobSpec";
  static constexpr auto fields() {
    using codec::defaulted_field;
    using codec::field;
    return described(
        field("kind", &JobSpec::kind), field("module_cid", &JobSpec::module_cid, "of kinds wasm and ccl"),
        defaulted_field("function", &JobSpec::function, "entry; empty: _start, run or main", {0, 256}),
        defaulted_field("args", &JobSpec::args, "", {0, 256}),
        defaulted_field("inputs", &JobSpec::inputs, "", {0, 64}),
        defaulted_field("env", &JobSpec::env, "environment variables", {0, 64}),
        defaulted_field("resources", &JobSpec::resources),
        defaulted_field(
            "reads", &JobSpec::reads,
            "ledger reads answered at assignment: mana_balance:DID, resolve_did:DID, reputation:DID, "
            "governance_state:PROPOSAL",
            {0, 16}),
        defaulted_field("capabilities", &JobSpec::capabilities, "that an executor must offer", {0, 16}),
        defaulted_field("grants", &JobSpec::grants,
                        "effects the job may ask the ledger for: submit_job, pay, spend, propose, "
                        "vote:PROPOSAL, advance:PROPOSAL",
                        {0, 16}),
        field("allowance", &JobSpec::allowance, "how far its effects may go"),
        field("depth", &JobSpec::depth, "of a child job, set by the host", {1, kChildDepthMax}),
        field("trust_scope", &JobSpec::trust_scope, "", {1, 64}),
        defaulted_field("min_executor_reputation", &JobSpec::min_executor_reputation, "", {0, 100}),
        defaulted_field("allowed_federations", &JobSpec::allowed_federations, "empty: all", {0, 16}),
        defaulted_field("max_price", &JobSpec::max_price, "mana that is locked", {0, kMillimanaMax.value}),
        field("deadline", &JobSpec::deadline, "Unix seconds"),
        defaulted_field("max_execution_secs", &JobSpec::max_execution_secs, "default 30", {1, 86'400}),
        defaulted_field("long_running", &JobSpec::long_running),
        field("checkpoint_interval_secs", &JobSpec::checkpoint_interval_secs, "", {1, 86'400}),
        field("resume_from", &JobSpec::resume_from, "state that an earlier job saved, to go on from"),
        defaulted_field("redundancy", &JobSpec::redundancy),
        defaulted_field("determinism", &JobSpec::determinism), defaulted_field("privacy", &JobSpec::privacy),
        defaulted_field("strategy", &JobSpec::strategy));
  }
};

inline constexpr std::size_t kSpecBytesMax = 1 << 20;
inline constexpr std::size_t kSpecTextsBytesMax = 256 << 10;  // args and environment together

// The block of a spec and its name.
struct SpecBlock {
  codec::Cid cid;
  Bytes bytes;
};
SpecBlock spec_block(const JobSpec& spec);
// J001: not the DAG-CBOR of a spec, or larger than kSpecBytesMax.
Result<JobSpec> read_spec(ByteView block);

// Whether a node of this version may run it, by the rules that need no state but the parameters, or not even
// those. J001: names the field and what is allowed.
Result<void> validate_form(const JobSpec& spec);
Result<void> validate_spec(const JobSpec& spec, const ledger::Parameters& parameters);

}  // namespace icn::mesh
