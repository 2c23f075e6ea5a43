#include "mesh/lifecycle.h"

#include <algorithm>

#include "mesh/bidder_facts.h"
#include "mesh/conduct.h"
#include "mesh/dispute.h"
#include "mesh/errors.h"
#include "mesh/price.h"
#include "mesh/redundancy.h"

namespace icn::mesh {
namespace {

constexpr std::uint64_t kRetryWaitSecsMax = 60;
constexpr std::uint32_t kLongExecutionSecsMax = 86'400;

// Running time at which something must have happened.
std::uint64_t due_of(const ledger::BlockContext& block, const Job& job) {
  const ledger::Parameters& parameters = *block.parameters;
  std::uint64_t wait = job.execution_secs + static_cast<std::uint64_t>(parameters.mesh_receipt_grace_secs);
  if (job.status == JobStatus::kClaimed) return block.running_secs() + kObjectSecs;
  if (job.status == JobStatus::kSubmitted) {
    wait += static_cast<std::uint64_t>(parameters.mesh_assign_secs);
    if (job.not_before > block.time) wait += job.not_before - block.time;
    if (const auto& deadline = job.submission.deadline) {
      wait = std::min<std::uint64_t>(wait, *deadline > block.time ? *deadline - block.time : 0);
    }
  }
  return block.running_secs() + wait;
}

Result<void> reschedule(const Step& step, const JobId& id, Job& job) {
  if (job.due_secs != 0) ICN_TRY(ledger::unschedule(step.view, job.due_secs, kJobDue, id.text()));
  job.due_secs = due_of(step.block, job);
  return ledger::schedule(step.view, step.block, job.due_secs, kJobDue, id.text());
}

void tell(const Step& step, const JobId& id, const Job& job) {
  std::string data = R"({"job_id":")" + id.text() + R"(","status":")";
  data += codec::enum_name(job.status);
  data += R"(","submitter":)";
  codec::append_json_string(data, job.submitter.text());
  data += R"(,"coordinator":)";
  codec::append_json_string(data, job.submission.coordinator.text());
  data += R"(,"attempt":)" + std::to_string(job.attempt);
  if (is_final(job.status)) {
    if (!job.code.empty()) {
      data += R"(,"code":)";
      codec::append_json_string(data, job.code);
    }
    data += R"(,"paid":)" + codec::to_json_text(job.escrow.paid);
    data += R"(,"refunded":)" + codec::to_json_text(job.escrow.refunded);
  }
  data += '}';
  step.events.push_back({std::string(kJobStatusChanged), std::move(data)});
}

Result<void> count_open(const Step& step, const Did& submitter, bool is_new) {
  ICN_TRY_ASSIGN(row, kOpenJobs.get(step.view, submitter));
  const std::uint64_t before = row ? row->count : 0;
  if (is_new) return kOpenJobs.put(step.view, submitter, {before + 1});
  if (before <= 1) return kOpenJobs.erase(step.view, submitter);
  return kOpenJobs.put(step.view, submitter, {before - 1});
}

Result<void> count_end(const Step& step, const Job& job) {
  ICN_TRY_ASSIGN(row, kJobCounts.get(step.view, kJobCountsKey));
  JobCounts counts = row.value_or(JobCounts{});
  if (job.status == JobStatus::kCompleted) ++counts.completed;
  if (job.status == JobStatus::kFailed) ++counts.failed;
  if (job.status == JobStatus::kCancelled) ++counts.cancelled;
  counts.paid += job.escrow.paid;
  return kJobCounts.put(step.view, kJobCountsKey, counts);
}

struct Ending {
  JobStatus status = JobStatus::kFailed;
  std::string code;
  Millimana pay;
  Did to;
  std::uint64_t hold_secs = 0;  // of pay and of the executor's lock
  bool is_lock_halved = false;  // half of the executor's lock is burned
  bool is_decided = false;      // a replica: the others are in
};

Result<void> free_executor_lock(const Step& step, const JobId& id, Job& job, std::uint64_t hold_secs,
                                bool is_halved) {
  if (job.executor_lock.value == 0) return {};
  const Millimana burned = is_halved ? share_of(job.executor_lock, 1, 2) : Millimana{};
  if (burned.value > 0) ICN_TRY(step.books.slash(job.executor, burned, id.text()));
  ICN_TRY(step.books.release(job.executor, job.executor_lock - burned, id.text(), hold_secs));
  job.executor_lock = {};
  return {};
}

