#include "mesh/tx/assign.h"

#include <algorithm>

#include "base/errors.h"
#include "mesh/errors.h"
#include "mesh/lifecycle.h"
#include "mesh/signers.h"

namespace icn::mesh {
namespace {

Result<void> may_assign(const ledger::ApplyContext& context, const Job& job,
                        const AssignJobs::Assigned& asked) {
  if (job.submission.coordinator != context.sender()) return Error(kNotCoordinator);
  if (is_final(job.status)) return Error(kJobEnded);
  if (job.status == JobStatus::kDisputed || job.status == JobStatus::kVerifying) return Error(kDisputeOpen);
  if (asked.attempt != job.attempt) {
    return Error(kWrongAttempt, "the job is at attempt " + std::to_string(job.attempt));
  }
  if (has_executor(job.status)) return Error(kAlreadyAssigned);
  return {};
}

Result<std::vector<JudgedBid>> judge(const ledger::ApplyContext& context, const ledger::View& view,
                                     economics::Books& books, const Job& job,
                                     const AssignJobs::Assigned& asked, FindAffiliation find) {
  const BidderQuestion question{context.block.network, context.block.time, context.block.running_secs(),
                                find};
  std::vector<SignedText> texts;
  for (const Bid& bid : asked.bids)
    texts.push_back({bid.executor, bid.key, bid_signing_bytes(bid), bid.signature});
  const std::vector<Result<void>> signatures = check_signers(view, texts);
  std::vector<JudgedBid> judged;
  for (std::size_t i = 0; i < asked.bids.size(); ++i) {
    const Bid& bid = asked.bids[i];
    const std::string place = "bids[" + std::to_string(i) + "]";
    for (const JudgedBid& earlier : judged) {
      if (earlier.executor == bid.executor) return Error(kBadBid, place + ": the executor bids twice");
    }
    if (!signatures[i].ok()) return Error(kBadBid, place + ": " + signatures[i].error().detail());
    ICN_TRY_ASSIGN(bidder, load_bidder(view, question, job, bid.executor));
    if (!asked.rtt_ms.empty() && asked.rtt_ms[i] != kNotMeasured)
      bidder.rtt_ms = static_cast<std::uint32_t>(asked.rtt_ms[i]);
    bidder.can_lock =
        books.check_available(bid.executor, executor_lock_of(context.parameters(), bid.price)).ok();
    judged.push_back(judge_bid(asked.job_id, job, bid, bidder, context.block.time));
  }
  return judged;
}

bool is_fault(const Error& error) {
  return error.category() == Category::kInternal || error.category() == Category::kUnavailable;
}

// Judges, and only then changes something: a refusal leaves no trace.
Result<void> assign_one(const Step& step, const ledger::ApplyContext& context,
                        const AssignJobs::Assigned& asked, FindAffiliation find,
                        AssignJobs::Outcome& outcome) {
  ICN_TRY_ASSIGN(job, load_job(step.view, asked.job_id));
  ICN_TRY(may_assign(context, job, asked));
  ICN_TRY_ASSIGN(judged, judge(context, step.view, step.books, job, asked, find));
  const auto best = choose_winner(asked.job_id, job, judged);
  if (!best) return Error(kNoEligibleBid, judged.front().refusal);
  if (judged[*best].executor != asked.winner) {
    return Error(kNotBestBid, "the best bid is of " + judged[*best].executor.text());
  }
  const Assignment assignment{asked.winner, judged[*best].price, judged[*best].est_secs};
  ICN_TRY(assign_job(step, asked.job_id, job, assignment));
  ICN_TRY(kBids.put(step.view, {asked.job_id, asked.attempt}, {judged}));
  outcome.executor = job.executor;
  outcome.price = job.price;
  outcome.locked = job.executor_lock;
  return {};
}

}  // namespace

Result<void> AssignJobs::check(const ledger::Transaction&, const Body& body) {
  for (const Assigned& asked : body.assignments) {
    const bool is_whole = asked.rtt_ms.empty() || asked.rtt_ms.size() == asked.bids.size();
    const bool is_bounded = std::ranges::all_of(
        asked.rtt_ms, [](std::int64_t each) { return each >= kNotMeasured && each <= kRttMsMax; });
    if (!is_whole || !is_bounded)
      return Error(errors::kMalformed,
                   "rtt_ms: must be one an offer, from -1 to " + std::to_string(kRttMsMax));
  }
  return {};
}

Result<void> AssignJobs::precheck(const ledger::ApplyContext&, const Body&, const ledger::View&) {
  return {};
}

Result<AssignJobs::Output> AssignJobs::apply(const ledger::ApplyContext& context, const Body& body,
                                             ledger::View& view) {
  return apply_with(context, body, view, nullptr);
}

Result<AssignJobs::Output> AssignJobs::apply_with(const ledger::ApplyContext& context, const Body& body,
                                                  ledger::View& view, FindAffiliation find) {
  economics::Books books(context.block, view, &context.events);
  const Step step{context.block, view, books, context.events};
  Output output;
  for (const Assigned& asked : body.assignments) {
    Outcome& outcome = output.outcomes.emplace_back();
    outcome.job_id = asked.job_id;
    const auto done = assign_one(step, context, asked, find, outcome);
    if (!done.ok() && is_fault(done.error())) return done.error();
    outcome.result = done.ok() ? "assigned" : done.error().code();
  }
  ICN_TRY(books.finish());
  return output;
}

}  // namespace icn::mesh
