#include "mesh/api/job_data.h"

#include <charconv>

#include "base/errors.h"
#include "codec/unixfs_file.h"
#include "mesh/api/job_stream.h"
#include "mesh/errors.h"

namespace icn::mesh::api {
namespace {

Result<Job> readable_job(const Api& api, const http::Request& request, JobId& id) {
  const std::string* text = http::find_parameter(request.path_parameters, "id");
  id = JobId(text == nullptr ? "" : *text);
  ICN_TRY_ASSIGN(job, find_job(api, id));
  ICN_TRY(may_read_data(api, request.caller, job));
  return job;
}

LoadBlock loader(const Api& api, const Did& reader) {
  return
      [blocks = &api.blocks, reader](const codec::Cid& cid) { return load_block_as(*blocks, reader, cid); };
}

// One block at once, a UnixFS file piece by piece.
Result<http::Response> content(const Api& api, const Job& job, const codec::Cid& cid, std::string_view type) {
  const LoadBlock load = loader(api, job.submitter);
  if (cid.codec() != codec::kDagPb) {
    ICN_TRY_ASSIGN(bytes, read_content(cid, load, kInputBytesMax));
    return http::Response::bytes(type, std::move(bytes));
  }
  ICN_TRY_ASSIGN(reader, codec::FileReader::open(cid, load));
  auto file = std::make_shared<codec::FileReader>(std::move(reader));
  http::StreamedBody body{[file] { return file->next(); }, file->size()};
  return http::Response::stream(type, std::move(body));
}

Result<http::Response> result_of(const Api& api, const http::Request& request) {
  JobId id;
  ICN_TRY_ASSIGN(job, readable_job(api, request, id));
  if (!is_final(job.status)) return Error(kNotReady, "the job is " + view_of(api.service, id, job).status);
  if (job.result.empty())
    return Error(kNoResult, "the job ended as " + std::string(codec::enum_name(job.status)));
  ICN_TRY_ASSIGN(response, content(api, job, job.result, "application/octet-stream"));
  response.headers.emplace_back("x-content-cid", job.result.to_string());
  return std::move(response);
}

Result<std::uint64_t> from_of(const http::Request& request) {
  const auto text = request.query_parameter("from");
  std::uint64_t from = 0;
  if (!text) return from;
  const auto [end, code] = std::from_chars(text->data(), text->data() + text->size(), from);
  if (code == std::errc() && end == text->data() + text->size()) return from;
  return Error(errors::kMalformed, "from: must be a byte of the log");
}

Result<bool> is_followed_by(const http::Request& request) {
  const auto text = request.query_parameter("follow");
  if (!text || *text == "false") return false;
  if (*text == "true" || text->empty()) return true;
  return Error(errors::kMalformed, "follow: must be true or false");
}

Result<http::Response> logs_of(const Api& api, const http::Request& request) {
  JobId id;
  ICN_TRY_ASSIGN(job, readable_job(api, request, id));
  ICN_TRY_ASSIGN(from, from_of(request));
  ICN_TRY_ASSIGN(is_followed, is_followed_by(request));
  if (is_followed) return follow_log(api, id, from);
  std::uint64_t total = 0;
  std::string text;
  if (const auto running = api.service.running(id)) {
    text = running->log(from, total);
  } else {
    ICN_TRY_ASSIGN(bytes, stored_log(api, id, job));
    total = bytes.size();
    text = to_text(ByteView(bytes).subspan(std::min<std::size_t>(from, bytes.size())));
  }
  http::Response response = http::Response::text(std::move(text));
  response.headers.emplace_back("x-log-size", std::to_string(total));
  return response;
}

http::Response answer(const Result<http::Response>& made, const http::Request& request) {
  return made.ok() ? *made : http::problem(made.error(), request);
}

}  // namespace

Result<Bytes> stored_log(const Api& api, const JobId& id, const Job& job) {
  if (job.receipt.empty()) return api.service.notes().log(id, job.submitter);
  ICN_TRY_ASSIGN(receipt, load_receipt(api, job));
  if (!receipt.logs_cid) return Bytes();
  return read_content(*receipt.logs_cid, loader(api, job.submitter), kInputBytesMax);
}

http::Response GetJobResult::handle(const Api& api, const http::Request& request) {
  return answer(result_of(api, request), request);
}

http::Response GetJobLogs::handle(const Api& api, const http::Request& request) {
  return answer(logs_of(api, request), request);
}

Result<GetJobProgress::Output> GetJobProgress::handle(const Api& api, const http::Call&, const Input& input) {
  ICN_TRY_ASSIGN(job, find_job(api, input.id));
  Output output;
  output.job_id = input.id;
  output.status = view_of(api.service, input.id, job).status;
  output.progress = api.service.signed_progress(input.id);
  if (output.progress) output.percent = output.progress->percent;
  if (is_final(job.status)) output.percent = 100;
  ICN_TRY_ASSIGN(note, api.service.notes().find(input.id));
  if (const auto state = note ? note->newest_state() : std::nullopt)
    output.checkpoints.push_back(state->to_string());
  return output;
}

}  // namespace icn::mesh::api
