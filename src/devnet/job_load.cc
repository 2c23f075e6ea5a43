#include "devnet/job_load.h"

#include <thread>

#include "devnet/json_at.h"
#include "devnet/members.h"
#include "mesh/submission.h"

namespace icn::devnet {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kJobPatienceSecs = 30;
constexpr std::uint32_t kClientTimeoutMs = 35'000;
constexpr auto kAskAgain = std::chrono::milliseconds(100);

bool is_final(const std::string& status) {
  return status == "completed" || status == "failed" || status == "cancelled";
}

Cause cause_of(const std::string& status, const std::string& code) {
  if (status == "completed") return Cause::kNone;
  if (code == "J003") return Cause::kNoExecutor;
  if (code == "J004" || code == "J010") return Cause::kTimeout;
  return Cause::kFailed;
}

}  // namespace

Unfinished unfinished(const std::string& last_status) {
  if (last_status.empty()) return {Cause::kNetwork, "no node knew the job within 30 s"};
  if (last_status == "pending") return {Cause::kTimeout, "its submission was in no block after 30 s"};
  return {Cause::kTimeout, "not ended within 30 s: " + last_status};
}

// What one of the jobs in flight works with.
struct JobLoad::Slot {
  std::size_t number = 0;
  std::vector<std::optional<http::Client>> clients;
  SystemRandom random;
  std::size_t submitted = 0;
};

double JobLoad::now_secs() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

JobLoadResult JobLoad::run(const Control& control) {
  start_ = Clock::now();
  control_ = &control;
  std::vector<std::thread> slots;
  for (std::size_t i = 0; i < options_.jobs; ++i) {
    slots.emplace_back([this, i] { run_slot(i); });
  }
  for (std::thread& each : slots) each.join();
  const std::lock_guard lock(mutex_);
  result_.seconds = std::min(now_secs(), options_.duration_secs);
  return std::move(result_);
}

JobLoad::State JobLoad::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

void JobLoad::run_slot(std::size_t number) {
  Slot slot;
  slot.number = number;
  slot.clients.resize(world_.size());
  while (!control_->is_stopping && now_secs() < options_.duration_secs) {
    std::size_t node = (number + slot.submitted) % world_.size();
    for (std::size_t i = 0; i < world_.size() && !world_.is_up(node); ++i) node = (node + 1) % world_.size();
    const mesh::JobSpec& spec = options_.specs[(number + slot.submitted) % options_.specs.size()];
    {
      const std::lock_guard lock(mutex_);
      ++state_.in_flight;
    }
    JobSample sample = run_one(slot, node, spec);
    ++slot.submitted;
    // What was cut short by the end of the program says nothing.
    if (control_->is_stopping) return;
    // A node that refuses at once is not asked as fast as it can answer.
    if (sample.cause != Cause::kNone) std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
}

JobSample JobLoad::run_one(Slot& slot, std::size_t node, const mesh::JobSpec& spec) {
  const bench::Member& member = members_[(slot.number + slot.submitted * options_.jobs) % members_.size()];
  const mesh::Submission submission =
      mesh::submission_of(spec, mesh::spec_block(spec).cid, world_.nodes()[node].did);
  const ledger::Transaction transaction =
      signed_transaction(member, "mesh.submit", codec::to_json(submission), slot.random);
  JobSample sample;
  sample.job = mesh::job_id_of(std::string(World::kNetwork), member.did, transaction.nonce, submission);
  sample.submitted_at = node;
  codec::Json body = codec::to_json(transaction);
  body.set("spec", codec::to_json(spec));
  const std::string text = codec::write_json(body);

  sample.at_secs = now_secs();
  if (!slot.clients[node]) slot.clients[node] = world_.client(node, kClientTimeoutMs);
  const auto answer = slot.clients[node]->post("/mesh/jobs?wait=30", text);
  std::string reason;
  if (answer.ok() && answer->status >= 400) {
    const auto json = codec::parse_json(answer->body);
    const std::string code = json.ok() ? text_at(*json, "code") : std::string();
    sample.cause = code == "J003" ? Cause::kNoExecutor : Cause::kRefused;
    reason = std::to_string(answer->status) + " " + code + ": " +
             (json.ok() ? text_at(*json, "detail") : answer->body.substr(0, 200));
  } else {
    const auto json = answer.ok() ? codec::parse_json(answer->body) : Result<codec::Json>(answer.error());
    const std::string status = json.ok() ? text_at(*json, "status") : std::string();
    if (is_final(status)) {
      sample.cause = cause_of(status, text_at(*json, "code"));
      const std::size_t executor = world_.number_of(Did(text_at(*json, "receipt.executor")));
      if (executor < world_.size()) sample.executor = executor;
      sample.cpu_ms = number_at(*json, "receipt.cpu_ms").value_or(0);
      if (sample.cause != Cause::kNone) {
        reason = status + " " + text_at(*json, "code") + " " + text_at(*json, "receipt.message");
      }
    } else {
      if (!answer.ok()) {
        slot.clients[node].reset();
        reason = answer.error().detail();
      }
      follow(slot, node, sample, status, reason);
    }
  }
  sample.seconds = now_secs() - sample.at_secs;
  add(sample, reason);
  return sample;
}

// Asks for the job, first where it was submitted, until it has ended or patience has. A node that waited for
// its end and answered has told how it stands.
void JobLoad::follow(Slot& slot, std::size_t node, JobSample& sample, std::string last_status,
                     std::string& reason) {
  for (std::size_t tries = 0; now_secs() - sample.at_secs < kJobPatienceSecs; ++tries) {
    if (control_->is_stopping) return;
    if (tries > 0) std::this_thread::sleep_for(kAskAgain);
    // A node that is lost is gone for a while; one that answers is asked again.
    if (!world_.is_up(node) || (!slot.clients[node] && tries > 0)) node = (node + 1) % world_.size();
    if (!slot.clients[node]) slot.clients[node] = world_.client(node, kClientTimeoutMs);
    const auto answer = slot.clients[node]->get("/mesh/jobs/" + sample.job.text());
    if (!answer.ok()) {
      slot.clients[node].reset();
      continue;
    }
    const auto json = codec::parse_json(answer->body);
    if (answer->status != 200 || !json.ok()) continue;
    const std::string status = text_at(*json, "job.status");
    last_status = status;
    if (!is_final(status)) continue;
    sample.cause = cause_of(status, text_at(*json, "job.code"));
    const std::size_t executor = world_.number_of(Did(text_at(*json, "job.executor")));
    if (executor < world_.size()) sample.executor = executor;
    sample.cpu_ms = number_at(*json, "receipt.cpu_ms").value_or(0);
    if (sample.cause != Cause::kNone) reason = status + " " + text_at(*json, "job.code");
    return;
  }
  Unfinished end = unfinished(last_status);
  sample.cause = end.cause;
  if (reason.empty() || end.cause == Cause::kTimeout) reason = std::move(end.reason);
}

void JobLoad::add(JobSample sample, const std::string& reason) {
  const std::lock_guard lock(mutex_);
  --state_.in_flight;
  ++(sample.cause == Cause::kNone ? state_.succeeded : state_.failed);
  if (sample.cause != Cause::kNone && result_.reasons.size() < 100) {
    ++result_.reasons[std::string(codec::enum_name(sample.cause)) + ": " + reason.substr(0, 200)];
  }
  result_.samples.push_back(std::move(sample));
}

}  // namespace icn::devnet
