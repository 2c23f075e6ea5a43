#include "ledger/api/checkpoints.h"

#include <algorithm>

#include "base/errors.h"
#include "ledger/errors.h"

namespace icn::ledger::api {
namespace {

CheckpointView view_of(const Checkpoint& checkpoint, const std::optional<CheckpointSummary>& summary) {
  CheckpointView out{checkpoint.epoch, checkpoint.height, checkpoint.header_height, checkpoint.root, {}};
  if (summary) out.time = summary->time;
  return out;
}

}  // namespace

Result<ListCheckpoints::Output> ListCheckpoints::handle(const Api& api, const http::Call&,
                                                        const Input& input) {
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ScanRange range{.index = {}, .from = {}, .to = {}, .reverse = true};
  if (input.cursor) {
    ICN_TRY_ASSIGN(position, api.cursors.open("dag/checkpoints", *input.cursor));
    range.to = std::move(position);
  }
  ICN_TRY_ASSIGN(rows, kCheckpoints.scan(*snapshot, range));
  Output page;
  while (page.items.size() < input.limit) {
    ICN_TRY_ASSIGN(checkpoint, rows.next());
    if (!checkpoint) return page;
    ICN_TRY_ASSIGN(parts, kCheckpointSummaries.get(*snapshot, checkpoint->epoch));
    page.items.push_back(view_of(*checkpoint, parts));
  }
  const std::uint64_t last = page.items.back().epoch;
  if (last > 1) page.next_cursor = api.cursors.seal("dag/checkpoints", key_of(last));
  return page;
}

Result<GetCheckpoint::Output> GetCheckpoint::handle(const Api& api, const http::Call&, const Input& input) {
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(checkpoint, kCheckpoints.get(*snapshot, input.epoch));
  if (!checkpoint) return Error(kCheckpointMissing, "there is no checkpoint " + std::to_string(input.epoch));
  ICN_TRY_ASSIGN(header, kHeaders.get(*snapshot, checkpoint->header_height));
  if (!header) {
    return Error(kBlockPruned, "this node joined after block " + std::to_string(checkpoint->header_height));
  }
  Output output;
  ICN_TRY_ASSIGN(parts, kCheckpointSummaries.get(*snapshot, input.epoch));
  output.checkpoint = view_of(*checkpoint, parts);
  output.summary = std::move(parts);
  output.header_hash.bytes = to_bytes(header_hash(*header));
  output.header = std::move(*header);
  const auto kept = snapshot_epochs(api.ledger.checkpoints().options().folder);
  output.is_state_kept = std::ranges::find(kept, input.epoch) != kept.end();
  ICN_TRY_ASSIGN(attestation, kAttestations.get(*snapshot, input.epoch));
  if (attestation) {
    ICN_TRY_ASSIGN(json, codec::parse_json(attestation->json));
    output.attestation = std::move(json);
  }
  return output;
}

Result<GetCheckpointProof::Output> GetCheckpointProof::handle(const Api& api, const http::Call&,
                                                              const Input& input) {
  return make_proof(api.ledger, input.subject, input.id,
                    input.epoch == 0 ? std::nullopt : std::optional(input.epoch));
}

Result<PlainWrite> PostCheckpoint::plain(const Api& api, const http::Call&, const Input& input) {
  return PlainWrite{api.ledger.published()->network.operator_did, codec::to_json(input)};
}

void PostCheckpoint::handle(const Api& api, http::ExchangePtr exchange) {
  answer_write<PostCheckpoint>(api.writer, api, std::move(exchange));
}

}  // namespace icn::ledger::api
