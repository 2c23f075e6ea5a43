#include "mesh/api/confirm_job.h"

#include "base/errors.h"
#include "mesh/confirmer.h"

namespace icn::mesh::api {

Result<GetJobEffects::Output> GetJobEffects::handle(const Api& api, const http::Call& call,
                                                    const Input& input) {
  ICN_TRY_ASSIGN(job, find_job(api, input.id));
  ICN_TRY(may_read_data(api, call.caller(), job));
  if (!job.effects) return Error(kNoEffects);
  ICN_TRY_ASSIGN(effects, load_effects(api.blocks, job));
  return Output{input.id, *job.effects, std::move(effects)};
}

Result<ledger::PlainWrite> ConfirmJob::plain(const Api& api, const http::Call& call, const Input& input) {
  ICN_TRY_ASSIGN(job, find_job(api, input.id));
  if (!api.writer.custody().key_for(call.caller(), job.submitter).ok()) {
    return Error(errors::kForbidden, "only the submitter may confirm what a job asks for");
  }
  if (!job.effects) return Error(kNoEffects);
  mesh::ConfirmEffects::Body body{input.id, job.effects->cid, {}, input.decline};
  if (!input.decline) {
    ICN_TRY_ASSIGN(effects, load_effects(api.blocks, job));
    body.effects = std::move(effects);
  }
  return ledger::PlainWrite{job.submitter, codec::to_json(body)};
}

Result<void> ConfirmJob::matches(const http::Request& request, const codec::Json& body) {
  return check_path_job(request, body);
}

}  // namespace icn::mesh::api
