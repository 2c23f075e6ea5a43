#include "mesh/api/market.h"

#include "mesh/price.h"
#include "mesh/signers.h"

namespace icn::mesh::api {
namespace {

constexpr std::uint32_t kFactorMinPpm = 900'000;
constexpr std::uint32_t kFactorMaxPpm = 1'100'000;
constexpr std::uint64_t kLongRunningMs = 60'000;

}  // namespace

Result<EstimateJob::Output> EstimateJob::handle(const Api& api, const http::Call&, const Input& input) {
  Output output;
  const JobSpec& spec = input.spec;
  const Millimana base = base_price(spec.resources.cpu_cores, spec.resources.memory_mb,
                                    spec.max_execution_secs, kDefaultReputation);
  output.price_min = price_at(base, kFactorMinPpm);
  output.price_max = price_at(base, kFactorMaxPpm);
  JobSpec priced = spec;
  if (priced.max_price.value == 0) priced.max_price = output.price_max;
  if (auto valid = validate_spec(priced, api.ledger.published()->parameters); !valid.ok()) {
    output.problems.push_back(valid.error().detail());
  }
  if (spec.max_price.value != 0 && spec.max_price < output.price_min) {
    output.problems.push_back("max_price is below what an executor usually asks");
  }
  const ServiceStats stats = api.service.stats();
  const std::size_t others = api.service.market() != nullptr ? api.service.market()->executors().size() : 0;
  const auto executors = static_cast<std::uint32_t>(others + (stats.workers > 0 ? 1 : 0));
  if (executors == 0) output.problems.push_back("no node is known that runs jobs");
  if (output.problems.empty()) output.eligible_executors = executors;
  if (stats.workers > 0) output.wait_secs = stats.queued * stats.mean_run_ms / stats.workers / 1'000;
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
  const std::uint64_t now_ms = api.clock.now_ms();
  for (const auto& running : api.service.all_running()) {
    if (now_ms > running->started_ms() + kLongRunningMs) ++output.long_running;
  }
  return output;
}

Result<ListExecutors::Output> ListExecutors::handle(const Api& api, const http::Call&, const Input&) {
  Output page;
  const ServiceStats stats = api.service.stats();
  if (stats.workers > 0) {
    page.items.push_back({api.service.node().did, stats.workers, stats.running, stats.queued, stats.queue_max,
                          kinds_run(), plain_price(), api.clock.now_secs()});
  }
  if (api.service.market() == nullptr) return page;
  for (const auto& [executor, entry] : api.service.market()->executors().entries()) {
    const network::ExecutorOffer& offer = entry.offer;
    page.items.push_back({executor, offer.workers, offer.running, offer.queued, offer.queue_max, offer.kinds,
                          offer.price, entry.heard_ms / 1'000});
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