// What the job declares to read, as the state is now, unless it was answered for this attempt already.
Result<void> answer_declared(const Step& step, const JobId& id, const Job& job, std::uint32_t attempt) {
  const auto& use = job.submission.ledger_use;
  if (!use || use->reads.empty()) return {};
  ICN_TRY_ASSIGN(known, kReads.get(step.view, id));
  if (known && attempt != 0 && known->attempt == attempt) return {};
  ICN_TRY_ASSIGN(answers, answer_reads(step.view, step.block.time, use->reads));
  return kReads.put(step.view, id, {attempt, std::move(answers)});
}

Result<void> drop_declared(const Step& step, const JobId& id, const Job& job) {
  const auto& use = job.submission.ledger_use;
  if (!use || use->reads.empty()) return {};
  return kReads.erase(step.view, id);
}

void tell_effects(const Step& step, const JobId& id, const Job& job) {
  std::string data = R"({"job_id":")" + id.text() + R"(","submitter":)";
  codec::append_json_string(data, job.submitter.text());
  data += R"(,"executor":)";
  codec::append_json_string(data, job.executor.text());
  data += R"(,"effects_cid":")" + job.effects->cid.to_string() + R"("})";
  step.events.push_back({std::string(kJobEffectsOpened), std::move(data)});
}

// Of a job that has just been settled. What its child jobs may cost stays locked: what came back to the
// submitter, up to the allowance.
Result<void> await_confirmation(const Step& step, const JobId& id, Job& job) {
  if (!job.effects) return {};
  if (job.status != JobStatus::kCompleted) {
    job.effects.reset();
    return {};
  }
  const LedgerUse& use = *job.submission.ledger_use;
  if (is_granted(use.grants, kGrantSubmitJob)) {
    const Millimana held = std::min(job.escrow.refunded, use.allowance->mana_max);
    if (held.value > 0 && step.books.check_available(job.submitter, held).ok()) {
      ICN_TRY(step.books.lock(job.submitter, held, id.text()));
      job.effects->held = held;
    }
  }
  tell_effects(step, id, job);
  job.effects->due_secs = step.block.running_secs() + kConfirmSecs;
  return ledger::schedule(step.view, step.block, job.effects->due_secs, kEffectsDue, id.text());
}

// What the executor got is held: it may be disputed until it is free.
Result<void> hold_end(const Step& step, const JobId& id, Job& job, Millimana lock, std::uint64_t hold_secs) {
  if (hold_secs == 0 || job.escrow.paid.value == 0) return {};
  job.held_until_secs = economics::free_secs_of(step.block.running_secs(), hold_secs);
  job.held_lock = lock;
  return is_replica(job) ? Result<void>() : draw_check(step, id, job);
}

Result<void> end_job(const Step& step, const JobId& id, const Job& before, Job& job, const Ending& ending) {
  if (is_replica(job) && !ending.is_decided) {
    ICN_TRY(free_executor_lock(step, id, job, 0, ending.is_lock_halved));
    ICN_TRY(kJobs.replace(step.view, id, before, job));
    return give_up_replica(step, id, job, ending.code);
  }
  job.status = ending.status;
  job.code = ending.code;
  economics::SettleOrder order;
  order.from = job.submitter;
  order.to = ending.to;
  order.locked = job.escrow.locked;
  order.pay = std::min(ending.pay, job.escrow.locked);
  order.hold_secs = ending.hold_secs;
  order.reference = id.text();
  ICN_TRY_ASSIGN(settlement, step.books.settle(order));
  job.escrow.paid = settlement.paid;
  job.escrow.refunded = settlement.refunded;
  job.escrow.burned = settlement.burned;
  const Millimana lock = job.executor_lock;
  ICN_TRY(free_executor_lock(step, id, job, ending.hold_secs, ending.is_lock_halved));
  if (ending.status == JobStatus::kCompleted) ICN_TRY(note_success(step, id, job, ending.to, ending.pay));
  if (order.pay.value > 0) {
    job.executor = ending.to;
    job.price = order.pay;
  }
  if (job.due_secs != 0) ICN_TRY(ledger::unschedule(step.view, job.due_secs, kJobDue, id.text()));
  job.due_secs = 0;
  ICN_TRY(drop_declared(step, id, job));
  ICN_TRY(hold_end(step, id, job, lock, ending.hold_secs));
  ICN_TRY(await_confirmation(step, id, job));
  job.timeline.push_back({job.status, step.block.time, job.code});
  ICN_TRY(count_open(step, job.submitter, false));
  ICN_TRY(count_end(step, job));
  tell(step, id, job);
  return kJobs.replace(step.view, id, before, job);
}

