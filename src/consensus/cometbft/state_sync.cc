#include "consensus/cometbft/state_sync.h"

#include <algorithm>

#include "abci.pb.h"
#include "base/errors.h"
#include "consensus/cometbft/engine_state.h"
#include "consensus/cometbft/errors.h"
#include "ledger/errors.h"
#include "storage/record_space.h"

namespace icn::consensus {
namespace {

// The engine's light client asks for the headers of so many heights after a snapshot's; one that it asks for
// too soon is rejected for good.
constexpr std::uint64_t kHeadersAfter = 2;

std::string manifest_bytes(const ledger::Manifest& manifest) {
  return to_text(codec::encode_record(manifest));
}

}  // namespace

// Those that are whole; the newest last.
std::vector<StateSync::Offered> StateSync::snapshots() const {
  std::vector<Offered> out;
  const std::string& folder = ledger_.checkpoints().options().folder;
  const auto store = ledger_.store();
  if (folder.empty() || !store.ok()) return out;
  for (const std::uint64_t epoch : ledger::snapshot_epochs(folder)) {
    auto manifest = ledger::read_manifest(folder, epoch);
    if (!manifest.ok() || manifest->tail.empty()) continue;
    const auto block = kEngineBlocks.get(**store, manifest->summary.height + ledger::kCheckpointDelay);
    if (!block.ok() || !*block) continue;
    out.push_back({(*block)->height, epoch, std::move(manifest).value()});
  }
  return out;
}

void StateSync::list(abci::ResponseListSnapshots& response) {
  const std::lock_guard lock(mutex_);
  const auto store = ledger_.store();
  const auto note = store.ok() ? kEngineNote.get(**store, kEngineKey) : store.error();
  if (!note.ok() || !*note) return;
  for (const Offered& each : snapshots()) {
    if ((*note)->height < each.engine_height + kHeadersAfter) continue;
    const std::string metadata = manifest_bytes(each.manifest);
    abci::Snapshot& out = *response.add_snapshots();
    out.set_height(each.engine_height);
    out.set_format(kSnapshotFormat);
    out.set_chunks(static_cast<std::uint32_t>(each.manifest.tail.size() + each.manifest.rows.size()));
    out.set_hash(to_text(crypto::sha256(as_bytes(metadata))));
    out.set_metadata(metadata);
  }
}

void StateSync::load(const abci::RequestLoadSnapshotChunk& request,
                     abci::ResponseLoadSnapshotChunk& response) {
  const std::lock_guard lock(mutex_);
  if (request.format() != kSnapshotFormat) return;
  const auto all = snapshots();
  const auto found = std::ranges::find(all, request.height(), &Offered::engine_height);
  if (found == all.end()) return;
  const std::size_t tail = found->manifest.tail.size();
  const bool is_tail = request.chunk() < tail;
  const std::size_t number = is_tail ? request.chunk() : request.chunk() - tail;
  const auto& chunks = is_tail ? found->manifest.tail : found->manifest.rows;
  if (number >= chunks.size()) return;
  auto bytes = ledger::read_chunk(ledger_.checkpoints().options().folder, found->epoch,
                                  ledger::chunk_name(is_tail, number), chunks[number]);
  if (bytes.ok())
    response.set_chunk(to_text(*bytes));
  else
    log_->warn("snapshot: {}", bytes.error().detail());
}

Result<void> StateSync::begin(const abci::RequestOfferSnapshot& request) {
  receiver_.reset();
  const abci::Snapshot& snapshot = request.snapshot();
  ICN_TRY_ASSIGN(store, ledger_.store());
  ICN_TRY_ASSIGN(note, kEngineNote.get(*store, kEngineKey));
  if (note && note->height > snapshot.height())
    return Error(errors::kConflict,
                 "the ledger here is at height " + std::to_string(note->height) + " already");
  if (to_text(crypto::sha256(as_bytes(snapshot.metadata()))) != snapshot.hash())
    return Error(ledger::kSnapshotDiffers, "its manifest is not what its name says");
  crypto::Hash trusted;
  if (request.app_hash().size() != trusted.size()) return Error(kBadAbci, "an app hash of another length");
  std::ranges::copy(as_bytes(request.app_hash()), trusted.begin());
  const std::string& folder = ledger_.checkpoints().options().folder;
  if (folder.empty()) return Error(errors::kConflict, "this node keeps no snapshots");
  ICN_TRY_ASSIGN(receiver, ledger::SnapshotReceiver::begin(folder, as_bytes(snapshot.metadata()),
                                                           snapshot.chunks(), trusted));
  receiver_.emplace(std::move(receiver));
  offered_height_ = snapshot.height();
  return {};
}

void StateSync::offer(const abci::RequestOfferSnapshot& request, abci::ResponseOfferSnapshot& response) {
  const std::lock_guard lock(mutex_);
  if (request.snapshot().format() != kSnapshotFormat) {
    response.set_result(abci::ResponseOfferSnapshot::REJECT_FORMAT);
    return;
  }
  const Result<void> begun = begin(request);
  response.set_result(begun.ok() ? abci::ResponseOfferSnapshot::ACCEPT : abci::ResponseOfferSnapshot::REJECT);
  if (begun.ok())
    log_->info("fetching the ledger of engine height {} in {} chunks", request.snapshot().height(),
               request.snapshot().chunks());
  else
    log_->warn("the snapshot of engine height {} is refused: {}", request.snapshot().height(),
               begun.error().detail());
}

Result<void> StateSync::restore() {
  const ledger::ReceivedSnapshot& snapshot = receiver_->snapshot();
  const ledger::BlockHeader& head = snapshot.head.header;
  ICN_TRY_ASSIGN(store, ledger_.store());
  storage::RowBuffer extra(*store);
  ICN_TRY(kEngineNote.insert(extra, kEngineKey, {chain_, offered_height_, head.time * 1'000}));
  ICN_TRY(kEngineBlocks.insert(extra, head.height, {offered_height_}));
  const std::vector<storage::Row> rows = extra.take();
  store.reset();
  ICN_TRY(ledger_.restore(snapshot, rows));
  log_->info("the ledger is at height {}: its state has the root that the validators signed", head.height);
  return {};
}

void StateSync::apply(const abci::RequestApplySnapshotChunk& request,
                      abci::ResponseApplySnapshotChunk& response) {
  const std::lock_guard lock(mutex_);
  if (!receiver_) {
    response.set_result(abci::ResponseApplySnapshotChunk::ABORT);
    return;
  }
  auto added = receiver_->add(request.index(), as_bytes(request.chunk()));
  Result<void> done = added.ok() ? Result<void>() : Result<void>(added.error());
  if (added.ok() && *added) done = restore();
  response.set_result(abci::ResponseApplySnapshotChunk::ACCEPT);
  if (done.ok()) {
    if (*added) receiver_.reset();
    return;
  }
  if (done.error().is(ledger::kWrongChunk)) {
    log_->warn("node {} sent a wrong chunk: {}", request.sender(), done.error().detail());
    response.set_result(abci::ResponseApplySnapshotChunk::RETRY);
    response.add_refetch_chunks(request.index());
    response.add_reject_senders(request.sender());
    return;
  }
  receiver_.reset();
  log_->error("the snapshot of engine height {} is not used: {}", offered_height_, done.error().detail());
  response.set_result(abci::ResponseApplySnapshotChunk::REJECT_SNAPSHOT);
}

}  // namespace icn::consensus
