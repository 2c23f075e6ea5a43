#include "mesh/dispute.h"

#include <algorithm>
#include <map>

#include "base/errors.h"
#include "mesh/conduct.h"
#include "mesh/errors.h"
#include "mesh/price.h"
#include "mesh/redundancy.h"

namespace icn::mesh {
namespace {

constexpr std::uint64_t kStakePpm = 100'000;

crypto::Hash lot_of(const Step& step, const JobId& id, const Job& job, std::string_view who) {
  return crypto::sha256(as_bytes(id.text()), as_bytes(job.receipt.to_string()), step.block.previous,
                        as_bytes(who));
}

// Those who may be called.
Result<std::uint64_t> count_executors(const ledger::Reader& state) {
  ICN_TRY_ASSIGN(rows, kExecutorPlaces.scan(state, {.index = {}, .from = {}, .to = {}, .reverse = true}));
  ICN_TRY_ASSIGN(newest, rows.next());
  if (!newest) return std::uint64_t{0};
  std::uint64_t number = 0;
  if (storage::parse_key(rows.key(), number)) return number;
  return Error(storage::kCorrupt, "the place of an executor cannot be read");
}

// The numbers from 1 to `count`, each once, in an order that only the lot decides (Fisher and Yates).
class Lots {
 public:
  Lots(crypto::Hash seed, std::uint64_t count) : seed_(std::move(seed)), count_(count) {}
  bool is_empty() const { return drawn_ == count_; }
  std::uint64_t draw() {
    const std::uint64_t left = count_ - drawn_;
    const crypto::Hash lot = crypto::sha256(ByteView(seed_), as_bytes(std::to_string(drawn_)));
    const std::uint64_t place = drawn_ + read_u64(ByteView(lot).first(8)) % left;
    const std::uint64_t number = at(place);
    moved_[place] = at(drawn_++);
    return number + 1;
  }

 private:
  std::uint64_t at(std::uint64_t place) const {
    const auto found = moved_.find(place);
    return found == moved_.end() ? place : found->second;
  }

