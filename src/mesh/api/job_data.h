#pragma once

#include "mesh/api/job_view.h"

// What a job read, made and said: for its parties (may_read_data).
namespace icn::mesh::api {

// GET /mesh/jobs/{id}/result
struct GetJobResult {
  static constexpr std::string_view summary = "The bytes a job made";
  static constexpr std::string_view output_content_type = "application/octet-stream";
  static http::Response handle(const Api& api, const http::Request& request);
};

// What the receipt of an ended job names as its log, or what this node kept of a cancelled run; empty when
// there is none.
Result<Bytes> stored_log(const Api& api, const JobId& id, const Job& job);

// GET /mesh/jobs/{id}/logs?from=BYTE. Of a running job: what it has said so far; header x-log-size: how much.
// ?follow=true: goes on until the job has ended.
struct GetJobLogs {
  static constexpr std::string_view summary = "What a job wrote to its log";
  static constexpr std::string_view output_content_type = "text/plain";
  static http::Response handle(const Api& api, const http::Request& request);
};

// GET /mesh/jobs/{id}/progress
struct GetJobProgress {
  struct Input {
    JobId id;
    static constexpr auto fields() { return described(codec::field("id", &Input::id, "job id")); }
  };
  struct Output {
    JobId job_id;
    std::string status;
    std::uint32_t percent = 0;
    std::optional<Progress> progress;
    std::vector<std::string> checkpoints;
    std::vector<std::string> partial_outputs;
    static constexpr std::string_view schema_name = "JobProgressAnswer";
    static constexpr auto fields() {
      using codec::field;
      return described(field("job_id", &Output::job_id), field("status", &Output::status),
                       field("percent", &Output::percent, "100: ended"),
                       field("progress", &Output::progress, "signed, while it runs here"),
                       field("checkpoints", &Output::checkpoints,
                             "CIDs of the newest state the job saved that this node keeps: resume takes one"),
                       field("partial_outputs", &Output::partial_outputs));
    }
  };
  static constexpr std::string_view summary = "How far a job has come";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

}  // namespace icn::mesh::api
