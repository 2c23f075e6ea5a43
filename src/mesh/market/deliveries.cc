#include "mesh/market/deliveries.h"

#include <algorithm>

#include "mesh/errors.h"
#include "mesh/tx/claim.h"

namespace icn::mesh {
namespace {

// The claim with the receipt and what else is small; the rest is named.
ResultReport report_of(const FinishedAttempt& attempt) {
  ResultReport report;
  report.claim = attempt.claim;
  std::size_t bytes = 0;
  for (const dag::NewBlock& block : attempt.blocks) {
    const bool is_receipt = block.cid == attempt.claim.receipt_cid;
    if (!is_receipt && bytes + block.bytes.size() > ResultReport::kCarriedBytesMax) {
      report.others.push_back(block.cid);
      continue;
    }
    bytes += block.bytes.size();
    report.blocks.push_back({block.cid, block.bytes});
  }
  return report;
}

bool is_over(const std::string& verdict) {
  return verdict == kJobEnded.code || verdict == kWrongAttempt.code || verdict == kJobNotFound.code;
}

}  // namespace

Deliveries::Deliveries(MarketSurroundings& around)
    : around_(around),
      outboxes_([this](const Did& coordinator, std::deque<JobId>& waiting, std::function<void()> done) {
        return send_some(coordinator, waiting, std::move(done));
      }) {}

void Deliveries::add(std::shared_ptr<const FinishedAttempt> attempt, const Did& coordinator) {
  const JobId id = attempt->id;
  const std::uint32_t number = attempt->claim.attempt;
  open_[id] = {std::move(attempt), coordinator, false};
  send_again(id);
  around_.later(kPatienceMs, [this, id, number] { look_after(id, number); });
}

bool Deliveries::has(const AttemptName& name) const {
  const auto found = open_.find(name.job_id);
  return found != open_.end() && found->second.attempt->claim.attempt == name.attempt;
}

std::optional<MeshAnswer> Deliveries::give(const Did& asker, const BlockRequest& request) const {
  const auto found = open_.find(request.job_id);
  if (found == open_.end() || found->second.coordinator != asker) return std::nullopt;
  const auto& blocks = found->second.attempt->blocks;
  const auto block = std::ranges::find(blocks, request.cid, &dag::NewBlock::cid);
  if (block == blocks.end()) return std::nullopt;
  MeshAnswer answer;
  answer.block = block->bytes;
  return answer;
}

bool Deliveries::send_some(const Did& coordinator, std::deque<JobId>& waiting, std::function<void()> done) {
  MeshRequest request;
  request.results.emplace();
  std::vector<JobId> sent;
  std::size_t bytes = 0;
  while (!waiting.empty() && sent.size() < kReportsPerRequest && bytes < kRequestBytesMax) {
    const JobId id = waiting.front();
    waiting.pop_front();
    const auto found = open_.find(id);
    if (found == open_.end()) continue;
    request.results->push_back(report_of(*found->second.attempt));
    for (const CarriedBlock& block : request.results->back().blocks) bytes += block.bytes.size();
    sent.push_back(id);
  }
  if (sent.empty()) return false;
  ask(around_, coordinator, request, [this, sent, done = std::move(done)](const Result<MeshAnswer>& answer) {
    on_answer(sent, answer);
    done();
  });
  return true;
}

void Deliveries::on_answer(const std::vector<JobId>& sent, const Result<MeshAnswer>& answer) {
  if (!answer.ok() || !answer->verdicts) return;
  for (std::size_t i = 0; i < sent.size() && i < answer->verdicts->size(); ++i) {
    const auto found = open_.find(sent[i]);
    if (found == open_.end()) continue;
    const std::string& verdict = (*answer->verdicts)[i];
    found->second.is_taken = verdict.empty();
    if (verdict == kNotAssigned.code) {
      around_.later(kAheadMs, [this, id = sent[i]] { send_again(id); });
    } else if (is_over(verdict)) {
      open_.erase(found);
    }
  }
}

void Deliveries::look_after(const JobId& id, std::uint32_t attempt) {
  if (!has({id, attempt})) return;
  Delivery& delivery = open_.at(id);
  if (!delivery.is_taken) return claim(id);
  // Taken and not settled yet: once more, and if it no longer knows of it, a claim.
  delivery.is_taken = false;
  send_again(id);
  around_.later(2 * kPatienceMs, [this, id, attempt] { look_after(id, attempt); });
}

void Deliveries::send_again(const JobId& id) {
  const auto found = open_.find(id);
  if (found == open_.end()) return;
  outboxes_.add(found->second.coordinator, id);
}

void Deliveries::claim(const JobId& id) {
  const auto& attempt = open_.at(id).attempt;
  const std::uint32_t number = attempt->claim.attempt;
  if (around_.log)
    around_.log->info("job {}: its coordinator does not take the receipt; claiming", id.text());
  around_.submit("mesh.claim", codec::to_json(ClaimPay::Body{{attempt->claim}}),
                 [this, id, number](const Result<codec::Json>& answer) {
                   // Nothing was decided: the node may be cut off just now.
                   if (!answer.ok()) {
                     around_.later(2 * kPatienceMs, [this, id, number] { look_after(id, number); });
                   } else {
                     insist(id, number);
                   }
                 });
}

// The pay is safe; the result is still to come to its coordinator, if that comes back before the end.
void Deliveries::insist(const JobId& id, std::uint32_t attempt) {
  around_.later(2 * kPatienceMs, [this, id, attempt] {
    if (!has({id, attempt})) return;
    send_again(id);
    insist(id, attempt);
  });
}

}  // namespace icn::mesh
