#pragma once

#include "ledger/transaction_type.h"
#include "mesh/job.h"

namespace icn::mesh {

// What of a submission the state decides, for whoever makes it: a transaction or a confirmed effect.
//   J001 (beyond a parameter of the network), J010, open_jobs_max
Result<void> may_submit(const ledger::BlockContext& block, const ledger::View& view, const Did& submitter,
                        const Submission& submission);

// "mesh.submit": the sender asks for a job and locks max_price for it.
//   check      J001
//   precheck   J001 (beyond a parameter of the network), J010, open_jobs_max
//   apply      not_verified, job_exists, J002
struct SubmitJob {
  using Body = Submission;
  struct Output {
    JobId job_id;
    JobStatus status = JobStatus::kSubmitted;
    Escrow escrow;
    static constexpr std::string_view schema_name = "SubmittedJob";
    static constexpr auto fields() {
      using codec::field;
      return described(field("job_id", &Output::job_id, "CID of the canonical job record"),
                       field("status", &Output::status), field("escrow", &Output::escrow));
    }
  };
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

}  // namespace icn::mesh
