#include "dag/uploads.h"

#include "dag/errors.h"

namespace icn::dag {
namespace {

using ledger::key_of;
using ledger::prefix_range;

constexpr std::size_t kSliceBlocks = 256;
constexpr std::size_t kBatchesWaitingMax = 2;

struct StagedRow {
  StagedBlock staged;
  Cid cid;
};

Result<std::vector<StagedRow>> staged_rows(const Reader& reader, std::uint64_t upload,
                                           std::size_t count_max) {
  ICN_TRY_ASSIGN(rows, kStaged.scan(reader, prefix_range(key_of(upload), 0)));
  std::vector<StagedRow> out;
  while (out.size() < count_max) {
    ICN_TRY_ASSIGN(staged, rows.next());
    if (!staged) break;
    ICN_TRY_ASSIGN(cid, Cid::from_bytes(staged->cid));
    out.push_back({std::move(*staged), std::move(cid)});
  }
  return out;
}

Result<std::vector<Cid>> links_of_stored(const Reader& reader, const Cid& cid) {
  if (cid.codec() == codec::kRaw) return std::vector<Cid>();
  ICN_TRY_ASSIGN(bytes, reader.get(kBlocks, block_key(cid)));
  if (!bytes) return Error(kCorruptBlock, cid.to_string() + " of an upload is gone");
  ICN_TRY_ASSIGN(block, trusted_block(cid, std::move(*bytes)));
  return std::move(block.links);
}

// Gives up to `count_max` blocks their rows. True: all have them, and the upload's row is gone.
Result<bool> settle(Batch& batch, std::uint64_t number, std::size_t count_max) {
  ICN_TRY_ASSIGN(upload, kUploads.get(batch.view, number));
  if (!upload) return true;
  ICN_TRY_ASSIGN(rows, staged_rows(batch.view, number, count_max));
  for (const StagedRow& row : rows) {
    BlockMeta meta = upload->meta;
    meta.size = row.staged.size;
    ICN_TRY_ASSIGN(links, links_of_stored(batch.view, row.cid));
    ICN_TRY(put_record(batch, row.cid, links, meta, upload->reader));
    ICN_TRY(kStaged.erase(batch.view, {row.staged.cid, number}));
  }
  if (rows.size() == count_max) return false;
  ICN_TRY(kUploads.erase(batch.view, number));
  return true;
}

// Takes back up to `count_max` blocks that nobody else holds. True: nothing is left of the upload.
Result<bool> take_back(Batch& batch, std::uint64_t number, std::size_t count_max) {
  ICN_TRY_ASSIGN(rows, staged_rows(batch.view, number, count_max));
  for (const StagedRow& row : rows) {
    ICN_TRY(kStaged.erase(batch.view, {row.staged.cid, number}));
    ICN_TRY_ASSIGN(held, kBlockMeta.contains(batch.view, row.staged.cid));
    if (held) continue;
    ICN_TRY_ASSIGN(staged, is_staged(batch.view, row.cid));
    if (!staged) ICN_TRY(erase_bytes(batch, row.cid));
  }
  if (rows.size() == count_max) return false;
  ICN_TRY(kUploads.erase(batch.view, number));
  return true;
}

}  // namespace

// Shared with the changes that wait; `counted` belongs to the writer thread, the rest to the executor's.
struct UploadRun::State {
  Executor& executor;
  UploadOptions options;
  std::uint64_t number;
  std::vector<NewBlock> batch = {};
  std::size_t batch_bytes = 0;
  std::size_t batches_written = 0;
  std::size_t batches_waiting = 0;
  std::uint64_t blocks = 0;
  std::optional<Error> failure = {};
  std::function<void()> resume = {};
  std::function<void()> when_written = {};
  bool is_committing = false;
  UploadTotals counted = {};

  void count(std::uint64_t size, bool is_new) {
    counted.blocks += 1;
    counted.bytes += size;
    if (!is_new) return;
    counted.new_blocks += 1;
    counted.new_bytes += size;
    if (options.price) counted.price += options.price(size);
  }

