#include "mesh/api/dispute_job.h"

namespace icn::mesh::api {

Result<ledger::PlainWrite> DisputeJob::plain(const Api& api, const http::Call& call, const Input& input) {
  ICN_TRY(find_job(api, input.id));
  ICN_TRY_ASSIGN(disputer, http::acting_did(call, input.disputer_did, "disputer_did"));
  mesh::ObjectToJob::Body body;
  body.job_id = input.id;
  dag::Texts texts = texts_of(api, call, disputer);
  if (input.reason) {
    ICN_TRY_ASSIGN(cid, texts.add(*input.reason));
    body.reason_cid = cid;
  }
  return texts.write(codec::to_json(body));
}

Result<void> DisputeJob::matches(const http::Request& request, const codec::Json& body) {
  return check_path_job(request, body);
}

}  // namespace icn::mesh::api
