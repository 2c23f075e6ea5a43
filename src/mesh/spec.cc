#include "mesh/spec.h"

#include <algorithm>
#include <set>

#include "mesh/errors.h"
#include "mesh/names.h"
#include "mesh/reads.h"

namespace icn::mesh {
namespace {

constexpr std::uint32_t kLongExecutionSecsMax = 86'400;
constexpr std::size_t kProposalIdBytesMax = 64;

Error invalid(std::string_view field, const std::string& what) {
  return Error(kInvalidSpec, std::string(field) + ": " + what);
}

Result<void> validate_kind(const JobSpec& spec) {
  switch (spec.kind) {
    case JobKind::kEcho:
      if (spec.module_cid) return invalid("module_cid", "an echo job has no module");
      return {};
    case JobKind::kWasm:
      if (!spec.module_cid || spec.module_cid->empty()) {
        return invalid("module_cid", "a wasm job names its module");
      }
      return {};
    case JobKind::kCcl:
    case JobKind::kGeneric:
      break;
  }
  return invalid("kind", "\"" + std::string(codec::enum_name(spec.kind)) +
                             "\" jobs are not run by this network; known are echo and wasm");
}

Result<void> validate_inputs(const JobSpec& spec) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < spec.inputs.size(); ++i) {
    const JobInput& input = spec.inputs[i];
    const std::string place = "inputs[" + std::to_string(i) + "]";
    if (input.cid.empty()) return invalid(place, "has no CID");
    if (input.name.empty()) continue;
    if (input.name == "." || input.name == ".." || input.name.find('/') != std::string::npos ||
        input.name.find('\0') != std::string::npos) {
      return invalid(place, "the name must be a file name without '/'");
    }
    if (!names.insert(input.name).second) return invalid(place, "the name stands twice");
  }
  return {};
}

Result<void> validate_texts(const JobSpec& spec) {
  std::size_t bytes = spec.function.size();
  for (const std::string& arg : spec.args) {
    bytes += arg.size() + 1;
    if (arg.find('\0') != std::string::npos) return invalid("args", "must not hold a zero byte");
  }
  for (const auto& [name, value] : spec.env) {
    bytes += name.size() + value.size() + 2;
    if (name.empty() || name.find('=') != std::string::npos || name.find('\0') != std::string::npos ||
        value.find('\0') != std::string::npos) {
      return invalid("env", "a name must not be empty or hold '=', and no text a zero byte");
    }
  }
  if (bytes > kSpecTextsBytesMax) {
    return invalid("args", "args and env are " + std::to_string(bytes) + " bytes, allowed are " +
                               std::to_string(kSpecTextsBytesMax));
  }
  return {};
}

// The ledger keeps them with the job, whose row is written anew with every step.
Result<void> validate_names(const JobSpec& spec) {
  const std::string what = "a name has " + std::to_string(kNameBytesMax) + " bytes at most";
  if (!are_bounded(spec.capabilities)) return invalid("capabilities", what);
  if (!are_bounded(spec.allowed_federations)) return invalid("allowed_federations", what);
  return {};
}

Result<void> validate_reads(const JobSpec& spec) {
  std::set<std::string> asked;
  for (const std::string& read : spec.reads) {
    if (auto known = parse_read(read); !known.ok()) return invalid("reads", known.error().detail());
    if (!asked.insert(read).second) return invalid("reads", "\"" + read + "\" stands twice");
  }
  return {};
}

bool costs_mana(const std::string& grant) {
  return grant == kGrantSubmitJob || grant == kGrantPay || grant == kGrantSpend || grant == kGrantPropose;
}

bool is_known_grant(const std::string& grant) {
  if (costs_mana(grant)) return true;
  for (const std::string_view prefix : {kGrantVote, kGrantAdvance}) {
    if (grant.starts_with(prefix) && grant.size() > prefix.size() &&
        grant.size() <= prefix.size() + kProposalIdBytesMax)
      return true;
  }
  return false;
}