  Result<void> stage(Batch& out, const std::vector<NewBlock>& blocks_in) {
    ICN_TRY(kUploads.put(out.view, number, {false, options.put.meta(0), options.put.reader}));
    for (const NewBlock& block : blocks_in) {
      const Bytes key = block_key(block.cid);
      ICN_TRY_ASSIGN(held, kBlockMeta.contains(out.view, key));
      ICN_TRY_ASSIGN(seen, kStaged.contains(out.view, {key, number}));
      count(block.bytes.size(), !held && !seen);
      if (seen) continue;
      if (!held) ICN_TRY(put_bytes(out, block.cid, block.bytes));
      ICN_TRY(kStaged.insert(out.view, {key, number}, {key, number, block.bytes.size()}));
    }
    return {};
  }
};

UploadRun::UploadRun(Uploads& uploads, Executor& executor, UploadOptions options)
    : uploads_(uploads),
      state_(
          std::make_shared<State>(State{executor, std::move(options), uploads.next_number_.fetch_add(1)})) {}

UploadRun::~UploadRun() {
  state_->resume = nullptr;
  if (!state_->is_committing && state_->batches_written > 0) uploads_.add_leftover({state_->number, false});
}

Result<void> UploadRun::add(NewBlock block) {
  State& state = *state_;
  if (state.failure) return *state.failure;
  state.batch_bytes += block.bytes.size();
  state.blocks += 1;
  state.batch.push_back(std::move(block));
  const bool is_full = state.batch_bytes >= state.options.batch_bytes_max ||
                       state.batch.size() >= state.options.batch_blocks_max;
  return is_full ? flush() : Result<void>();
}

Result<void> UploadRun::flush() {
  auto state = state_;
  const std::size_t bytes = state->batch_bytes + state->batch.size() * 300;
  state->batches_written += 1;
  state->batches_waiting += 1;
  state->batch_bytes = 0;
  uploads_.blocks_.writer().submit(
      state->executor, bytes,
      [state, blocks = std::exchange(state->batch, {})](Batch& batch) { return state->stage(batch, blocks); },
      [state](const Result<void>& written) {
        state->batches_waiting -= 1;
        if (!written.ok() && !state->failure) state->failure = written.error();
        if (state->batches_waiting < kBatchesWaitingMax && state->resume) std::exchange(state->resume, {})();
        if (state->batches_waiting == 0 && state->when_written) std::exchange(state->when_written, {})();
      });
  if (state->failure) return *state->failure;
  return {};
}

bool UploadRun::is_busy() const { return state_->batches_waiting >= kBatchesWaitingMax; }

void UploadRun::when_ready(std::function<void()> resume) { state_->resume = std::move(resume); }

// An upload of one batch needs no staging: it is one change.
void UploadRun::commit(Finish finish, Done done) {
  auto state = state_;
  state->is_committing = true;
  if (state->batches_written == 0) return commit_at_once(std::move(finish), std::move(done));
  if (!state->batch.empty()) static_cast<void>(flush());
  // Not before all batches are durable: one that failed must not be missed.
  state->when_written = [state, &uploads = uploads_, finish = std::move(finish),
                         done = std::move(done)]() mutable {
    if (!state->failure) return commit_staged(uploads, state, std::move(finish), std::move(done));
    uploads.add_leftover({state->number, false});
    done(*state->failure);
  };
  if (state->batches_waiting == 0) std::exchange(state->when_written, {})();
}

void UploadRun::commit_at_once(Finish finish, Done done) {
  auto state = state_;
  const std::size_t bytes = state->batch_bytes + state->batch.size() * 300;
  uploads_.blocks_.writer().submit(
      state->executor, bytes,
      [state, finish = std::move(finish), blocks = std::move(state->batch)](Batch& batch) -> Result<void> {
        for (const NewBlock& block : blocks) {
          ICN_TRY_ASSIGN(is_new, put_block(batch, block, state->options.put));
          state->count(block.bytes.size(), is_new);
        }
        return finish ? finish(batch, state->counted) : Result<void>();
      },
      [state, done = std::move(done)](const Result<void>& written) {
        if (!written.ok()) return done(written.error());
        done(state->counted);
      });
}

void UploadRun::commit_staged(Uploads& uploads, const std::shared_ptr<State>& state, Finish finish,
                              Done done) {
  const bool is_settled_at_once = state->blocks <= Uploads::kSettledAtOnceMax;
  uploads.blocks_.writer().submit(
      state->executor, 1'000,
      [state, finish = std::move(finish), is_settled_at_once](Batch& batch) -> Result<void> {
        ICN_TRY(kUploads.put(batch.view, state->number,
                             {true, state->options.put.meta(0), state->options.put.reader}));
        if (is_settled_at_once) {
          ICN_TRY_ASSIGN(settled, settle(batch, state->number, Uploads::kSettledAtOnceMax + 1));
          ICN_ASSERT(settled);
        }
        return finish ? finish(batch, state->counted) : Result<void>();
      },
      [state, &uploads, is_settled_at_once, done = std::move(done)](const Result<void>& written) {
        if (written.ok() && !is_settled_at_once) uploads.blocks_.upload_committed();
        if (!written.ok() || !is_settled_at_once) uploads.add_leftover({state->number, written.ok()});
        if (!written.ok()) return done(written.error());
        done(state->counted);
      });
}

Result<std::unique_ptr<Uploads>> Uploads::open(BlockStore& blocks) {
  auto uploads = std::unique_ptr<Uploads>(new Uploads(blocks));
  ICN_TRY_ASSIGN(rows, kUploads.scan(blocks.store(), {}));
  while (true) {
    ICN_TRY_ASSIGN(upload, rows.next());
    if (!upload) return uploads;
    std::uint64_t number = 0;
    if (!storage::parse_key(rows.key(), number))
      return Error(errors::kInternal, "a key of an upload is damaged");
    if (upload->is_committed) blocks.upload_committed();
    uploads->leftovers_.push_back({number, upload->is_committed});
    uploads->next_number_ = number + 1;
  }
}

void Uploads::add_leftover(Leftover leftover) {
  const std::lock_guard lock(mutex_);
  leftovers_.push_back(leftover);
}

bool Uploads::is_tidy() const {
  const std::lock_guard lock(mutex_);
  return leftovers_.empty();
}

Result<bool> Uploads::tidy() {
  Leftover leftover;
  {
    const std::lock_guard lock(mutex_);
    if (leftovers_.empty()) return false;
    leftover = leftovers_.front();
  }
  bool is_finished = false;
  ICN_TRY(blocks_.writer().run(kSliceBlocks * 500, [&](Batch& batch) -> Result<void> {
    ICN_TRY_ASSIGN(finished, leftover.is_committed ? settle(batch, leftover.number, kSliceBlocks)
                                                   : take_back(batch, leftover.number, kSliceBlocks));
    is_finished = finished;
    return {};
  }));
  if (!is_finished) return true;
  if (leftover.is_committed) blocks_.upload_settled();
  const std::lock_guard lock(mutex_);
  leftovers_.pop_front();
  return true;
}

}  // namespace icn::dag
