#include "mesh/api/resume_job.h"

#include "base/errors.h"
#include "mesh/errors.h"

namespace icn::mesh::api {
namespace {

struct Resumption {
  Did submitter;
  JobSpec spec;
};

Result<codec::Cid> state_of(const Api& api, const ResumeJob::Input& input, const Did& submitter) {
  std::optional<codec::Cid> state = input.checkpoint_id;
  if (!state) {
    ICN_TRY_ASSIGN(note, api.service.notes().find(input.id));
    if (note) state = note->newest_state();
  }
  if (!state) return Error(kNoCheckpoint, "the job has saved nothing that this node knows of");
  ICN_TRY_ASSIGN(is_here, may_read_block(api.blocks, submitter, *state));
  if (!is_here) return Error(kNoCheckpoint, state->to_string() + " is not here for " + submitter.text());
  return *state;
}

Result<Resumption> plan(const Api& api, const http::Caller& caller, const ResumeJob::Input& input) {
  ICN_TRY_ASSIGN(job, find_job(api, input.id));
  if (!api.writer.custody().key_for(caller, job.submitter).ok())
    return Error(errors::kForbidden, "only the submitter may resume a job");
  if (job.status == JobStatus::kCompleted) return Error(kJobEnded, "the job has completed");
  if (!is_final(job.status)) return Error(kNotReady, "cancel the job before it is resumed");
  auto bytes = load_block_as(api.blocks, job.submitter, job.submission.manifest_cid);
  if (!bytes.ok()) return bytes.error().within("spec");
  Resumption out;
  out.submitter = job.submitter;
  ICN_TRY_ASSIGN(spec, read_spec(*bytes));
  ICN_TRY_ASSIGN(state, state_of(api, input, job.submitter));
  spec.resume_from = state;
  if (input.max_price) spec.max_price = *input.max_price;
  if (input.max_execution_secs) spec.max_execution_secs = *input.max_execution_secs;
  if (input.deadline) spec.deadline = *input.deadline;
  out.spec = std::move(spec);
  return out;
}

}  // namespace

void ResumeJob::handle(Api& api, http::ExchangePtr exchange) {
  auto source = http::InputSource::of(exchange->request());
  if (!source.ok()) return exchange->reply(source.error());
  auto input = http::read_input<Input>(*source, codec::UnknownMembers::kRefuse);
  if (!input.ok()) return exchange->reply(input.error());
  auto resumption = plan(api, exchange->request().caller, *input);
  if (!resumption.ok()) return exchange->reply(resumption.error());
  submit_spec(api, std::move(exchange), resumption->submitter, resumption->spec);
}

}  // namespace icn::mesh::api
