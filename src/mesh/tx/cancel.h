#pragma once

#include "ledger/transaction_type.h"
#include "mesh/job.h"
#include "mesh/progress.h"

namespace icn::mesh {

// Whether the report is of the newest attempt, by who runs that: mesh.cancel takes no other.
bool is_of_running_attempt(const JobId& id, const Job& job, const Progress& progress);

// "mesh.cancel": the submitter ends a job that has no receipt yet. With a progress report signed by the
// executor of the running attempt that executor is paid price * min(percent, elapsed / estimate); else the
// whole lock goes back.
//   precheck   job_not_found, not_submitter, job_ended
//   apply      J005 (the progress report is of another attempt or executor, or not signed by it)
struct CancelJob {
  struct Body {
    JobId job_id;
    std::optional<codec::Cid> reason_cid;
    std::optional<Progress> progress;
    static constexpr auto fields() {
      using codec::field;
      return described(field("job_id", &Body::job_id, "CID"),
                       field("reason_cid", &Body::reason_cid, "block that holds the reason"),
                       field("progress", &Body::progress, "of the running attempt, signed by its executor"));
    }
  };
  struct Output {
    JobId job_id;
    JobStatus status = JobStatus::kCancelled;
    Escrow escrow;
    static constexpr std::string_view schema_name = "CancelledJob";
    static constexpr auto fields() {
      using codec::field;
      return described(field("job_id", &Output::job_id), field("status", &Output::status),
                       field("escrow", &Output::escrow));
    }
  };
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

}  // namespace icn::mesh
