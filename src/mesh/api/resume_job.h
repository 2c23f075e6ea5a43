#pragma once

#include "mesh/api/submit_job.h"

namespace icn::mesh::api {

// POST /mesh/jobs/{id}/resume. A new job that goes on from what one that has failed or was cancelled had
// saved: the same spec, its `resume_from` set, on any executor. The node signs for the submitter with a key
// it keeps; who signs alone sends such a spec to POST /mesh/jobs. ?wait as there.
//   job_not_ended, job_ended (completed); no_checkpoint: nothing was saved, or it is not here
struct ResumeJob {
  struct Input {
    JobId id;
    std::optional<codec::Cid> checkpoint_id;
    std::optional<Millimana> max_price;
    std::optional<std::uint32_t> max_execution_secs;
    std::optional<TimestampSecs> deadline;
    static constexpr auto fields() {
      using codec::field;
      return described(
          field("id", &Input::id, "job id"),
          field("checkpoint_id", &Input::checkpoint_id,
                "CID of a saved state; default: the newest known here"),
          field("max_price", &Input::max_price, "mana; default: as before", {1'000, kMillimanaMax.value}),
          field("max_execution_secs", &Input::max_execution_secs, "default: as before", {1, 86'400}),
          field("deadline", &Input::deadline, "Unix seconds; needed when the former one has passed"));
    }
  };
  using Output = SubmitJob::Output;
  static constexpr std::string_view summary = "Go on from what a job had saved, as a new job";
  static constexpr int success_status = SubmitJob::success_status;
  static constexpr bool is_idempotency_durable = true;

  static void handle(Api& api, http::ExchangePtr exchange);
};

}  // namespace icn::mesh::api
