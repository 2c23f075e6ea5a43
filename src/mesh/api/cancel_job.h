#pragma once

#include "mesh/api/job_view.h"
#include "mesh/tx/cancel.h"

namespace icn::mesh::api {

// POST /mesh/jobs/{id}/cancel. The node signs for the submitter with a key it keeps, and adds its own signed
// progress when the job runs here; or a whole "mesh.cancel" transaction for this job.
struct CancelJob {
  struct Input {
    JobId id;
    std::optional<std::string> reason;
    static constexpr auto fields() {
      return described(
          codec::field("id", &Input::id, "job id"),
          codec::field("reason", &Input::reason, "free text, kept as a private block", {1, 1'000}));
    }
  };
  using Output = ledger::Written<mesh::CancelJob::Output>;
  static constexpr std::string_view transaction = "mesh.cancel";
  static constexpr std::string_view summary = "Cancel a job that has no receipt yet";

  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static Result<void> matches(const http::Request& request, const codec::Json& body);
  static void handle(Api& api, http::ExchangePtr exchange) {
    ledger::answer_write<CancelJob>(api.writer, api, std::move(exchange));
  }
};

}  // namespace icn::mesh::api
