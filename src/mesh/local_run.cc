#include "mesh/local_run.h"

#include "base/errors.h"

namespace icn::mesh {

Result<LocalOutcome> run_local(wasm::Engine& engine, const LocalRun& run, const wasm::CancelToken* cancel,
                               wasm::RunObserver* observer) {
  LocalOutcome out;
  out.module_cid = codec::Cid::of(codec::kRaw, run.module);
  ICN_TRY_ASSIGN(module, engine.load(out.module_cid.to_string(), run.module));
  static_cast<void>(module);  // held by the cache; execute() finds it by its id

  JobSpec spec;
  spec.module_cid = out.module_cid;
  spec.function = run.function;
  spec.args = run.args;
  spec.env = run.env;
  spec.resources = run.resources;
  spec.max_execution_secs = run.max_execution_secs;
  std::map<codec::Cid, Bytes> contents;
  contents.emplace(out.module_cid, run.module);
  for (const LocalInput& input : run.inputs) {
    const codec::Cid cid = codec::Cid::of(codec::kRaw, input.bytes);
    contents.emplace(cid, input.bytes);
    spec.inputs.push_back({cid, input.name});
  }
  const LoadBlock load = [&](const codec::Cid& cid) -> Result<Bytes> {
    const auto found = contents.find(cid);
    if (found == contents.end()) return Error(errors::kNotFound, "no such block: " + cid.to_string());
    return found->second;
  };
  const JobId id("local");
  const Did nobody("did:key:local");
  JobServices services(id, spec, nobody, nullptr, 0, nullptr);
  ExecutionRequest request{
      id,     spec,      nobody,  run.resources.memory_mb, run.max_execution_secs, run.job_clock_secs, load,
      cancel, &services, observer};
  out.execution = execute(engine, request);
  if (out.execution.end == AttemptEnd::kCompleted) {
    std::vector<dag::NewBlock> blocks;
    ICN_TRY_ASSIGN(cid, add_content(out.execution.result, blocks));
    out.result_cid = cid;
  }
  return out;
}

}  // namespace icn::mesh