  const crypto::Hash seed_;
  const std::uint64_t count_;
  std::uint64_t drawn_ = 0;
  std::map<std::uint64_t, std::uint64_t> moved_;
};

// Drawn from those who take no part in the job; when there is nobody else, from all. Reads no more executors
// than are called and take part: each is drawn once.
Result<std::vector<Did>> call_judges(const Step& step, const JobId& id, const Job& job,
                                     const std::optional<Did>& disputer, std::size_t count_max,
                                     const std::vector<Did>& more_parties = {}) {
  std::vector<Did> others;
  std::vector<Did> parties;
  ICN_TRY_ASSIGN(count, count_executors(step.view));
  Lots lots(lot_of(step, id, job, "judges"), count);
  while (others.size() < count_max && !lots.is_empty()) {
    ICN_TRY_ASSIGN(place, kExecutorPlaces.get(step.view, lots.draw()));
    if (!place) return Error(errors::kInternal, "an executor has no place");
    Did did = std::move(place->executor);
    const bool is_party = did == job.executor || did == job.submitter || did == job.submission.coordinator ||
                          did == disputer || std::ranges::find(more_parties, did) != more_parties.end();
    (is_party ? parties : others).push_back(std::move(did));
  }
  std::vector<Did>& candidates = others.empty() && disputer ? parties : others;
  if (candidates.size() > count_max) candidates.resize(count_max);
  return std::move(candidates);
}

void tell_judges(const Step& step, const JobId& id, const Dispute& dispute) {
  std::string data = R"({"job_id":")" + id.text() + R"(","judges":[)";
  for (std::size_t i = 0; i < dispute.judges.size(); ++i) {
    if (i > 0) data += ',';
    codec::append_json_string(data, dispute.judges[i].text());
  }
  data += ']';
  if (dispute.by) {
    data += R"(,"by":)";
    codec::append_json_string(data, dispute.by->text());
  }
  data += '}';
  step.events.push_back({std::string(kJobDisputed), std::move(data)});
}

std::size_t count_votes(const Dispute& dispute, bool agrees) {
  return static_cast<std::size_t>(std::ranges::count(dispute.votes, agrees, &JudgeVote::agrees));
}

// What the executor has locked beside the price goes to the disputer as far as the stake, the rest is free.
Result<void> reward(const Step& step, const JobId& id, const Job& job, Millimana lock) {
  if (lock.value == 0) return {};
  economics::SettleOrder order;
  order.from = job.executor;
  order.to = *job.dispute->by;
  order.locked = lock;
  order.pay = std::min(job.dispute->stake, lock);
  order.reference = id.text();
  ICN_TRY(step.books.settle(order));
  return {};
}

// The end of what the disputer locked.
Result<void> end_stake(const Step& step, const JobId& id, const Dispute& dispute) {
  if (dispute.state == DisputeState::kRejected) {
    return step.books.slash(*dispute.by, dispute.stake, id.text());
  }
  return step.books.release(*dispute.by, dispute.stake, id.text());
}

// The pay goes back to the submitter; what no longer fits under its ceiling stays with the executor.
Result<void> take_back(const Step& step, const JobId& id, Job& job) {
  economics::SettleOrder order;
  order.from = job.executor;
  order.to = job.submitter;
  order.locked = order.pay = job.escrow.paid;
  order.reference = id.text();
  ICN_TRY_ASSIGN(settlement, step.books.settle(order));
  job.escrow.paid -= settlement.paid;
  job.escrow.refunded += settlement.paid;
  job.code = kValidationFailed.code;
  job.status = JobStatus::kFailed;
  return note_failure(step, id, job);
}

Result<void> close(const Step& step, const JobId& id, const Job& before, Job& job) {
  job.held_until_secs = 0;
  job.held_lock = {};
  job.timeline.push_back({job.status, step.block.time,
                          std::string("dispute_") + std::string(codec::enum_name(job.dispute->state))});
  const bool is_open = job.effects && job.effects->due_secs != 0;
  if (is_open && job.status == JobStatus::kFailed) {
    ICN_TRY(end_effects(step, id, job, EffectsState::kLapsed));
  }
  ICN_TRY(count_closed(step, id, job));
  return kJobs.replace(step.view, id, before, job);
}

Result<void> decide_paid(const Step& step, const JobId& id, const Job& before, Job& job) {
  const Dispute& dispute = *job.dispute;
  job.status = JobStatus::kCompleted;
  if (dispute.state == DisputeState::kUpheld) {
    ICN_TRY(take_back(step, id, job));
    ICN_TRY(reward(step, id, job, job.held_lock));
  } else {
    ICN_TRY(step.books.release(job.executor, job.escrow.paid + job.held_lock, id.text()));
  }
  ICN_TRY(end_stake(step, id, dispute));
  return close(step, id, before, job);
}

// Nobody has staked anything, and nothing was locked for it: only an upheld one moves money.
Result<void> decide_drawn(const Step& step, const JobId& id, const Job& before, Job& job) {
  const bool is_held = job.held_until_secs > step.block.running_secs();
  if (job.dispute->state == DisputeState::kUpheld && !is_held) {
    job.dispute->state = DisputeState::kUndecided;
  }
  if (job.dispute->state != DisputeState::kUpheld) return kJobs.replace(step.view, id, before, job);
  ICN_TRY(step.books.seize(job.executor, job.escrow.paid + job.held_lock, job.held_until_secs, id.text()));
  ICN_TRY(count_reopened(step, id, job));
  ICN_TRY(take_back(step, id, job));
  ICN_TRY(step.books.slash(job.executor, job.held_lock, id.text()));
  return close(step, id, before, job);
}

Result<void> decide_claim(const Step& step, const JobId& id, Job& job) {
  ICN_TRY(end_stake(step, id, *job.dispute));
  if (job.dispute->state != DisputeState::kUpheld) {
    return end_attempt(step, id, job, claimed_report(job));
  }
  ICN_TRY(note_failure(step, id, job));
  return refuse_claim(step, id, job, [&](Millimana lock) { return reward(step, id, job, lock); });
}

Result<void> decide(const Step& step, const JobId& id, const Job& before, Job& job) {
  const std::size_t agree = count_votes(*job.dispute, true);
  const std::size_t differ = count_votes(*job.dispute, false);
  job.dispute->state = differ > agree   ? DisputeState::kUpheld
                       : agree > differ ? DisputeState::kRejected
                                        : DisputeState::kUndecided;
  if (job.status == JobStatus::kVerifying) {
    if (job.due_secs != 0) ICN_TRY(ledger::unschedule(step.view, job.due_secs, kJobDue, id.text()));
    job.due_secs = 0;
    ICN_TRY(kJobs.replace(step.view, id, before, job));
    return decide_replicas(step, job.group);
  }
  if (!job.dispute->by) return decide_drawn(step, id, before, job);
  if (!job.dispute->is_of_claim) return decide_paid(step, id, before, job);
  ICN_TRY(kJobs.replace(step.view, id, before, job));
  return decide_claim(step, id, job);
}

}  // namespace

Result<void> note_executor(const Step& step, const Did& executor) {
  ICN_TRY_ASSIGN(is_known, kExecutors.contains(step.view, executor));
  ICN_TRY_ASSIGN(account, step.books.find(executor));
  if (is_known || account == nullptr || account->stage == economics::Stage::kUnverified) return {};
  ICN_TRY_ASSIGN(count, count_executors(step.view));
  ICN_TRY(kExecutorPlaces.put(step.view, count + 1, {executor}));
  return kExecutors.put(step.view, executor, {step.block.time});
}

Millimana stake_of(const Job& job) { return share_of(job.price, kStakePpm, kPpm); }

Result<void> open_dispute(const Step& step, const JobId& id, Job& job, const Did& by,
                          const std::optional<codec::Cid>& reason) {
  const Job before = job;
  Dispute dispute;
  dispute.by = by;
  dispute.stake = stake_of(job);
  dispute.reason_cid = reason;
  dispute.opened_at = step.block.time;
  dispute.is_of_claim = job.status == JobStatus::kClaimed;
  const auto count_max = static_cast<std::size_t>(step.block.parameters->mesh_judges_max);
  ICN_TRY_ASSIGN(judges, call_judges(step, id, job, by, count_max));
  dispute.judges = std::move(judges);
  ICN_TRY(step.books.lock(by, dispute.stake, id.text()));
  if (!dispute.is_of_claim) {
    ICN_TRY(step.books.seize(job.executor, job.escrow.paid + job.held_lock, job.held_until_secs, id.text()));
    ICN_TRY(count_reopened(step, id, job));
  }
  job.dispute = std::move(dispute);
  job.status = JobStatus::kDisputed;
  job.timeline.push_back({job.status, step.block.time, ""});
  ICN_TRY(reschedule_job(step, id, job));
  tell_status(step, id, job);
  tell_judges(step, id, *job.dispute);
  return kJobs.replace(step.view, id, before, job);
}

Result<void> draw_check(const Step& step, const JobId& id, Job& job) {
  const auto share_ppm = static_cast<std::uint64_t>(step.block.parameters->mesh_sample_ppm);
  if (share_ppm == 0 || job.dispute) return {};
  if (read_u64(ByteView(lot_of(step, id, job, "")).first(8)) % kPpm >= share_ppm) return {};
  ICN_TRY_ASSIGN(judges, call_judges(step, id, job, std::nullopt, kSampleJudgesMax));
  if (judges.empty()) return {};
  job.dispute.emplace();
  job.dispute->opened_at = step.block.time;
  job.dispute->judges = std::move(judges);
  tell_judges(step, id, *job.dispute);
  return {};
}

Result<bool> open_check(const Step& step, const JobId& id, Job& job, const std::vector<Did>& parties) {
  const Job before = job;
  ICN_TRY_ASSIGN(judges, call_judges(step, id, job, std::nullopt, kSampleJudgesMax, parties));
  if (judges.empty()) return false;
  job.dispute.emplace();
  job.dispute->opened_at = step.block.time;
  job.dispute->judges = std::move(judges);
  ICN_TRY(reschedule_job(step, id, job));
  tell_judges(step, id, *job.dispute);
  ICN_TRY(kJobs.replace(step.view, id, before, job));
  return true;
}

bool is_vote_awaited(const Job& job, const Did& judge) {
  if (!job.dispute || job.dispute->state != DisputeState::kOpen) return false;
  return std::ranges::find(job.dispute->judges, judge) != job.dispute->judges.end() &&
         std::ranges::find(job.dispute->votes, judge, &JudgeVote::judge) == job.dispute->votes.end();
}

Result<void> add_vote(const Step& step, const JobId& id, Job& job, const JudgeVote& vote) {
  const Job before = job;
  job.dispute->votes.push_back(vote);
  const Dispute& dispute = *job.dispute;
  const std::size_t majority = dispute.judges.size() / 2 + 1;
  const bool is_over = std::max(count_votes(dispute, true), count_votes(dispute, false)) >= majority ||
                       dispute.votes.size() == dispute.judges.size();
  if (is_over) return decide(step, id, before, job);
  return kJobs.replace(step.view, id, before, job);
}

Result<void> decide_late(const Step& step, const JobId& id, Job& job) {
  const Job before = job;
  return decide(step, id, before, job);
}

}  // namespace icn::mesh
