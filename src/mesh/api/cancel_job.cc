#include "mesh/api/cancel_job.h"

#include "base/errors.h"

namespace icn::mesh::api {

Result<ledger::PlainWrite> CancelJob::plain(const Api& api, const http::Call& call, const Input& input) {
  ICN_TRY_ASSIGN(job, find_job(api, input.id));
  ICN_TRY(api.writer.custody().key_for(call.caller(), job.submitter).ok()
              ? Result<void>()
              : Result<void>(Error(errors::kForbidden, "only the submitter may cancel a job")));
  mesh::CancelJob::Body body;
  body.job_id = input.id;
  // One of an attempt that is over, which this node may still hold, would have the ledger refuse all of it.
  auto progress = api.service.signed_progress(input.id);
  if (progress && is_of_running_attempt(input.id, job, *progress)) body.progress = std::move(progress);
  dag::Texts texts = texts_of(api, call, job.submitter);
  if (input.reason) {
    ICN_TRY_ASSIGN(cid, texts.add(*input.reason));
    body.reason_cid = cid;
  }
  return texts.write(codec::to_json(body));
}

Result<void> CancelJob::matches(const http::Request& request, const codec::Json& body) {
  return check_path_job(request, body);
}

}  // namespace icn::mesh::api