const char* retry_code(AttemptEnd end) {
  return end == AttemptEnd::kTimedOut ? kTimeout.code : kResourcesExhausted.code;
}

// More of what ran out, as long as the usual price of it stays within max_price.
void raise_limits(const ledger::Parameters& parameters, AttemptEnd end, Job& job) {
  std::uint32_t memory_mb = job.memory_mb;
  std::uint32_t secs = job.execution_secs;
  const auto memory_max = static_cast<std::uint32_t>(parameters.wasm_memory_max_mb);
  const auto secs_max = job.submission.long_running
                            ? kLongExecutionSecsMax
                            : static_cast<std::uint32_t>(parameters.mesh_execution_max_secs);
  if (end == AttemptEnd::kOutOfMemory) memory_mb = std::min(memory_mb * 2, memory_max);
  if (end == AttemptEnd::kTimedOut) secs = std::min(secs + (secs + 1) / 2, secs_max);
  const Millimana price = base_price(job.submission.cpu_cores, memory_mb, secs, kDefaultReputation);
  if (price > job.submission.max_price) return;
  job.memory_mb = std::max(job.memory_mb, memory_mb);
  job.execution_secs = std::max(job.execution_secs, secs);
}

// Why an attempt is followed by another: what the executor reported, no receipt in time, or withdrawn.
enum class Cause { kReported, kLost, kWithdrawn };

std::string_view suffix_of(Cause cause) {
  return cause == Cause::kLost ? "_lost" : cause == Cause::kWithdrawn ? "_withdrawn" : "_retry";
}

// The next attempt, or the end with a full refund.
Result<void> next_attempt(const Step& step, const JobId& id, const Job& before, Job& job, AttemptEnd end,
                          Cause cause) {
  const bool is_lost = cause == Cause::kLost;
  if (is_lost && has_executor(job.status)) ICN_TRY(note_failure(step, id, job));
  if (job.attempt >= kAttemptsMax) {
    Ending ending;
    ending.code = cause == Cause::kReported ? retry_code(end) : kTimeout.code;
    ending.to = job.submitter;
    ending.is_lock_halved = is_lost;
    return end_job(step, id, before, job, ending);
  }
  if (has_executor(job.status)) {
    ICN_TRY(free_executor_lock(step, id, job, 0, is_lost));
    job.excluded.push_back(job.executor);
  }
  // What a claim said was of the attempt that is over.
  job.effects.reset();
  job.result = job.receipt = codec::Cid();
  raise_limits(*step.block.parameters, end, job);
  const std::uint64_t wait =
      std::min<std::uint64_t>(std::uint64_t{1} << (job.attempt - 1), kRetryWaitSecsMax);
  ++job.attempt;
  job.not_before = step.block.time + wait;
  job.status = JobStatus::kSubmitted;
  job.executor = Did();
  job.price = {};
  job.assigned_at = 0;
  job.started_at = 0;
  job.est_secs = 0;
  job.timeline.push_back({job.status, step.block.time,
                          "attempt_" + std::to_string(job.attempt) + std::string(suffix_of(cause))});
  ICN_TRY(answer_declared(step, id, job, 0));
  ICN_TRY(reschedule(step, id, job));
  tell(step, id, job);
  return kJobs.replace(step.view, id, before, job);
}

}  // namespace

Result<Job> load_job(const ledger::Reader& state, const JobId& id) {
  ICN_TRY_ASSIGN(job, kJobs.get(state, id));
  if (!job) return Error(kJobNotFound, "no job " + id.text().substr(0, 100));
  return std::move(*job);
}

Job new_job(const Did& submitter, const Submission& submission, TimestampSecs now) {
  Job job;
  job.submitter = submitter;
  job.submission = submission;
  job.submitted_at = now;
  job.memory_mb = submission.memory_mb;
  job.execution_secs = submission.max_execution_secs;
  job.escrow.locked = submission.max_price;
  job.timeline.push_back({job.status, now, ""});
  return job;
}

Result<Job> open_job(const Step& step, const JobId& id, const Did& submitter, const Submission& submission,
                     const std::optional<JobId>& parent, const Place& place) {
  ICN_TRY(step.books.lock(submitter, submission.max_price, id.text()));
  ICN_TRY_ASSIGN(row, kJobCounts.get(step.view, kJobCountsKey));
  JobCounts counts = row.value_or(JobCounts{});
  Job job = new_job(submitter, submission, step.block.time);
  job.group = place.group;
  job.replica = place.replica;
  job.number = ++counts.submitted;
  job.parent = parent;
  ICN_TRY(kJobCounts.put(step.view, kJobCountsKey, counts));
  ICN_TRY(count_open(step, submitter, true));
  ICN_TRY(answer_declared(step, id, job, 0));
  ICN_TRY(reschedule(step, id, job));
  tell(step, id, job);
  ICN_TRY(kJobs.insert(step.view, id, job));
  return job;
}

