#include "mesh/market/receptions.h"

#include <algorithm>

#include "mesh/content.h"
#include "mesh/errors.h"

namespace icn::mesh {
namespace {

constexpr std::size_t kBlocksMax = 4'096;

// The claim is what the ledger settles by, the receipt what people read: they must say the same.
bool agree(const ReceiptClaim& claim, const Receipt& receipt, const Job& job) {
  return receipt.job_id == claim.job_id && receipt.attempt == claim.attempt &&
         receipt.executor == claim.executor && receipt.manifest_cid == job.submission.manifest_cid &&
         receipt.end == claim.end && receipt.fuel_used == claim.fuel_used && receipt.code == claim.code &&
         receipt.success == (claim.end == AttemptEnd::kCompleted) &&
         (!claim.result_cid || receipt.result_cid == claim.result_cid) &&
         (!receipt.success || receipt.effects_cid == claim.effects_cid);
}

}  // namespace

struct Receptions::Reception {
  std::shared_ptr<FinishedAttempt> attempt;
  Did executor;
  std::vector<codec::Cid> missing;
  std::uint64_t bytes = 0;
  bool is_handed_on = false;

  const dag::NewBlock* find(const codec::Cid& cid) const {
    const auto found = std::ranges::find(attempt->blocks, cid, &dag::NewBlock::cid);
    return found == attempt->blocks.end() ? nullptr : &*found;
  }
  Result<void> add(const codec::Cid& cid, Bytes bytes_of_it) {
    ICN_TRY_ASSIGN(block, dag::verify_block(cid, std::move(bytes_of_it)));
    bytes += block.bytes.size();
    if (bytes > kInputBytesMax) return Error(kValidationFailed, "the result is too large");
    attempt->blocks.push_back(std::move(block));
    return {};
  }
  // Every root the receipt names can be read to its end from the blocks that came.
  Result<void> check_whole() const {
    const LoadBlock load = [this](const codec::Cid& cid) -> Result<Bytes> {
      const dag::NewBlock* block = find(cid);
      if (block == nullptr) return Error(kValidationFailed, "block " + cid.to_string() + " is missing");
      return block->bytes;
    };
    const Receipt& receipt = attempt->receipt;
    for (const auto* root :
         {&receipt.result_cid, &receipt.logs_cid, &receipt.reads_cid, &receipt.effects_cid}) {
      if (*root) ICN_TRY(read_content(**root, load, kInputBytesMax));
    }
    return {};
  }
};

Result<std::shared_ptr<Receptions::Reception>> Receptions::check(ResultReport& report) const {
  const ReceiptClaim& claim = report.claim;
  ICN_TRY_ASSIGN(job, around_.find_job(claim.job_id));
  // The executor's node may be a block ahead of this one, and that block may hold submission and assignment.
  if (!job) return Error(kNotAssigned);
  if (job->submission.coordinator != around_.node.did) return Error(kNotCoordinator);
  if (is_final(job->status) || job->status == JobStatus::kVerifying) return Error(kJobEnded);
  const bool is_ahead =
      claim.attempt > job->attempt || (claim.attempt == job->attempt && job->status == JobStatus::kSubmitted);
  if (is_ahead) return Error(kNotAssigned);
  if (job->attempt != claim.attempt) return Error(kWrongAttempt);
  if (!claim.executor || *claim.executor != job->executor || !claim.key || !claim.signature) {
    return Error(kValidationFailed, "not signed by the executor of this attempt");
  }
  ICN_TRY(around_.check_signature(*claim.executor, *claim.key, claim_signing_bytes(claim), *claim.signature));

  auto reception = std::make_shared<Reception>();
  reception->executor = *claim.executor;
  reception->attempt = std::make_shared<FinishedAttempt>();
  FinishedAttempt& attempt = *reception->attempt;
  attempt.id = claim.job_id;
  attempt.submitter = job->submitter;
  attempt.claim = claim;
  if (report.blocks.size() + report.others.size() > kBlocksMax) {
    return Error(kValidationFailed, "too many blocks");
  }
  for (CarriedBlock& block : report.blocks) ICN_TRY(reception->add(block.cid, std::move(block.bytes)));
  const dag::NewBlock* held = reception->find(claim.receipt_cid);
  if (held == nullptr) return Error(kValidationFailed, "the receipt's block is missing");
  ICN_TRY_ASSIGN(receipt, codec::decode_block<Receipt>(held->bytes));
  if (!agree(claim, receipt, *job)) return Error(kValidationFailed, "the receipt says something else");
  ICN_TRY(around_.check_signature(receipt.executor, receipt.key, receipt_signing_bytes(receipt),
                                  receipt.signature));
  attempt.wall_ns = receipt.wall_ms * 1'000'000;
  attempt.receipt = std::move(receipt);
  reception->missing = std::move(report.others);
  return reception;
}

std::string Receptions::take(ResultReport report) {
  const JobId id = report.claim.job_id;
  const auto known = open_.find(id);
  if (known != open_.end() && known->second->attempt->claim.receipt_cid == report.claim.receipt_cid)
    return "";
  auto checked = check(report);
  if (!checked.ok()) {
    const auto category = checked.error().category();
    const bool is_ours = category == Category::kConflict || category == Category::kNotFound ||
                         category == Category::kUnavailable || category == Category::kInternal;
    return std::string(is_ours ? checked.error().code() : kValidationFailed.code);
  }
  open_[id] = *checked;
  fetch_more(*checked);
  return "";
}

void Receptions::forget_before(const JobId& id, std::uint32_t attempt) {
  const auto found = open_.find(id);
  if (found != open_.end() && found->second->attempt->claim.attempt < attempt) open_.erase(found);
}

void Receptions::fetch_more(const std::shared_ptr<Reception>& reception) {
  if (reception->missing.empty()) return finish(*reception);
  const JobId& id = reception->attempt->id;
  const codec::Cid cid = reception->missing.back();
  MeshRequest request;
  request.block = BlockRequest{id, cid};
  ask(around_, reception->executor, request, [this, reception, cid](Result<MeshAnswer> answer) {
    const JobId& job = reception->attempt->id;
    const auto known = open_.find(job);
    if (known == open_.end() || known->second != reception) return;
    const bool is_there = answer.ok() && answer->block;
    if (!is_there || !reception->add(cid, std::move(*answer->block)).ok()) {
      // The executor reports again while the job is open.
      open_.erase(known);
      return;
    }
    reception->missing.pop_back();
    fetch_more(reception);
  });
}

void Receptions::finish(Reception& reception) {
  FinishedAttempt& attempt = *reception.attempt;
  if (const auto whole = reception.check_whole(); !whole.ok()) {
    if (around_.log) {
      around_.log->warn("job {}: the result of {} is refused: {}", attempt.id.text(),
                        reception.executor.text(), whole.error().detail());
    }
    open_.erase(attempt.id);
    return;
  }
  // The receipt goes last, with links to all it names.
  const auto receipt = std::ranges::find(attempt.blocks, attempt.claim.receipt_cid, &dag::NewBlock::cid);
  receipt->links = links_of(attempt.receipt);
  std::rotate(receipt, receipt + 1, attempt.blocks.end());
  if (attempt.receipt.success) {
    const dag::NewBlock* root = reception.find(*attempt.receipt.result_cid);
    attempt.is_result_here =
        root != nullptr && root->cid.codec() == codec::kRaw && root->bytes.size() <= kInlineResultBytesMax;
    if (attempt.is_result_here) attempt.result = root->bytes;
  }
  around_.settle(reception.attempt);
}

}  // namespace icn::mesh
