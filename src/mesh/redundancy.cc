#include "mesh/redundancy.h"

#include <algorithm>
#include <set>

#include "mesh/bidder_facts.h"
#include "mesh/conduct.h"
#include "mesh/dispute.h"
#include "mesh/errors.h"
#include "mesh/price.h"

namespace icn::mesh {
namespace {

struct ReplicaName {
  JobId job_id;
  std::uint32_t replica = 0;
  static constexpr auto fields() {
    using codec::field;
    return described(field("job", &ReplicaName::job_id), field("replica", &ReplicaName::replica));
  }
};

struct Replica {
  JobId id;
  Job job;
};

bool is_in(const Job& job) { return job.status == JobStatus::kVerifying; }
bool has_end(const Job& job) { return is_in(job) && !job.executor.empty(); }

// What is compared: the result, or how the job failed.
std::string end_of(const Job& job) { return job.code.empty() ? job.result.to_string() : job.code; }

Result<std::vector<Replica>> load_replicas(const ledger::Reader& state, const JobId& group) {
  std::vector<Replica> out;
  ICN_TRY_ASSIGN(first, load_job(state, group));
  const std::uint32_t count = first.submission.redundancy->count;
  out.push_back({group, std::move(first)});
  for (std::uint32_t replica = 2; replica <= count; ++replica) {
    const JobId id = replica_id(group, replica);
    ICN_TRY_ASSIGN(job, load_job(state, id));
    out.push_back({id, std::move(job)});
  }
  return out;
}

// What most say; of several the one whose first replica comes first.
struct Tally {
  const Replica* candidate = nullptr;  // the first that says so; null: nobody has run it to an end
  std::size_t agree = 0;
  bool is_split = false;
};

Tally tally_of(const std::vector<Replica>& replicas) {
  Tally out;
  for (const Replica& each : replicas) {
    if (!has_end(each.job)) continue;
    const auto agree = static_cast<std::size_t>(std::ranges::count_if(replicas, [&](const Replica& other) {
      return has_end(other.job) && end_of(other.job) == end_of(each.job);
    }));
    if (out.candidate != nullptr && end_of(each.job) != end_of(out.candidate->job)) out.is_split = true;
    if (agree > out.agree) out = {&each, agree, out.is_split};
  }
  return out;
}

bool is_accepted(const RedundantRun& asked, std::size_t agree) {
  return asked.kind == RedundancyKind::kFull ? agree == asked.count
                                             : 3 * agree >= 2 * std::size_t{asked.count};
}

// What judges say of the comparison. Somebody's earlier dispute of a claim was about that claim alone.
DisputeState verdict_of(const std::vector<Replica>& replicas) {
  for (const Replica& each : replicas) {
    if (each.job.dispute && !each.job.dispute->by) return each.job.dispute->state;
  }
  return DisputeState::kUndecided;
}

Result<void> freeze(const Step& step, const Did& executor) {
  return kFrozen.put(step.view, executor, {step.block.running_secs() + kFrozenSecs});
}

struct Decision {
  const Replica* paid = nullptr;  // whoever ended as this one is paid; null: nobody
  bool is_accepted = false;
  std::string code;             // why the job has failed
  std::set<std::string> wrong;  // ends that judges refuted
};

std::set<std::string> other_ends(const std::vector<Replica>& replicas, const std::string& right) {
  std::set<std::string> out;
  for (const Replica& each : replicas) {
    if (has_end(each.job) && end_of(each.job) != right) out.insert(end_of(each.job));
  }
  return out;
}

// Why they are too few: they differ, or one was not run to an end.
std::string why_not(const std::vector<Replica>& replicas, const Tally& tally) {
  const auto missing = std::ranges::find_if(replicas, [](const Replica& each) { return !has_end(each.job); });
  return tally.is_split || missing == replicas.end() ? kValidationFailed.code : missing->job.code;
}

Decision decision_of(const std::vector<Replica>& replicas) {
  const RedundantRun& asked = *replicas.front().job.submission.redundancy;
  const Tally tally = tally_of(replicas);
  Decision out;
  out.is_accepted = tally.candidate != nullptr && is_accepted(asked, tally.agree);
  out.paid = tally.candidate;
  if (tally.is_split) {
    const DisputeState state = verdict_of(replicas);
    const std::string candidate = end_of(tally.candidate->job);
    // Found right: paid, whether they are enough or not. Found wrong, or not judged and too few: not.
    if (state == DisputeState::kUpheld || (state != DisputeState::kRejected && !out.is_accepted))
      out.paid = nullptr;
    if (state == DisputeState::kUpheld) out.wrong.insert(candidate);
    if (state == DisputeState::kRejected) out.wrong = other_ends(replicas, candidate);
    if (out.paid == nullptr) out.is_accepted = false;
  }
  out.code = out.is_accepted ? tally.candidate->job.code : why_not(replicas, tally);
  return out;
}

// The first stands for the job: its end is that of them all.
void show_end(const Decision& decision, Job& first) {
  if (decision.paid == nullptr) return;
  const Job& shown = decision.paid->job;
  first.result = shown.result;
  first.receipt = shown.receipt;
  first.fuel_used = shown.fuel_used;
}

Result<void> end_one(const Step& step, const Decision& decision, const Replica& replica) {
  Job job = replica.job;
  const bool is_first = replica.id == job.group;
  const bool is_right = decision.paid != nullptr && has_end(job) && end_of(job) == end_of(decision.paid->job);
  ReplicaEnd end;
  if (is_right) {
    const bool is_result = job.code.empty();
    end.pay = earned(job);
    if (is_result)
      end.hold_secs = static_cast<std::uint64_t>(step.block.parameters->mesh_dispute_window_secs);
    end.status = is_result ? JobStatus::kCompleted : JobStatus::kFailed;
    end.code = job.code;
  } else {
    const bool is_refuted = has_end(job) && decision.wrong.contains(end_of(job));
    end.code = has_end(job) ? kValidationFailed.code : job.code;
    if (is_refuted) {
      ICN_TRY(freeze(step, job.executor));
      ICN_TRY(note_failure(step, replica.id, job));
    }
  }
  end.executor = job.executor;
  if (is_first) {
    end.status = decision.is_accepted && decision.code.empty() ? JobStatus::kCompleted : JobStatus::kFailed;
    end.code = decision.code;
    if (!is_right) show_end(decision, job);
  }
  return end_replica(step, replica.id, job, end);
}

// Those who say what most say are judged by others who run the job again. False: nobody can.
Result<bool> call_judges_of(const Step& step, const std::vector<Replica>& replicas, const Tally& tally) {
  Job job = tally.candidate->job;
  std::vector<Did> parties;
  for (const Replica& each : replicas) {
    if (!each.job.executor.empty()) parties.push_back(each.job.executor);
  }
  return open_check(step, tally.candidate->id, job, parties);
}

Result<void> compare_if_all_are_in(const Step& step, const JobId& group) {
  ICN_TRY_ASSIGN(replicas, load_replicas(step.view, group));
  for (const Replica& each : replicas) {
    if (!is_in(each.job)) return {};
  }
  const Tally tally = tally_of(replicas);
  if (tally.is_split && replicas.front().job.submission.redundancy->determinism) {
    ICN_TRY_ASSIGN(is_called, call_judges_of(step, replicas, tally));
    if (is_called) return {};
  }
  return decide_replicas(step, group);
}

Result<void> park(const Step& step, const JobId& id, const Job& before, Job& job) {
  job.status = JobStatus::kVerifying;
  if (job.due_secs != 0) ICN_TRY(ledger::unschedule(step.view, job.due_secs, kJobDue, id.text()));
  job.due_secs = 0;
  job.timeline.push_back({job.status, step.block.time, job.code});
  tell_status(step, id, job);
  ICN_TRY(kJobs.replace(step.view, id, before, job));
  ICN_TRY(compare_if_all_are_in(step, job.group));
  ICN_TRY_ASSIGN(now, load_job(step.view, id));
  job = std::move(now);
  return {};
}

}  // namespace

JobId replica_id(const JobId& id, std::uint32_t replica) {
  if (replica == 1) return id;
  const Bytes block = codec::encode_block(ReplicaName{id, replica});
  return JobId(codec::Cid::of(codec::kDagCbor, block).to_string());
}

Result<Job> open_replicas(const Step& step, const JobId& id, const Did& submitter,
                          const Submission& submission) {
  ICN_TRY_ASSIGN(first, open_job(step, id, submitter, submission, std::nullopt, {id, 1}));
  for (std::uint32_t replica = 2; replica <= submission.redundancy->count; ++replica)
    ICN_TRY(open_job(step, replica_id(id, replica), submitter, submission, std::nullopt, {id, replica}));
  return first;
}

Result<void> exclude_from_others(const Step& step, const Job& job, const Did& executor) {
  ICN_TRY_ASSIGN(replicas, load_replicas(step.view, job.group));
  for (const Replica& each : replicas) {
    const bool knows = std::ranges::find(each.job.excluded, executor) != each.job.excluded.end();
    if (each.job.replica == job.replica || is_final(each.job.status) || knows) continue;
    Job changed = each.job;
    changed.excluded.push_back(executor);
    ICN_TRY(kJobs.replace(step.view, each.id, each.job, changed));
  }
  return {};
}

Result<void> deliver_replica(const Step& step, const JobId& id, Job& job, const AttemptReport& report) {
  const Job before = job;
  if (job.executor.empty()) {  // its coordinator ran it without bids
    job.executor = report.executor;
    ICN_TRY_ASSIGN(usual, usual_price(step.view, job, id, report.executor, step.block.time));
    job.price = usual;
    ICN_TRY(exclude_from_others(step, job, report.executor));
  }
  job.fuel_used = report.fuel_used;
  job.receipt = report.receipt;
  job.result = report.end == AttemptEnd::kCompleted ? report.result : codec::Cid();
  job.code.clear();
  if (report.end == AttemptEnd::kFailed)
    job.code = report.code.empty() ? kValidationFailed.code : report.code;
  return park(step, id, before, job);
}

Result<void> give_up_replica(const Step& step, const JobId& id, Job& job, const std::string& code) {
  const Job before = job;
  job.code = code;
  job.executor = Did();
  job.price = {};
  job.result = job.receipt = codec::Cid();
  return park(step, id, before, job);
}

Result<void> check_all_open(const ledger::Reader& state, const JobId& group) {
  ICN_TRY_ASSIGN(replicas, load_replicas(state, group));
  for (const Replica& each : replicas) {
    if (each.job.status == JobStatus::kClaimed) return Error(kJobClaimed);
    const bool is_judged = each.job.dispute && each.job.dispute->state == DisputeState::kOpen;
    if (each.job.status == JobStatus::kDisputed || is_judged) return Error(kDisputeOpen);
  }
  return {};
}

Millimana earned(const Job& job) {
  if (!has_end(job)) return {};
  const Millimana price = std::min(job.price, job.submission.max_price);
  return job.code.empty() ? price : failure_pay(price, job.fuel_used, job.submission.fuel);
}

Result<void> cancel_others(const Step& step, const JobId& group) {
  ICN_TRY_ASSIGN(replicas, load_replicas(step.view, group));
  for (Replica& each : replicas) {
    Job& job = each.job;
    if (is_final(job.status)) continue;
    const Millimana pay = earned(job);
    const Did to = pay.value > 0 ? job.executor : job.submitter;
    ICN_TRY(cancel_job(step, each.id, job, pay, to));
  }
  return {};
}

Result<void> decide_replicas(const Step& step, const JobId& group) {
  ICN_TRY_ASSIGN(replicas, load_replicas(step.view, group));
  const Decision decision = decision_of(replicas);
  for (const Replica& each : replicas) ICN_TRY(end_one(step, decision, each));
  return {};
}

Result<bool> is_frozen(const ledger::Reader& state, const Did& executor, std::uint64_t running_secs) {
  ICN_TRY_ASSIGN(frozen, kFrozen.get(state, executor));
  return frozen && frozen->until_secs > running_secs;
}

}  // namespace icn::mesh
