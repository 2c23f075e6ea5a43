#pragma once

#include "ledger/transaction_type.h"
#include "mesh/job.h"

namespace icn::mesh {

// "mesh.object": somebody doubts a job's receipt and stakes a tenth of its price. Of a completed job anybody
// but its executor may, while the pay is held; of a claim that is not paid yet the coordinator and the
// submitter. Judges are called (dispute.h); a job is disputed once, besides a check that was drawn.
//   precheck   job_not_found, J006 (one is open), not_disputable, not_submitter (of a claim: neither
//              coordinator nor submitter)
//   apply      not_verified, J002 (the stake)
struct ObjectToJob {
  struct Body {
    JobId job_id;
    std::optional<codec::Cid> reason_cid;
    static constexpr auto fields() {
      using codec::field;
      return described(field("job_id", &Body::job_id, "CID", {1, 128}),
                       field("reason_cid", &Body::reason_cid, "block that holds the reason"));
    }
  };
  struct Output {
    JobId job_id;
    JobStatus status = JobStatus::kDisputed;
    Dispute dispute;
    static constexpr std::string_view schema_name = "DisputedJob";
    static constexpr auto fields() {
      using codec::field;
      return described(field("job_id", &Output::job_id), field("status", &Output::status),
                       field("dispute", &Output::dispute));
    }
  };
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

}  // namespace icn::mesh