Millimana executor_lock_of(const ledger::Parameters& parameters, Millimana price) {
  return share_of(price, static_cast<std::uint64_t>(parameters.mesh_lock_ppm), kPpm);
}

Result<void> assign_job(const Step& step, const JobId& id, Job& job, const Assignment& assignment) {
  const Job before = job;
  job.executor_lock = executor_lock_of(*step.block.parameters, assignment.price);
  ICN_TRY(step.books.lock(assignment.executor, job.executor_lock, id.text()));
  job.status = JobStatus::kAssigned;
  job.executor = assignment.executor;
  job.price = assignment.price;
  job.est_secs = assignment.est_secs;
  job.assigned_at = step.block.time;
  job.timeline.push_back({job.status, step.block.time, ""});
  ICN_TRY(answer_declared(step, id, job, job.attempt));
  ICN_TRY(reschedule(step, id, job));
  tell(step, id, job);
  ICN_TRY(kJobs.replace(step.view, id, before, job));
  return is_replica(job) ? exclude_from_others(step, job, job.executor) : Result<void>();
}

Result<void> end_replica(const Step& step, const JobId& id, Job& job, const ReplicaEnd& end) {
  ICN_TRY_ASSIGN(before, load_job(step.view, id));
  Ending ending;
  ending.status = end.status;
  ending.code = end.code;
  ending.pay = end.pay;
  ending.to = end.executor.empty() ? job.submitter : end.executor;
  ending.hold_secs = end.hold_secs;
  ending.is_decided = true;
  if (end.pay.value > 0 && end.status == JobStatus::kCompleted) ICN_TRY(note_executor(step, end.executor));
  return end_job(step, id, before, job, ending);
}

Result<void> end_attempt(const Step& step, const JobId& id, Job& job, const AttemptReport& report) {
  const Job before = job;
  job.fuel_used = report.fuel_used;
  if (report.end != AttemptEnd::kCompleted && report.end != AttemptEnd::kFailed) {
    return next_attempt(step, id, before, job, report.end, Cause::kReported);
  }
  if (is_replica(job)) return deliver_replica(step, id, job, report);
  Millimana asked = job.price;
  if (!has_executor(job.status)) {
    ICN_TRY_ASSIGN(usual, usual_price(step.view, job, id, report.executor, step.block.time));
    asked = usual;
  }
  const Millimana price = std::min(asked, job.submission.max_price);
  job.receipt = report.receipt;
  Ending ending;
  ending.to = report.executor;
  if (report.end == AttemptEnd::kCompleted) {
    job.result = report.result;
    if (report.effects) {
      job.effects = JobEffects();
      job.effects->cid = *report.effects;
    }
    ending.status = JobStatus::kCompleted;
    ending.pay = price;
    if (!job.dispute)
      ending.hold_secs = static_cast<std::uint64_t>(step.block.parameters->mesh_dispute_window_secs);
    ICN_TRY(note_executor(step, report.executor));
  } else {
    ending.code = report.code.empty() ? kValidationFailed.code : report.code;
    ending.pay = failure_pay(price, report.fuel_used, job.submission.fuel);
  }
  return end_job(step, id, before, job, ending);
}

Result<void> claim_job(const Step& step, const JobId& id, Job& job, const AttemptReport& report) {
  const Job before = job;
  job.fuel_used = report.fuel_used;
  job.receipt = report.receipt;
  job.result = report.result;
  job.code = report.code;
  if (report.effects) {
    job.effects = JobEffects();
    job.effects->cid = *report.effects;
  }
  job.status = JobStatus::kClaimed;
  job.timeline.push_back({job.status, step.block.time, ""});
  ICN_TRY(reschedule(step, id, job));
  tell(step, id, job);
  return kJobs.replace(step.view, id, before, job);
}

Result<void> start_job(const Step& step, const JobId& id, Job& job) {
  const Job before = job;
  job.started_at = step.block.time;
  return kJobs.replace(step.view, id, before, job);
}

Result<void> withdraw_job(const Step& step, const JobId& id, Job& job) {
  const Job before = job;
  if (has_executor(job.status)) {
    return next_attempt(step, id, before, job, AttemptEnd::kUnavailable, Cause::kWithdrawn);
  }
  Ending ending;
  ending.code = kNoExecutor.code;
  ending.to = job.submitter;
  return end_job(step, id, before, job, ending);
}

