#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "economics/books.h"
#include "ledger/due.h"
#include "mesh/tables.h"

// The transitions of a job on the ledger and the money that moves with them. Every one is one atomic step; a
// job that has ended never changes again, and an attempt ends once. Source: domain.md 7, design.md 6.
// Thread: the ledger's writer.
namespace icn::mesh {

// Event type: {job_id, status, submitter, coordinator, attempt, code?, paid?, refunded?}.
inline constexpr std::string_view kJobStatusChanged = "JobStatusChanged";
// Event type, when a completed job asks something of the ledger: {job_id, submitter, executor, effects_cid}.
inline constexpr std::string_view kJobEffectsOpened = "JobEffectsOpened";
inline constexpr std::string_view kJobEffectsApplied = "JobEffectsApplied";  // {job_id}
// Kind of the one due row a job has until it ends.
inline constexpr std::string_view kJobDue = "mesh.job";
// Kind of the due row of open effects.
inline constexpr std::string_view kEffectsDue = "mesh.effects";

// What a transition works on. The caller finishes the books.
struct Step {
  const ledger::BlockContext& block;
  ledger::View& view;
  economics::Books& books;
  std::vector<ledger::Event>& events;
};

// job_not_found
Result<Job> load_job(const ledger::Reader& state, const JobId& id);

// A new job as the ledger will hold it; its number and its due row come with its block.
Job new_job(const Did& submitter, const Submission& submission, TimestampSecs now);
// Which replica of which job (redundancy.h); empty: a job of its own.
struct Place {
  JobId group;
  std::uint32_t replica = 0;
};
// Locks max_price, answers the declared reads and writes the new job; `parent`: the job that asked for it.
// exceeds_balance.
Result<Job> open_job(const Step& step, const JobId& id, const Did& submitter, const Submission& submission,
                     const std::optional<JobId>& parent = {}, const Place& place = {});

// The winner's share of the price that is locked at assignment.
Millimana executor_lock_of(const ledger::Parameters& parameters, Millimana price);

struct Assignment {
  Did executor;
  Millimana price;
  std::uint32_t est_secs = 0;
};
Result<void> assign_job(const Step& step, const JobId& id, Job& job, const Assignment& assignment);

// The end of one attempt, as its executor reported it.
struct AttemptReport {
  AttemptEnd end = AttemptEnd::kCompleted;
  Did executor;
  std::uint64_t fuel_used = 0;
  codec::Cid result;
  codec::Cid receipt;
  std::string code;  // of a failure
  std::optional<codec::Cid> effects;
};
// As a claimed or disputed job keeps it.
AttemptReport claimed_report(const Job& job);
// Completed: price to the executor, the rest back, both pay and the executor's lock held for the dispute
// window. Failed by the job's fault: failure_pay(). Else the next attempt, or after the last a full refund.
Result<void> end_attempt(const Step& step, const JobId& id, Job& job, const AttemptReport& report);

// The executor shows its report to the ledger, since its coordinator did not take it: paid kObjectSecs later.
inline constexpr std::uint64_t kObjectSecs = 30;
Result<void> claim_job(const Step& step, const JobId& id, Job& job, const AttemptReport& report);

// The executor says on the ledger that it runs the attempt: withdraw_job() is over for it.
Result<void> start_job(const Step& step, const JobId& id, Job& job);

// What the coordinator gives up, at no cost to anybody. An attempt whose executor is gone: its lock is free,
// it is excluded, the next attempt begins (after the last: full refund). A job for which nobody offers: full
// refund.
Result<void> withdraw_job(const Step& step, const JobId& id, Job& job);

// Of a settled job, open: kConfirmSecs after the settlement they lapse. Ends them, frees what is held for
// them and erases their due row; changes `job` alone.
inline constexpr std::uint64_t kConfirmSecs = 86'400;
Result<void> end_effects(const Step& step, const JobId& id, Job& job, EffectsState state);

// For redundancy.h: ends a replica that waited for the others.
struct ReplicaEnd {
  JobStatus status = JobStatus::kFailed;
  std::string code;
  Did executor;  // empty: nobody ran it
  Millimana pay;
  std::uint64_t hold_secs = 0;
};
Result<void> end_replica(const Step& step, const JobId& id, Job& job, const ReplicaEnd& end);

// Ends the job for its submitter and pays `pay` to the executor `to`.
Result<void> cancel_job(const Step& step, const JobId& id, Job& job, Millimana pay, const Did& to);

// For dispute.h: moves the due row; tells of the job's status; counts an ended job as open again, and, with
// its due row gone and its status told, as ended.
Result<void> reschedule_job(const Step& step, const JobId& id, Job& job);
void tell_status(const Step& step, const JobId& id, const Job& job);
Result<void> count_reopened(const Step& step, const JobId& id, const Job& job);
Result<void> count_closed(const Step& step, const JobId& id, Job& job);
// The same: ends a claimed job that is refused, with a full refund; `end_lock` ends the executor's lock.
Result<void> refuse_claim(const Step& step, const JobId& id, Job& job,
                          const std::function<Result<void>(Millimana)>& end_lock);

// Nobody confirmed the effects in time.
Result<void> run_effects_due(const ledger::BlockContext& block, const std::string& id, ledger::View& view,
                             std::vector<ledger::Event>& events);
// No receipt, or nobody took it, in time; or a claim that nobody settled sooner.
Result<void> run_job_due(const ledger::BlockContext& block, const std::string& id, ledger::View& view,
                         std::vector<ledger::Event>& events);

}  // namespace icn::mesh
