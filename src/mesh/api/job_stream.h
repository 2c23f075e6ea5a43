#pragma once

#include "mesh/api/job_view.h"

namespace icn::mesh::api {

// GET /mesh/jobs/{id}/stream?from=BYTE: what a job says while it runs, as server-sent events, for its
// parties.
//   log        {from, text}           id: the byte after the text, so that Last-Event-ID resumes
//   progress   a signed Progress
//   end        {job_id}               the run is over; the job is settled next
// A job that has not started: job_not_ended (409); one that has ended: its end alone.
struct StreamJob {
  static constexpr std::string_view summary = "What a job says while it runs";
  static constexpr std::string_view output_content_type = "text/event-stream";
  static http::Response handle(const Api& api, const http::Request& request);
};

}  // namespace icn::mesh::api
