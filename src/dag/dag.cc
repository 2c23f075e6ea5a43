#include "dag/dag.h"

#include "dag/merkle_tree.h"

namespace icn::dag {
namespace {

constexpr std::size_t kFoldRows = 64;

PruneOptions with_parts(PruneOptions options, const DagParts& parts) {
  options.node_did = parts.signer.node_did;
  options.keep = parts.keep;
  return options;
}

}  // namespace

Result<std::unique_ptr<Dag>> Dag::open(DagParts parts, DagOptions options) {
  if (options.is_follower) options.store.cache_bytes_max = 0;
  ICN_TRY_ASSIGN(blocks, BlockStore::open(parts.store, options.store));
  if (options.is_follower) blocks->upload_committed();  // at any time one may be: never taken for settled
  ICN_TRY_ASSIGN(uploads, Uploads::open(*blocks));
  return std::unique_ptr<Dag>(new Dag(std::move(parts), options, std::move(blocks), std::move(uploads)));
}

Dag::Dag(DagParts parts, DagOptions options, std::unique_ptr<BlockStore> blocks,
         std::unique_ptr<Uploads> uploads)
    : parts_(std::move(parts)),
      options_(options),
      blocks_(std::move(blocks)),
      uploads_(std::move(uploads)),
      access_(*blocks_, parts_.access, parts_.writer.custody()),
      meter_(parts_.ledger, options.is_follower ? parts_.store : blocks_->writer().rows(),
             available_on(parts_.ledger, parts_.clock), parts_.signer.node_did, parts_.clock,
             [&writer = blocks_->writer()] { return writer.load_ppm(); }),
      pruner_(*blocks_, parts_.clock, with_parts(options.prune, parts_)),
      memos_(*blocks_, parts_.clock, parts_.random),
      charger_(*blocks_, parts_.ledger, parts_.gateway, parts_.writer, parts_.signer),
      housekeeper_(tasks()),
      api_{*blocks_,
           access_,
           *uploads_,
           meter_,
           pruner_,
           housekeeper_,
           parts_.ledger,
           parts_.writer.custody(),
           parts_.cursors,
           parts_.clock,
           parts_.metrics.counter(telemetry::Metric::dag_put),
           parts_.metrics.counter(telemetry::Metric::dag_get),
           parts_.metrics.histogram(telemetry::Metric::dag_prune),
           parts_.signer.node_did,
           options.file_bytes_max,
           options.has_gateway,
           {},
           options.is_follower},
      collector_(parts_.metrics.add_collector([this] { return families(); })) {}

Dag::~Dag() { stop(); }

void Dag::stop() {
  housekeeper_.stop();
  blocks_->writer().stop();
}

std::vector<Housekeeper::Task> Dag::tasks() {
  if (options_.is_follower) return {};
  std::vector<Housekeeper::Task> tasks{{options_.tidy_every, [this] { tidy(); }},
                                       {options_.charge_every, [this] { charge(); }}};
  if (options_.prune_every.count() != 0) tasks.push_back({options_.prune_every, [this] { prune(); }});
  return tasks;
}

void Dag::prune() {
  if (!blocks_->is_writing()) return;
  const auto pruned = pruner_.run(false);
  if (!pruned.ok()) return parts_.log->warn("blocks were not pruned: {}", pruned.error().detail());
  if (pruned->removed == 0 && pruned->pins_expired == 0) return;
  parts_.log->info("pruned {} blocks of {} bytes, {} pins had expired", pruned->removed, pruned->bytes,
                   pruned->pins_expired);
}

// Uploads that wait get their rows; the tree takes in what was written since.
void Dag::tidy() {
  while (blocks_->is_writing()) {
    const auto more = uploads_->tidy();
    if (!more.ok()) return parts_.log->warn("an upload was not tidied: {}", more.error().detail());
    if (!*more) break;
  }
  const auto state = tree_state(*blocks_->store().snapshot());
  if (!state.ok() || state->is_in_sync || !blocks_->is_writing()) return;
  const auto folded = blocks_->writer().run(1'000, [](Batch& batch) -> Result<void> {
    ICN_TRY(fold_tree_log(batch, kFoldRows));
    return {};
  });
  if (!folded.ok()) parts_.log->warn("the tree of blocks was not updated: {}", folded.error().detail());
}

void Dag::charge() {
  const auto charged = charge_now();
  if (!charged.ok()) parts_.log->warn("block writes were not charged: {}", charged.error().detail());
}

Result<void> Dag::charge_now() {
  const std::lock_guard lock(charging_);
  while (true) {
    ICN_TRY_ASSIGN(left, charger_.run());
    if (left == 0) return {};
  }
}

std::vector<telemetry::Family> Dag::families() const {
  using telemetry::Metric;
  if (options_.is_follower) return {};
  const Totals totals = blocks_->totals();
  const auto gauge = [](Metric metric, std::uint64_t value) {
    return telemetry::Family{metric, {{{}, static_cast<double>(value), {}}}};
  };
  return {gauge(Metric::dag_blocks, totals.blocks), gauge(Metric::dag_size_bytes, totals.bytes),
          gauge(Metric::dag_pins, totals.pins),
          gauge(Metric::dag_height, parts_.ledger.published()->head.header.height)};
}

}  // namespace icn::dag
