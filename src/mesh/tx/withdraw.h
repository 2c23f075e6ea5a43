#pragma once

#include "ledger/transaction_type.h"
#include "mesh/job.h"

namespace icn::mesh {

inline constexpr std::size_t kWithdrawalsPerTransaction = 64;

// "mesh.withdraw": a coordinator gives up, at no cost to anybody,
//   an attempt whose executor is gone, mesh.withdraw_secs after its assignment and unless that executor has
//   said on the ledger that it runs it: the next attempt begins, without this executor;
//   a job for which nobody offers: it fails with J003 and all goes back.
// A receipt of a withdrawn attempt comes too late: wrong_attempt.
//   outcomes, one an item: retry, settled; job_not_found, not_coordinator, job_ended, wrong_attempt (another
//   attempt or executor), already_assigned, job_claimed, already_started, withdrawn_early
struct WithdrawJobs {
  struct Item {
    JobId job_id;
    std::uint32_t attempt = 1;
    std::optional<Did> executor;  // none: the attempt has none
    static constexpr std::string_view schema_name = "JobWithdrawal";
    static constexpr auto fields() {
      using codec::field;
      return described(field("job_id", &Item::job_id, "CID", {1, 128}),
                       field("attempt", &Item::attempt, "", {1, kAttemptsMax}),
                       field("executor", &Item::executor, "that is gone; absent: nobody has the attempt"));
    }
  };
  struct Body {
    std::vector<Item> withdrawals;
    static constexpr auto fields() {
      return described(codec::field("withdrawals", &Body::withdrawals, "", {1, kWithdrawalsPerTransaction}));
    }
  };
  struct Outcome {
    JobId job_id;
    std::string result;
    JobStatus status = JobStatus::kSubmitted;
    static constexpr std::string_view schema_name = "WithdrawOutcome";
    static constexpr auto fields() {
      using codec::field;
      return described(field("job_id", &Outcome::job_id),
                       field("result", &Outcome::result, "retry, settled, or why it changed nothing"),
                       field("status", &Outcome::status, "of the job"));
    }
  };
  struct Output {
    std::vector<Outcome> outcomes;
    static constexpr std::string_view schema_name = "WithdrawResult";
    static constexpr auto fields() {
      return described(codec::field("outcomes", &Output::outcomes, "in the order of the withdrawals"));
    }
  };
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

}  // namespace icn::mesh