Result<void> validate_grants(const JobSpec& spec) {
  std::set<std::string> granted;
  for (const std::string& grant : spec.grants) {
    if (!is_known_grant(grant)) {
      return invalid("grants",
                     "known are submit_job, pay, spend, propose, vote:PROPOSAL and advance:PROPOSAL");
    }
    if (!granted.insert(grant).second) return invalid("grants", "\"" + grant + "\" stands twice");
  }
  if (std::ranges::any_of(granted, costs_mana) != spec.allowance.has_value()) {
    return invalid("allowance", "stands with grants that cost mana, and they with it");
  }
  if (!spec.allowance) return {};
  for (const Did& recipient : spec.allowance->recipients) {
    if (recipient.text().size() > kNameBytesMax) return invalid("allowance.recipients", "names no DID");
  }
  if (spec.allowance->mana_max.value < 1) return invalid("allowance.mana_max", "must be above 0");
  if (granted.contains(std::string(kGrantPay)) == spec.allowance->recipients.empty()) {
    return invalid("allowance.recipients", "stand with the grant \"pay\", and it with them");
  }
  return {};
}

// Results can be compared only where the run depends on nothing but the spec, and asks for nothing.
Result<void> validate_redundancy(const JobSpec& spec) {
  if (spec.redundancy.kind == RedundancyKind::kNone) return {};
  if (spec.redundancy.count < 2) return invalid("redundancy", "count: must be 2 to 9 executors");
  if (!spec.reads.empty() || !spec.grants.empty())
    return invalid("redundancy", "a job that reads the ledger or asks for effects is run by one executor");
  if (spec.depth.value_or(0) > 0) return invalid("redundancy", "a child job is run by one executor");
  return {};
}

Result<void> validate_amounts(const JobSpec& spec, const ledger::Parameters& parameters) {
  const auto at_most = [](std::string_view field, std::int64_t value, std::int64_t max) -> Result<void> {
    if (value <= max) return {};
    return invalid(field, "is " + std::to_string(value) + ", allowed are at most " + std::to_string(max));
  };
  ICN_TRY(at_most("resources.memory_mb", spec.resources.memory_mb, parameters.wasm_memory_max_mb));
  ICN_TRY(
      at_most("resources.fuel", static_cast<std::int64_t>(spec.resources.fuel), parameters.wasm_fuel_max));
  const std::int64_t secs_max =
      spec.long_running ? kLongExecutionSecsMax : parameters.mesh_execution_max_secs;
  ICN_TRY(at_most("max_execution_secs", spec.max_execution_secs, secs_max));
  if (spec.max_price.value > parameters.mesh_price_max) {
    return invalid("max_price",
                   "may be at most " + codec::to_json_text(Millimana{parameters.mesh_price_max}) + " mana");
  }
  return {};
}

}  // namespace

SpecBlock spec_block(const JobSpec& spec) {
  SpecBlock block;
  block.bytes = codec::encode_block(spec);
  block.cid = codec::Cid::of(codec::kDagCbor, block.bytes);
  return block;
}

Result<JobSpec> read_spec(ByteView block) {
  if (block.size() > kSpecBytesMax) return Error(kInvalidSpec, "the spec is larger than 1 MiB");
  auto spec = codec::decode_block<JobSpec>(block);
  if (!spec.ok()) return Error(kInvalidSpec, spec.error().detail());
  return spec;
}

Result<void> validate_form(const JobSpec& spec) {
  ICN_TRY(validate_kind(spec));
  ICN_TRY(validate_inputs(spec));
  ICN_TRY(validate_texts(spec));
  ICN_TRY(validate_names(spec));
  ICN_TRY(validate_reads(spec));
  ICN_TRY(validate_grants(spec));
  if (spec.max_price.value < 1'000) return invalid("max_price", "must be at least 1 mana");
  if (spec.depth.value_or(0) > kChildDepthMax) return invalid("depth", "jobs are asked for 4 deep at most");
  ICN_TRY(validate_redundancy(spec));
  if (spec.privacy == Privacy::kEncrypted) return invalid("privacy", "encrypted jobs are not run yet");
  if (!spec.resources.arch.empty()) {
    return invalid("resources.arch", "a WebAssembly module runs on any processor: leave it empty");
  }
  if (spec.checkpoint_interval_secs && spec.kind != JobKind::kWasm) {
    return invalid("checkpoint_interval_secs", "only a wasm job saves a state, with save_checkpoint");
  }
  if (spec.resume_from && (spec.kind != JobKind::kWasm || spec.resume_from->codec() != codec::kRaw)) {
    return invalid("resume_from", "is the raw block of a state that a wasm job saved");
  }
  return {};
}

Result<void> validate_spec(const JobSpec& spec, const ledger::Parameters& parameters) {
  ICN_TRY(validate_form(spec));
  return validate_amounts(spec, parameters);
}

std::vector<std::string> kinds_run() {
  return {std::string(codec::enum_name(JobKind::kEcho)), std::string(codec::enum_name(JobKind::kWasm))};
}

}  // namespace icn::mesh
