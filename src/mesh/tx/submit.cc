#include "mesh/tx/submit.h"

#include "economics/accounts.h"
#include "economics/errors.h"
#include "mesh/errors.h"
#include "mesh/redundancy.h"

namespace icn::mesh {

Result<void> SubmitJob::check(const ledger::Transaction&, const Body& body) {
  if (!body.coordinator.text().starts_with("did:") || body.coordinator.text().size() > 256) {
    return Error(kInvalidSpec, "coordinator: must be the DID of a node");
  }
  if (body.manifest_cid.empty()) return Error(kInvalidSpec, "manifest_cid: must name the spec's block");
  if (body.kind != JobKind::kEcho && body.kind != JobKind::kWasm) {
    return Error(kInvalidSpec, "kind: must be echo or wasm");
  }
  if (body.ledger_use && body.ledger_use->depth != 0) {
    return Error(kInvalidSpec, "depth: only a confirmed effect makes a child job");
  }
  if (body.redundancy && body.redundancy->kind == RedundancyKind::kNone)
    return Error(kInvalidSpec, "redundancy.kind: must be sampling or full");
  if (body.redundancy && body.ledger_use)
    return Error(kInvalidSpec, "redundancy: a job that uses the ledger is run by one executor");
  return {};
}

Result<void> may_submit(const ledger::BlockContext& block, const ledger::View& view, const Did& submitter,
                        const Submission& submission) {
  JobSpec spec;  // what of a spec the ledger sees, under the same rules
  spec.kind = JobKind::kEcho;
  spec.max_price = submission.max_price;
  spec.resources.memory_mb = submission.memory_mb;
  spec.resources.fuel = submission.fuel;
  spec.max_execution_secs = submission.max_execution_secs;
  spec.long_running = submission.long_running;
  spec.capabilities = submission.capabilities;
  spec.allowed_federations = submission.allowed_federations;
  if (const auto& use = submission.ledger_use) {
    spec.reads = use->reads;
    spec.grants = use->grants;
    spec.allowance = use->allowance;
  }
  ICN_TRY(validate_spec(spec, *block.parameters));
  if (submission.deadline && *submission.deadline <= block.time) {
    return Error(kDeadlinePassed, "deadline: " + std::to_string(*submission.deadline) + ", the block is of " +
                                      std::to_string(block.time));
  }
  ICN_TRY_ASSIGN(open, kOpenJobs.get(view, submitter));
  const auto open_max = static_cast<std::uint64_t>(block.parameters->mesh_open_jobs_max);
  const std::uint64_t asked = submission.redundancy ? submission.redundancy->count : 1;
  const std::uint64_t count = open ? open->count : 0;
  if (count + asked > open_max) {
    return Error(kTooManyOpenJobs,
                 std::to_string(count) + " jobs have not ended, allowed are " + std::to_string(open_max));
  }
  return {};
}

Result<void> SubmitJob::precheck(const ledger::ApplyContext& context, const Body& body,
                                 const ledger::View& view) {
  return may_submit(context.block, view, context.sender(), body);
}

Result<SubmitJob::Output> SubmitJob::apply(const ledger::ApplyContext& context, const Body& body,
                                           ledger::View& view) {
  economics::Books books(context.block, view, &context.events);
  const Did& submitter = context.sender();
  ICN_TRY_ASSIGN(account, books.find(submitter));
  if (account == nullptr || account->stage == economics::Stage::kUnverified) {
    return Error(kNotVerified, submitter.text() + " has had no start grant");
  }
  const ledger::Transaction& envelope = context.transaction.envelope();
  const JobId id = job_id_of(envelope.network, submitter, envelope.nonce, body);
  ICN_TRY_ASSIGN(exists, kJobs.contains(view, id));
  if (exists) return Error(kJobExists);
  const Step step{context.block, view, books, context.events};
  auto job = body.redundancy ? open_replicas(step, id, submitter, body) : open_job(step, id, submitter, body);
  if (!job.ok()) {
    if (job.error().is(economics::kExceedsBalance)) return Error(kInsufficientBudget, job.error().detail());
    return std::move(job).error();
  }
  ICN_TRY(books.finish());
  return Output{id, job->status, job->escrow};
}

}  // namespace icn::mesh
