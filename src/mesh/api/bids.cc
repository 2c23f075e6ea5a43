#include "mesh/api/bids.h"

#include "base/errors.h"
#include "mesh/errors.h"

namespace icn::mesh::api {

void ListBids::handle(const Api& api, const http::Call&, Input input, http::Reply<Output> reply) {
  const auto job = find_job(api, input.id);
  if (!job.ok()) return reply(job.error());
  Output output;
  output.attempt = job->attempt;
  const auto store = api.ledger.store();
  if (!store.ok()) return reply(store.error());
  auto judged = kBids.get(**store, {input.id, job->attempt});
  if (!judged.ok()) return reply(judged.error());
  if (*judged) output.judged = std::move((*judged)->bids);
  Market* const market = api.service.market();
  if (market == nullptr || job->status != JobStatus::kSubmitted) return reply(std::move(output));
  api.service.loop().post([market, id = input.id, output = std::move(output), reply]() mutable {
    output.open = market->bids(id);
    reply(std::move(output));
  });
}

void SubmitBid::handle(const Api& api, const http::Call&, Input input, http::Reply<Output> reply) {
  if (input.bid.job_id != input.id) {
    return reply(Error(errors::kMalformed, "bid.job_id: is of another job than the path"));
  }
  const auto job = find_job(api, input.id);
  if (!job.ok()) return reply(job.error());
  const auto refuse = [&](const Error& error) { reply(Output{false, error.detail()}); };
  if (job->submission.coordinator != api.service.node().did) {
    return refuse(Error(kNotCoordinator, "the coordinator is " + job->submission.coordinator.text()));
  }
  if (is_final(job->status)) return refuse(Error(kJobEnded));
  if (has_executor(job->status)) return refuse(Error(kAlreadyAssigned));
  Market* const market = api.service.market();
  if (market == nullptr)
    return refuse(Error(kNoExecutor, "this node takes no part in the market (p2p.enabled)"));
  api.service.loop().post([market, bid = std::move(input.bid), reply]() mutable {
    const auto taken = market->bid(std::move(bid));
    reply(Output{taken.ok(), taken.ok() ? "" : std::string(taken.error().detail())});
  });
}

}  // namespace icn::mesh::api
