#include "mesh/api/market.h"

#include <algorithm>

#include "mesh/lifecycle.h"
#include "mesh/price.h"
#include "mesh/signers.h"

namespace icn::mesh::api {
namespace {

constexpr std::uint32_t kFactorMinPpm = 900'000;
constexpr std::uint32_t kFactorMaxPpm = 1'100'000;
constexpr std::uint64_t kLongRunningMs = 60'000;

struct Candidate {
  Did did;
  network::ExecutorOffer offer;
  TimestampSecs heard_at = 0;
};

// This node's own first.
std::vector<Candidate> candidates(const Api& api) {
  std::vector<Candidate> out;
  network::ExecutorOffer own = api.service.offer();
  if (own.workers > 0) out.push_back({api.service.node().did, std::move(own), api.clock.now_secs()});
  if (api.service.market() == nullptr) return out;
  for (const auto& [executor, entry] : api.service.market()->executors().entries())
    out.push_back({executor, entry.offer, entry.heard_ms / 1'000});
  return out;
}

// What the known executors would ask for a job, and how many of their bids the ledger would take.
struct Answers {
  std::uint32_t eligible = 0;
  std::string refusal;  // of the first that may not run it
  std::optional<Millimana> price_min;
  std::optional<Millimana> price_max;
};

Answers ask_all(const Api& api, const Job& job) {
  const ledger::Parameters parameters = api.ledger.published()->parameters;
  const std::vector<Candidate> known = candidates(api);
  Answers out;
  for (const Candidate& each : known) {
    Bidder bidder = api.service.bidder(job, each.did);
    const Millimana base =
        base_price(job.submission.cpu_cores, job.memory_mb, job.execution_secs, bidder.reputation);
    const Millimana least = price_at(base, kFactorMinPpm);
    // A node alone runs its jobs without bids, which lock something.
    if (known.size() > 1) {
      const Millimana lock = std::max(kBidAvailableMin, executor_lock_of(parameters, least));
      bidder.can_lock = api.service.can_lock(each.did, lock);
    }
    const std::string refusal = refusal_of_offer(job, each.did, each.offer, bidder, parameters);
    if (!refusal.empty()) {
      if (out.refusal.empty()) out.refusal = refusal;
      continue;
    }
    out.price_min = std::min(out.price_min.value_or(least), least);
    const Millimana most = price_at(base, kFactorMaxPpm);
    out.price_max = std::max(out.price_max.value_or(most), most);
    if (least <= job.submission.max_price) ++out.eligible;
  }
  return out;
}

}  // namespace

Result<EstimateJob::Output> EstimateJob::handle(const Api& api, const http::Call&, const Input& input) {
  Output output;
  JobSpec spec = input.spec;
  const Millimana base = base_price(spec.resources.cpu_cores, spec.resources.memory_mb,
                                    spec.max_execution_secs, kDefaultReputation);
  const bool has_max = spec.max_price.value != 0;
  if (!has_max) spec.max_price = price_at(share_of(base, 2, 1), kFactorMaxPpm);  // above what anybody asks
  const auto valid = validate_spec(spec, api.ledger.published()->parameters);
  if (!valid.ok()) output.problems.push_back(valid.error().detail());
  const Did& self = api.service.node().did;
  const Answers answers = ask_all(api, new_job(self, submission_of(spec, {}, self), api.clock.now_secs()));
  output.price_min = answers.price_min.value_or(price_at(base, kFactorMinPpm));
  output.price_max = answers.price_max.value_or(price_at(base, kFactorMaxPpm));
  if (has_max && spec.max_price < output.price_min)
    output.problems.push_back("max_price is below what an executor usually asks");
  if (!answers.price_min) {
    const std::string& why = answers.refusal;
    output.problems.push_back("no known executor would run it" + (why.empty() ? why : ": " + why));
  }
  const bool is_redundant = spec.redundancy.kind != RedundancyKind::kNone;
  if (output.problems.empty() && is_redundant && answers.eligible < spec.redundancy.count) {
    output.problems.push_back(std::to_string(spec.redundancy.count) + " executors are asked for and " +
                              std::to_string(answers.eligible) + " may run it");
  }
  if (valid.ok()) output.eligible_executors = answers.eligible;
  const ServiceStats stats = api.service.stats();
  if (stats.workers > 0)
    output.wait_secs = (stats.owed_ms + stats.queued * stats.mean_turn_ms / stats.workers) / 1'000;
  return output;
}

Result<GetMeshMetrics::Output> GetMeshMetrics::handle(const Api& api, const http::Call&, const Input&) {
  ICN_TRY_ASSIGN(store, api.ledger.store());
  ICN_TRY_ASSIGN(row, kJobCounts.get(*store, kJobCountsKey));
  const JobCounts counts = row.value_or(JobCounts{});
  const ServiceStats stats = api.service.stats();
  Output output;
  output.submitted = counts.submitted;
  output.completed = counts.completed;
  output.failed = counts.failed;
  output.cancelled = counts.cancelled;
  output.active = counts.submitted - counts.completed - counts.failed - counts.cancelled;
  output.paid = counts.paid;
  output.queued = stats.queued;
  output.running = stats.running;
  output.settling = stats.settling;
  output.mean_wait_us = stats.means.wait_us;
  output.mean_run_us = stats.means.run_us;
  output.mean_total_us = stats.means.total_us;
  const std::uint64_t now_ms = api.clock.now_ms();
  for (const auto& running : api.service.all_running()) {
    if (now_ms > running->started_ms() + kLongRunningMs) ++output.long_running;
  }
  return output;
}

Result<ListExecutors::Output> ListExecutors::handle(const Api& api, const http::Call&, const Input&) {
  Output page;
  for (Candidate& each : candidates(api)) {
    network::ExecutorOffer& offer = each.offer;
    Bidder known = api.service.bidder({}, each.did);
    page.items.push_back({each.did, offer.workers, offer.running, offer.queued, offer.queue_max,
                          std::move(offer.kinds), offer.price, each.heard_at, offer.cpu_cores, offer.gpus,
                          std::move(offer.capabilities), std::move(offer.trust_scopes),
                          std::move(known.federations), known.reputation});
  }
  return page;
}

Result<CheckReceipt::Output> CheckReceipt::handle(const Api& api, const http::Call&, const Input& input) {
  Output output;
  ICN_TRY_ASSIGN(store, api.ledger.store());
  const auto valid =
      check_signer(*store, input.executor, input.key, receipt_signing_bytes(input), input.signature);
  output.is_signature_valid = valid.ok();
  ICN_TRY_ASSIGN(job, kJobs.get(*store, input.job_id));
  output.is_known = job.has_value();
  const codec::Cid cid = codec::Cid::of(codec::kDagCbor, codec::encode_block(input));
  output.is_settled = job && job->receipt == cid;
  output.accepted = output.is_signature_valid && output.is_settled;
  if (!output.is_signature_valid)
    output.reason = valid.error().detail();
  else if (!output.is_known)
    output.reason = "the ledger knows no such job";
  else if (!output.is_settled)
    output.reason = "the ledger names another receipt, or none, for this job";
  return output;
}

}  // namespace icn::mesh::api
