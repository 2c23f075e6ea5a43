#include "mesh/api/get_job.h"

#include <algorithm>

#include "base/errors.h"
#include "mesh/redundancy.h"

namespace icn::mesh::api {
namespace {

constexpr std::size_t kRowsMax = 20'000;  // searched for one page or one job

// The rows of one part of an index, newest first, from before `position` on.
struct Lane {
  storage::Rows<Job, storage::RecordCodec<Job>> rows;
  std::optional<Job> job;
  JobId id;

  Result<void> advance() {
    ICN_TRY_ASSIGN(next, rows.next());
    job = std::move(next);
    if (job && !storage::parse_key(rows.key(), id)) {
      return Error(storage::kCorrupt, "the key of a job cannot be read");
    }
    return {};
  }
};

struct Position {
  TimestampSecs submitted_at = 0;
  std::uint64_t number = 0;
};

template <typename... Part>
Result<Lane> open_lane(const storage::Reader& reader, const std::optional<Position>& before,
                       std::size_t index, const Part&... part) {
  storage::ScanRange range = storage::prefix_range(storage::key_of(part...), index, true);
  if (before) range.to = storage::key_of(part..., before->submitted_at, before->number);
  ICN_TRY_ASSIGN(rows, kJobs.scan(reader, range));
  Lane lane{std::move(rows), {}, {}};
  ICN_TRY(lane.advance());
  return lane;
}

Result<Lane> open_list(const storage::Reader& reader, const ListJobs::Input& input,
                       const std::optional<Position>& before) {
  if (input.submitter) return open_lane(reader, before, kJobsBySubmitter, *input.submitter);
  if (input.status) return open_lane(reader, before, kJobsByStatus, static_cast<std::uint8_t>(*input.status));
  return open_lane(reader, before, kJobsByCreation);
}

bool wanted(const ListJobs::Input& input, const Job& job) {
  return (!input.status || job.status == *input.status) &&
         (!input.submitter || job.submitter == *input.submitter) &&
         (!input.executor || job.executor == *input.executor);
}

std::string list_name(const ListJobs::Input& input) {
  std::string name = "mesh_jobs";
  name += input.status ? "|" + std::string(codec::enum_name(*input.status)) : "|";
  name += "|" + (input.submitter ? input.submitter->text() : "");
  name += "|" + (input.executor ? input.executor->text() : "");
  return name + "|" + std::to_string(input.since.value_or(0));
}

Result<std::optional<Position>> position_of(const Api& api, const ListJobs::Input& input) {
  if (!input.cursor) return std::optional<Position>();
  ICN_TRY_ASSIGN(sealed, api.cursors.open(list_name(input), *input.cursor));
  Position position;
  if (!storage::parse_key(sealed, position.submitted_at, position.number)) {
    return Error(errors::kMalformed, "cursor: is not from this list");
  }
  return std::optional<Position>(position);
}

}  // namespace

// Both only grow: the sum stays the same only if neither the jobs nor what runs here has changed. What runs
// here is told to no other node.
http::AnswerVersion ListJobs::answer_version(const Api& api, const http::Request&) {
  const std::uint64_t runs = api.service.runs_changed();
  http::AnswerVersion version = api.ledger.changes().answer(kJobs, 0);
  version.value += runs;
  if (runs != 0) version.place = 0;
  return version;
}

Result<ListJobs::Output> ListJobs::handle(const Api& api, const http::Call&, const Input& input) {
  ICN_TRY_ASSIGN(before, position_of(api, input));
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(lane, open_list(*snapshot, input, before));
  Output page;
  Position last;
  for (std::size_t searched = 0; searched < kRowsMax; ++searched) {
    if (!lane.job) return page;
    const Job& job = *lane.job;
    if (input.since && job.submitted_at < *input.since) return page;
    if (page.items.size() == input.limit) break;
    last = {job.submitted_at, job.number};
    if (wanted(input, job)) page.items.push_back(view_of(api.service, lane.id, job));
    ICN_TRY(lane.advance());
  }
  page.next_cursor = api.cursors.seal(list_name(input), storage::key_of(last.submitted_at, last.number));
  return page;
}

Result<GetJob::Output> GetJob::handle(const Api& api, const http::Call& call, const Input& input) {
  ICN_TRY_ASSIGN(job, find_job(api, input.id));
  Output output;
  output.job = view_of(api.service, input.id, job);
  if (may_read_data(api, call.caller(), job).ok()) {
    const auto block = api.blocks.get(job.submission.manifest_cid);
    if (block.ok()) {
      ICN_TRY_ASSIGN(spec, read_spec(as_bytes((*block)->bytes)));
      output.spec = std::move(spec);
    }
  }
  ICN_TRY_ASSIGN(store, api.ledger.store());
  ICN_TRY_ASSIGN(judged, kBids.get(*store, {input.id, job.attempt}));
  if (judged) output.bids = std::move(judged->bids);
  if (auto receipt = load_receipt(api, job); receipt.ok()) output.receipt = std::move(*receipt);
  output.progress = api.service.signed_progress(input.id);
  if (is_replica(job) && job.group == input.id) {
    output.replicas.emplace();
    for (std::uint32_t replica = 1; replica <= job.submission.redundancy->count; ++replica) {
      const JobId id = replica_id(input.id, replica);
      ICN_TRY_ASSIGN(each, load_job(*store, id));
      output.replicas->push_back(view_of(api.service, id, each));
    }
  }
  return output;
}

Result<GetJobLedger::Output> GetJobLedger::handle(const Api& api, const http::Call&, const Input& input) {
  ICN_TRY_ASSIGN(job, find_job(api, input.id));
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  Output output;
  std::vector<Did> parties{job.submitter};
  if (!job.executor.empty() && job.executor != job.submitter) parties.push_back(job.executor);
  for (const Did& did : parties) {
    ICN_TRY_ASSIGN(
        rows, economics::kEntries.scan(*snapshot, storage::prefix_range(storage::key_of(did), {}, true)));
    for (std::size_t searched = 0;; ++searched) {
      ICN_TRY_ASSIGN(entry, rows.next());
      if (!entry || entry->at < job.submitted_at) break;
      if (searched == kRowsMax) {
        output.is_complete = false;
        break;
      }
      if (entry->reference != input.id.text()) continue;
      for (auto line = entry->lines.rbegin(); line != entry->lines.rend(); ++line) {
        output.items.push_back({did, line->kind, line->amount, entry->balance_after, entry->at});
      }
    }
  }
  std::ranges::reverse(output.items);
  std::ranges::stable_sort(output.items, {}, &Item::at);
  return output;
}

}  // namespace icn::mesh::api
