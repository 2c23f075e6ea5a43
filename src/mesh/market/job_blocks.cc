#include "mesh/market/job_blocks.h"

#include "dag/errors.h"
#include "mesh/dispute.h"
#include "network/errors.h"

namespace icn::mesh {
namespace {

constexpr std::size_t kSharedJobsMax = 10'000;
constexpr std::size_t kSharedBlocksMax = 10'000;
constexpr std::size_t kSpecsKnownMax = 1'000;
constexpr std::size_t kNamedKnownMax = 100;  // of one spec
constexpr std::uint64_t kEarlyMs = 50;
constexpr std::uint32_t kEarlyTries = 100;
constexpr std::uint64_t kLookMs = 5'000;

}  // namespace

// Module and inputs, by the spec this node has.
std::vector<codec::Cid> JobBlocks::named_blocks(const Job& job) {
  const codec::Cid& manifest = job.submission.manifest_cid;
  std::vector<codec::Cid> out;
  const auto block = around_.load_block(job.submitter, manifest);
  if (!block.ok()) return out;
  if (const auto known = named_.find(manifest); known != named_.end()) return known->second;
  const auto spec = read_spec(*block);
  if (!spec.ok()) return out;
  if (spec->module_cid) out.push_back(*spec->module_cid);
  for (const JobInput& input : spec->inputs) out.push_back(input.cid);
  if (spec->resume_from) out.push_back(*spec->resume_from);
  if (named_.size() >= kSpecsKnownMax) named_.clear();
  if (out.size() <= kNamedKnownMax) named_.emplace(manifest, out);
  return out;
}

// The receipt and what it says of reads and effects: what a judge runs the job again from.
bool JobBlocks::is_of_receipt(const Job& job, const codec::Cid& cid) const {
  if (cid == job.receipt) return true;
  const auto block = around_.load_block(job.submitter, job.receipt);
  const auto receipt = block.ok() ? codec::decode_block<Receipt>(*block) : Result<Receipt>(block.error());
  return receipt.ok() && (receipt->reads_cid == cid || receipt->effects_cid == cid);
}

bool JobBlocks::gather(const Job& job, std::function<void()> done) {
  std::vector<codec::Cid> missing = named_blocks(job);
  std::erase_if(missing, [&](const codec::Cid& cid) {
    return cid.inline_data().has_value() || around_.holds(job.submitter, cid);
  });
  if (missing.empty()) return false;
  const auto left = std::make_shared<std::size_t>(missing.size());
  for (const codec::Cid& cid : missing) {
    around_.fetch_public(cid, [this, cid, left, done](const Result<void>& got) {
      if (!got.ok() && around_.log) around_.log->info("{} is not here and nobody gives it", cid.to_string());
      if (--*left == 0) done();
    });
  }
  return true;
}

// What the executor of a job may see: computed when it first asks.
const std::set<codec::Cid>& JobBlocks::shared_blocks(const JobId& id, const Job& job) {
  const auto known = shared_.find(id);
  if (known != shared_.end()) return known->second;
  if (shared_.size() >= kSharedJobsMax) shared_.clear();
  std::set<codec::Cid>& shared = shared_[id];
  const codec::Cid& manifest = job.submission.manifest_cid;
  shared.insert(manifest);
  std::vector<codec::Cid> next = named_blocks(job);
  while (!next.empty() && shared.size() < kSharedBlocksMax) {
    const codec::Cid cid = next.back();
    next.pop_back();
    if (!shared.insert(cid).second || cid.codec() != codec::kDagPb) continue;
    const auto bytes = around_.load_block(job.submitter, cid);
    if (!bytes.ok()) continue;
    const auto node = dag::trusted_block(cid, *bytes);
    if (node.ok()) next.insert(next.end(), node->links.begin(), node->links.end());
  }
  return shared;
}

std::optional<MeshAnswer> JobBlocks::give(const Did& asker, const BlockRequest& request) {
  const auto job = around_.find_job(request.job_id);
  if (!job.ok()) return std::nullopt;
  const bool is_ours = *job && (*job)->submission.coordinator == around_.node.did;
  MeshAnswer answer;
  answer.is_early = !*job || (is_ours && (*job)->status == JobStatus::kSubmitted) ||
                    (is_ours && !(*job)->receipt.empty() && !(*job)->dispute);
  if (answer.is_early) return answer;
  const bool is_assigned = (*job)->status == JobStatus::kAssigned && (*job)->executor == asker;
  const bool is_judge = is_vote_awaited(**job, asker);
  if (!is_ours || (!is_assigned && !is_judge)) return std::nullopt;
  const bool is_shared = shared_blocks(request.job_id, **job).contains(request.cid) ||
                         (is_judge && is_of_receipt(**job, request.cid));
  if (!is_shared) return std::nullopt;
  if (around_.traces != nullptr) {
    if (std::string trace = around_.traces->of(request.job_id, **job); !trace.empty()) answer.trace = trace;
  }
  auto block = around_.load_block((*job)->submitter, request.cid);
  if (block.ok())
    answer.block = std::move(*block);
  else
    answer.is_block_missing = block.error().category() == Category::kNotFound;
  return answer;
}

void JobBlocks::fetch(const JobId& id, const Did& coordinator, const codec::Cid& cid, Fetched done) {
  if (auto held = cache_.find(coordinator, cid)) return done(std::move(held));
  ask_for(id, coordinator, cid, kEarlyTries, std::move(done));
}

void JobBlocks::ask_for(const JobId& id, const Did& coordinator, const codec::Cid& cid, std::uint32_t tries,
                        Fetched done) {
  MeshRequest request;
  request.block = BlockRequest{id, cid};
  ask(around_, coordinator, request, [this, id, coordinator, cid, tries, done](Result<MeshAnswer> answer) {
    if (!answer.ok()) return done(answer.error());
    if (around_.traces != nullptr && answer->trace) around_.traces->note(id, *answer->trace);
    if (answer->is_early && tries > 0) {
      return around_.later(kEarlyMs, [this, id, coordinator, cid, tries, done] {
        ask_for(id, coordinator, cid, tries - 1, done);
      });
    }
    if (!answer->block) {
      if (answer->is_block_missing) return look_for(coordinator, cid, done);
      return done(Error(network::kUnreachable, "the coordinator could not give " + cid.to_string()));
    }
    auto block = dag::verify_block(cid, std::move(*answer->block));
    if (!block.ok()) {
      if (const auto peer = peer_of(coordinator); peer.ok()) around_.strike(*peer);
      return done(Error(network::kUnreachable, "the coordinator sent other bytes"));
    }
    auto bytes = std::make_shared<const Bytes>(std::move(block->bytes));
    cache_.put(coordinator, cid, bytes);
    done(std::move(bytes));
  });
}

void JobBlocks::look_for(const Did& coordinator, const codec::Cid& cid, Fetched done) {
  around_.transport.fetch_block(cid, kLookMs, [this, coordinator, cid, done](Result<Bytes> got) {
    around_.loop.post([this, coordinator, cid, done, got = std::move(got)]() mutable {
      auto block = got.ok() ? dag::verify_block(cid, std::move(*got)) : Result<dag::NewBlock>(got.error());
      if (!block.ok()) return done(Error(dag::kBlockNotFound, cid.to_string()));
      auto bytes = std::make_shared<const Bytes>(std::move(block->bytes));
      cache_.put(coordinator, cid, bytes);
      done(std::move(bytes));
    });
  });
}

}  // namespace icn::mesh
