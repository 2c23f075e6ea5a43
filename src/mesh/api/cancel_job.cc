#include "mesh/api/cancel_job.h"

#include "base/errors.h"

namespace icn::mesh::api {
namespace {

// The salt keeps a reason from being guessed from its CID.
struct ReasonBlock {
  std::string reason;
  Bytes salt;
  static constexpr auto fields() {
    return std::tuple(codec::field("reason", &ReasonBlock::reason), codec::field("salt", &ReasonBlock::salt));
  }
};

Result<codec::Cid> keep_reason(const Api& api, const http::Call& call, const Did& author,
                               const std::string& reason) {
  ICN_TRY_ASSIGN(block, dag::make_block(codec::kDagCbor,
                                        codec::encode_block(ReasonBlock{reason, api.random.bytes(16)})));
  const codec::Cid cid = block.cid;
  dag::PutOptions options;
  options.author = author;
  options.time = api.clock.now_secs();
  std::vector<dag::NewBlock> blocks;
  blocks.push_back(std::move(block));
  api.blocks.put_later(call.executor(), std::move(blocks), std::move(options), {},
                       [](const Result<void>&) {});
  return cid;
}

}  // namespace

Result<ledger::PlainWrite> CancelJob::plain(const Api& api, const http::Call& call, const Input& input) {
  ICN_TRY_ASSIGN(job, find_job(api, input.id));
  ICN_TRY(api.writer.custody().key_for(call.caller(), job.submitter).ok()
              ? Result<void>()
              : Result<void>(Error(errors::kForbidden, "only the submitter may cancel a job")));
  mesh::CancelJob::Body body;
  body.job_id = input.id;
  body.progress = api.service.signed_progress(input.id);
  if (input.reason) {
    ICN_TRY_ASSIGN(cid, keep_reason(api, call, job.submitter, *input.reason));
    body.reason_cid = cid;
  }
  return ledger::PlainWrite{job.submitter, codec::to_json(body)};
}

Result<void> CancelJob::matches(const http::Request& request, const codec::Json& body) {
  const std::string* id = http::find_parameter(request.path_parameters, "id");
  const codec::Json* fields = body.find("body");
  const codec::Json* job_id = fields == nullptr ? nullptr : fields->find("job_id");
  if (id != nullptr && job_id != nullptr && job_id->string() != nullptr && *job_id->string() == *id)
    return {};
  return Error(errors::kMalformed, "body.job_id: must be the job of the path");
}

}  // namespace icn::mesh::api