Result<void> reschedule_job(const Step& step, const JobId& id, Job& job) { return reschedule(step, id, job); }
void tell_status(const Step& step, const JobId& id, const Job& job) { tell(step, id, job); }
Result<void> count_reopened(const Step& step, const JobId&, const Job& job) {
  ICN_TRY_ASSIGN(row, kJobCounts.get(step.view, kJobCountsKey));
  JobCounts counts = row.value_or(JobCounts{});
  --counts.completed;
  counts.paid -= job.escrow.paid;
  ICN_TRY(kJobCounts.put(step.view, kJobCountsKey, counts));
  return count_open(step, job.submitter, true);
}

Result<void> count_closed(const Step& step, const JobId& id, Job& job) {
  if (job.due_secs != 0) ICN_TRY(ledger::unschedule(step.view, job.due_secs, kJobDue, id.text()));
  job.due_secs = 0;
  ICN_TRY(count_open(step, job.submitter, false));
  ICN_TRY(count_end(step, job));
  tell(step, id, job);
  return {};
}

Result<void> refuse_claim(const Step& step, const JobId& id, Job& job,
                          const std::function<Result<void>(Millimana)>& end_lock) {
  const Job before = job;
  ICN_TRY(end_lock(job.executor_lock));
  job.executor_lock = {};
  Ending ending;
  ending.code = kValidationFailed.code;
  ending.to = job.submitter;
  return end_job(step, id, before, job, ending);
}

AttemptReport claimed_report(const Job& job) {
  AttemptReport report;
  report.end = job.code.empty() ? AttemptEnd::kCompleted : AttemptEnd::kFailed;
  report.executor = job.executor;
  report.fuel_used = job.fuel_used;
  report.result = job.result;
  report.receipt = job.receipt;
  report.code = job.code;
  if (job.effects) report.effects = job.effects->cid;
  return report;
}

Result<void> end_effects(const Step& step, const JobId& id, Job& job, EffectsState state) {
  JobEffects& effects = *job.effects;
  if (effects.held.value > 0) ICN_TRY(step.books.release(job.submitter, effects.held, id.text()));
  ICN_TRY(ledger::unschedule(step.view, effects.due_secs, kEffectsDue, id.text()));
  effects.held = {};
  effects.due_secs = 0;
  effects.state = state;
  effects.ended_at = step.block.time;
  return {};
}

Result<void> run_effects_due(const ledger::BlockContext& block, const std::string& text, ledger::View& view,
                             std::vector<ledger::Event>& events) {
  const JobId id(text);
  ICN_TRY_ASSIGN(job, load_job(view, id));
  if (!job.effects || job.effects->due_secs == 0) return {};
  economics::Books books(block, view, &events);
  const Job before = job;
  ICN_TRY(end_effects({block, view, books, events}, id, job, EffectsState::kLapsed));
  ICN_TRY(kJobs.replace(view, id, before, job));
  return books.finish();
}

Result<void> cancel_job(const Step& step, const JobId& id, Job& job, Millimana pay, const Did& to) {
  const Job before = job;
  Ending ending;
  ending.is_decided = true;
  ending.status = JobStatus::kCancelled;
  ending.pay = pay;
  ending.to = to.empty() ? job.submitter : to;
  return end_job(step, id, before, job, ending);
}

Result<void> run_job_due(const ledger::BlockContext& block, const std::string& text, ledger::View& view,
                         std::vector<ledger::Event>& events) {
  const JobId id(text);
  ICN_TRY_ASSIGN(job, load_job(view, id));
  if (is_final(job.status)) return {};
  economics::Books books(block, view, &events);
  const Step step{block, view, books, events};
  const Job before = job;
  if (job.status == JobStatus::kClaimed) {
    ICN_TRY(end_attempt(step, id, job, claimed_report(job)));
    return books.finish();
  }
  if (job.status == JobStatus::kDisputed || job.status == JobStatus::kVerifying) {
    ICN_TRY(decide_late(step, id, job));
    return books.finish();
  }
  if (job.status == JobStatus::kAssigned) {
    ICN_TRY(next_attempt(step, id, before, job, AttemptEnd::kUnavailable, Cause::kLost));
    return books.finish();
  }
  const auto& deadline = job.submission.deadline;
  const bool is_late = deadline && *deadline <= block.time;
  Ending ending;
  ending.code = is_late ? kDeadlinePassed.code : kNoExecutor.code;
  ending.to = job.submitter;
  ICN_TRY(end_job(step, id, before, job, ending));
  return books.finish();
}

}  // namespace icn::mesh
