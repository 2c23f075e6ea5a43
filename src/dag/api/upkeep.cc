#include "dag/api/upkeep.h"

#include "dag/merkle_tree.h"

namespace icn::dag::api {
namespace {

constexpr std::size_t kFoldRows = 64;
constexpr int kFoldRounds = 1'000;  // so that one caller does not follow a busy writer for ever

// Whether the tree holds all that the store does. Of a follower: uploads that are committed get their rows
// from the node that writes.
Result<bool> is_in_sync(const Api& api, const ledger::Reader& snapshot, const TreeState& tree) {
  if (!api.is_follower) return tree.is_in_sync && api.uploads.is_tidy();
  if (!tree.is_in_sync) return false;
  ICN_TRY_ASSIGN(rows, kUploads.scan(snapshot, {}));
  while (true) {
    ICN_TRY_ASSIGN(upload, rows.next());
    if (!upload) return true;
    if (upload->is_committed) return false;
  }
}

Result<GetRoot::Output> root_of(const Api& api) {
  const auto snapshot = api.blocks.store().snapshot();
  ICN_TRY_ASSIGN(tree, tree_state(*snapshot));
  ICN_TRY_ASSIGN(in_sync, is_in_sync(api, *snapshot, tree));
  return GetRoot::Output{tree_root_cid(tree.summary.hash), tree.summary.count, in_sync};
}

// Folds on the writer, a batch at a time, until the log is empty.
void answer_root(const Api& api, Executor& executor, const http::Reply<GetRoot::Output>& reply, int rounds) {
  const auto is_more = std::make_shared<bool>(false);
  api.blocks.writer().submit(
      executor, 1'000,
      [is_more](Batch& batch) -> Result<void> {
        ICN_TRY_ASSIGN(more, fold_tree_log(batch, kFoldRows));
        *is_more = more;
        return {};
      },
      [&api, &executor, reply, rounds, is_more](const Result<void>& written) {
        // On a full disk the tree is told as it stands, and that it is not in sync.
        const bool is_full = !written.ok() && written.error().category() == Category::kStorageFull;
        if (!written.ok() && !is_full) return reply(written.error());
        if (*is_more && rounds > 0 && !is_full) return answer_root(api, executor, reply, rounds - 1);
        reply(root_of(api));
      });
}

}  // namespace

void Prune::handle(const Api& api, const http::Call&, Input input, http::Reply<Output> reply) {
  api.housekeeper.post([&api, is_dry = input.dry_run, reply] {
    const std::uint64_t began_ns = api.clock.monotonic_ns();
    const auto report = api.pruner.run(is_dry);
    if (!is_dry) api.prune_time.observe_ns(api.clock.monotonic_ns() - began_ns);
    if (!report.ok()) return reply(report.error());
    reply(Output{report->removed, report->bytes, report->pins_expired, is_dry});
  });
}

void GetRoot::handle(const Api& api, const http::Call& call, Input, http::Reply<Output> reply) {
  if (api.is_follower) return reply(root_of(api));
  answer_root(api, call.executor(), reply, kFoldRounds);
}

Result<GetStatus::Output> GetStatus::handle(const Api& api, const http::Call&, const Input&) {
  const auto snapshot = api.blocks.store().snapshot();
  ICN_TRY_ASSIGN(tree, tree_state(*snapshot));
  ICN_TRY_ASSIGN(in_sync, is_in_sync(api, *snapshot, tree));
  Totals totals = api.blocks.totals();
  if (api.is_follower) {
    ICN_TRY_ASSIGN(stored, kTotals.get(*snapshot, kTotalsKey));
    totals = stored.value_or(Totals());
  }
  Output output;
  output.current_root = tree_root_cid(tree.summary.hash);
  output.in_sync = in_sync;
  output.height = api.ledger.published()->head.header.height;
  output.blocks = totals.blocks;
  output.bytes = totals.bytes;
  output.pins = totals.pins;
  output.writes_waiting = api.blocks.writer().waiting();
  output.writing = !api.is_follower && api.blocks.is_writing();
  return output;
}

}  // namespace icn::dag::api
