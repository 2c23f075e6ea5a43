#pragma once

#include "mesh/api/job_view.h"
#include "mesh/tx/object.h"

namespace icn::mesh::api {

// POST /mesh/jobs/{id}/dispute. The node signs for the caller's DID with a key it keeps; or a whole
// "mesh.object" transaction for this job.
struct DisputeJob {
  struct Input {
    JobId id;
    std::optional<Did> disputer_did;
    std::optional<std::string> reason;
    static constexpr auto fields() {
      return described(
          codec::field("id", &Input::id, "job id"),
          codec::field("disputer_did", &Input::disputer_did, "who stakes; default: the caller's one DID"),
          codec::field("reason", &Input::reason, "free text, kept as a private block", {1, 1'000}));
    }
  };
  using Output = ledger::Written<mesh::ObjectToJob::Output>;
  static constexpr std::string_view transaction = "mesh.object";
  static constexpr std::string_view summary = "Doubt a job's receipt: others run it again";

  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static Result<void> matches(const http::Request& request, const codec::Json& body);
  static void handle(Api& api, http::ExchangePtr exchange) {
    ledger::answer_write<DisputeJob>(api.writer, api, std::move(exchange));
  }
};

}  // namespace icn::mesh::api
