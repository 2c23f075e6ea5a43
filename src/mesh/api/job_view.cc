#include "mesh/api/job_view.h"

#include "base/errors.h"
#include "codec/utf8.h"
#include "mesh/errors.h"
#include "mesh/redundancy.h"

namespace icn::mesh::api {

JobView view_of(const Service& service, const JobId& id, const Job& job) {
  JobView view;
  view.job_id = id;
  view.status = codec::enum_name(job.status);
  const bool may_run = job.status == JobStatus::kSubmitted || job.status == JobStatus::kAssigned;
  if (may_run && service.running(id)) view.status = "running";
  view.submitter = job.submitter;
  view.coordinator = job.submission.coordinator;
  if (!job.executor.empty()) view.executor = job.executor;
  view.kind = job.submission.kind;
  view.manifest_cid = job.submission.manifest_cid;
  view.max_price = job.submission.max_price;
  if (job.price.value != 0) view.price = job.price;
  view.escrow = job.escrow;
  if (is_replica(job)) {
    view.replica_of = job.group;
    view.replica = job.replica;
  }
  view.attempt = job.attempt;
  view.memory_mb = job.memory_mb;
  view.max_execution_secs = job.execution_secs;
  view.fuel_used = job.fuel_used;
  if (!job.result.empty()) view.result_cid = job.result;
  if (!job.receipt.empty()) view.receipt_cid = job.receipt;
  if (!job.code.empty()) view.code = job.code;
  view.deadline = job.submission.deadline;
  view.submitted_at = job.submitted_at;
  if (job.assigned_at != 0) view.assigned_at = job.assigned_at;
  view.dispute = job.dispute;
  view.timeline = job.timeline;
  view.effects = job.effects;
  view.parent = job.parent;
  return view;
}

ResultView result_view(const codec::Cid& cid, Bytes bytes) {
  ResultView view;
  view.cid = cid;
  view.size = bytes.size();
  if (codec::is_utf8(as_text(bytes))) view.text = to_text(bytes);
  view.data = std::move(bytes);
  return view;
}

Result<Job> find_job(const Api& api, const JobId& id) {
  if (id.text().size() > 128) return Error(kJobNotFound, "a job id is a CID");
  ICN_TRY_ASSIGN(store, api.ledger.store());
  return load_job(*store, id);
}

Result<Receipt> load_receipt(const Api& api, const Job& job) {
  if (job.receipt.empty()) return Error(kNoResult, "the job has no receipt");
  ICN_TRY_ASSIGN(block, api.blocks.get(job.receipt));
  return codec::decode_block<Receipt>(as_bytes(block->bytes));
}

Result<void> check_path_job(const http::Request& request, const codec::Json& body) {
  const std::string* id = http::find_parameter(request.path_parameters, "id");
  const codec::Json* fields = body.find("body");
  const codec::Json* job_id = fields == nullptr ? nullptr : fields->find("job_id");
  if (id != nullptr && job_id != nullptr && job_id->string() != nullptr && *job_id->string() == *id)
    return {};
  return Error(errors::kMalformed, "body.job_id: must be the job of the path");
}

Result<void> may_read_data(const Api& api, const http::Caller& caller, const Job& job) {
  const auto is_party = [&](const Did& did) { return api.writer.custody().may_act_as(caller, did); };
  if (caller.role == http::Role::kOperator || is_party(job.submitter) || is_party(job.executor) ||
      is_party(job.submission.coordinator)) {
    return {};
  }
  const auto block = api.blocks.get(job.submission.manifest_cid);
  if (block.ok()) {
    const auto spec = read_spec(as_bytes((*block)->bytes));
    if (spec.ok() && spec->privacy == Privacy::kPublic) return {};
  }
  return Error(errors::kForbidden, "only the job's parties may read this");
}

}  // namespace icn::mesh::api
