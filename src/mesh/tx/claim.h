#pragma once

#include "mesh/tx/settle.h"

namespace icn::mesh {

// "mesh.claim": an executor whose coordinator does not take its receipts shows them to the ledger. A run that
// came to an end of the job's own is paid kObjectSecs later, unless the coordinator settles it before; one
// that did not (timed_out, out_of_memory, unavailable) begins the next attempt at once.
//   check   J005
//   outcomes, one a receipt: claimed, retry; job_not_found, job_ended, wrong_attempt, J005 (not the assigned
//   executor), job_claimed
struct ClaimPay {
  struct Body {
    std::vector<ReceiptClaim> receipts;
    static constexpr auto fields() {
      return described(codec::field("receipts", &Body::receipts, "", {1, kReceiptsPerSettle}));
    }
  };
  using Output = SettleJobs::Output;
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

}  // namespace icn::mesh
