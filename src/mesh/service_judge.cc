// The service's work as a judge: runs disputed jobs of others again and says on the ledger what came out.
#include <algorithm>

#include "mesh/dispute.h"
#include "mesh/service_content.h"
#include "mesh/tx/judge.h"
#include "mesh/verify_receipt.h"

namespace icn::mesh {
namespace {

constexpr std::uint32_t kTriesMax = 3;
constexpr std::uint64_t kTryAgainSecs = 2;

// What the ledger settled by is what the receipt says. Limits of the executor's choice would end every re-run
// as the machine had it, and no judge would say anything.
bool is_settled_by(const Job& job, const JobId& id, const Receipt& receipt) {
  const bool is_of_group = receipt.replica_of.value_or(JobId()) == job.group;
  return receipt.job_id == id && is_of_group && receipt.executor == job.executor &&
         receipt.attempt == job.attempt && receipt.manifest_cid == job.submission.manifest_cid &&
         receipt.memory_mb == job.memory_mb && receipt.execution_secs == job.execution_secs &&
         (!job.code.empty() || receipt.result_cid == job.result) &&
         (!job.effects || receipt.effects_cid == job.effects->cid) &&
         receipt.job_clock_secs == job.submitted_at;
}

}  // namespace

void Service::on_disputed(const std::string& data) {
  const auto json = codec::parse_json(data);
  if (!json.ok() || data.find(parts_.node.did.text()) == std::string::npos) return;
  const codec::Json* id = json->find("job_id");
  if (id == nullptr || id->string() == nullptr) return;
  const JobId job_id(*id->string());
  const auto job = find_job(job_id);
  if (job.ok() && *job && is_vote_awaited(**job, parts_.node.did)) enqueue_rerun(job_id, **job, 0);
}

void Service::enqueue_rerun(const JobId& id, const Job& job, std::uint32_t tries) {
  if (options_.workers == 0) return;
  QueuedJob queued;
  queued.id = id;
  queued.attempt = job.attempt;
  queued.number = job.number;
  queued.not_before = tries == 0 ? 0 : parts_.clock.now_secs() + kTryAgainSecs;
  queued.queued_ns = parts_.clock.monotonic_ns();
  queued.account = parts_.node.did;
  queued.is_rerun = true;
  queued.tries = tries;
  queue_.push(std::move(queued));
}

void Service::run_again(const QueuedJob& queued) {
  const auto job = find_job(queued.id);
  if (!job.ok() || !*job || !is_vote_awaited(**job, parts_.node.did)) return;
  const auto running = std::make_shared<RunningJob>(queued.id, queued.attempt, parts_.clock.now_ms(),
                                                    std::uint64_t{(*job)->execution_secs} * 1'000);
  {
    const std::lock_guard lock(mutex_);
    if (is_stopping_ || !running_.emplace(queued.id, running).second) return;
    ++runs_changed_;
  }
  const std::optional<bool> agrees = judge(queued.id, **job, *running);
  {
    const std::lock_guard lock(mutex_);
    running_.erase(queued.id);
    ++runs_changed_;
    if (is_stopping_) return;
  }
  if (!agrees) {
    if (queued.tries + 1 < kTriesMax) enqueue_rerun(queued.id, **job, queued.tries + 1);
    return;
  }
  loop_.post([this, id = queued.id, says = *agrees] {
    submit_own("mesh.judge", codec::to_json(JudgeJobs::Body{{{id, says}}}),
               [this, id](const Result<ledger::Commitment>& done) {
                 if (done.ok() && done->outcome.ok) return;
                 if (parts_.log) parts_.log->warn("job {}: this node's vote was not taken", id.text());
               });
  });
}

// None: this machine cannot tell. What could not be fetched, or ended as the machine had it, is no verdict.
std::optional<bool> Service::judge(const JobId& id, const Job& job, RunningJob& running) {
  bool is_complete = true;
  const LoadBlock load = [&](const codec::Cid& cid) -> Result<Bytes> {
    auto block = content_->load(id, job, cid, [&] { return running.token().is_cancelled(); });
    is_complete = is_complete && block.ok();
    return block;
  };
  const auto block = load(job.receipt);
  const auto receipt = block.ok() ? codec::decode_block<Receipt>(*block) : Result<Receipt>(block.error());
  if (!receipt.ok()) return std::nullopt;
  if (!is_settled_by(job, id, *receipt)) return false;
  const auto verdict = verify_receipt(parts_.engine, *receipt, job.submitter, load, &running.token());
  if (!verdict.ok() || !is_complete || !verdict->is_same_engine) return std::nullopt;
  if (running.token().is_cancelled()) return std::nullopt;
  if (verdict->end != AttemptEnd::kCompleted && verdict->end != AttemptEnd::kFailed) return std::nullopt;
  return verdict->is_same_end && verdict->is_same_result && verdict->is_same_effects;
}

}  // namespace icn::mesh
