#pragma once

#include "mesh/api/job_view.h"

namespace icn::mesh::api {

// One piece of what a job says. Source: domain.md 7 "Stream chunks".
struct StreamChunk {
  JobId job_id;
  std::uint64_t sequence = 0;
  std::string stage;
  Bytes data;
  std::string content_type;
  bool is_final = false;
  TimestampSecs at = 0;
  static constexpr std::string_view schema_name = "JobStreamChunk";
  static constexpr auto fields() {
    using codec::field;
    return described(field("job_id", &StreamChunk::job_id),
                     field("sequence", &StreamChunk::sequence, "bytes of log told by now; resumes a stream"),
                     field("stage", &StreamChunk::stage, "log, progress, or the state at the end"),
                     field("data", &StreamChunk::data, "base64"),
                     field("content_type", &StreamChunk::content_type, "of data"),
                     field("is_final", &StreamChunk::is_final, "nothing follows"),
                     field("at", &StreamChunk::at, "Unix seconds"));
  }
};

// GET /mesh/jobs/{id}/stream?from=SEQUENCE (or Last-Event-ID): what a job says from now or `from` on until it
// has ended, as server-sent events whose data is a StreamChunk, for its parties.
//   log        text/plain: what it logged
//   progress   application/json: a signed Progress
//   end        the job's last state; is_final
// A job that waits is waited for; one that has ended tells its log again, then its end.
struct StreamJob {
  static constexpr std::string_view summary = "What a job says, as it says it";
  static constexpr std::string_view output_content_type = "text/event-stream";
  static http::Response handle(const Api& api, const http::Request& request);
};

// The log alone, as text, until the job has ended: what GET /mesh/jobs/{id}/logs?follow=true answers.
http::Response follow_log(const Api& api, const JobId& id, std::uint64_t from);

}  // namespace icn::mesh::api
