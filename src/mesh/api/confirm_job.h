#pragma once

#include "mesh/api/job_view.h"
#include "mesh/tx/confirm.h"

namespace icn::mesh::api {

// GET /mesh/jobs/{id}/effects, for the job's parties. no_effects (409).
struct GetJobEffects {
  struct Input {
    JobId id;
    static constexpr auto fields() { return described(codec::field("id", &Input::id, "job id")); }
  };
  struct Output {
    JobId job_id;
    JobEffects state;
    std::vector<Effect> effects;
    static constexpr std::string_view schema_name = "JobEffectsDetail";
    static constexpr auto fields() {
      using codec::field;
      return described(field("job_id", &Output::job_id), field("state", &Output::state),
                       field("effects", &Output::effects, "in the order the job asked for them"));
    }
  };
  static constexpr std::string_view summary = "What a job asks the ledger to do";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// POST /mesh/jobs/{id}/confirm. The node reads the list and signs for the submitter with a key it keeps; or a
// whole "mesh.confirm" transaction for this job.
struct ConfirmJob {
  struct Input {
    JobId id;
    bool decline = false;
    static constexpr auto fields() {
      return described(codec::field("id", &Input::id, "job id"),
                       codec::defaulted_field("decline", &Input::decline, "end them without effect"));
    }
  };
  using Output = ledger::Written<mesh::ConfirmEffects::Output>;
  static constexpr std::string_view transaction = "mesh.confirm";
  static constexpr std::string_view summary = "Have the ledger do what a job asks for, all or nothing";

  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static Result<void> matches(const http::Request& request, const codec::Json& body);
  static void handle(Api& api, http::ExchangePtr exchange) {
    ledger::answer_write<ConfirmJob>(api.writer, api, std::move(exchange));
  }
};

}  // namespace icn::mesh::api
