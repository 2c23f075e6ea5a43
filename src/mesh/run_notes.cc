#include "mesh/run_notes.h"

#include <utility>

#include "mesh/content.h"
#include "mesh/execution.h"
#include "mesh/operations.h"

namespace icn::mesh {

std::vector<storage::TableSchema> node_tables() { return storage::TableSet(kRunNotes).schemas(); }

// Shared with the writes on their way, which may end after the run.
class RunNotes::Saver final : public Checkpoints, public std::enable_shared_from_this<RunNotes::Saver> {
 public:
  Saver(RunNotes& notes, JobId id, Did submitter)
      : notes_(notes), id_(std::move(id)), submitter_(std::move(submitter)) {}

  void save(Bytes state) override {
    {
      const std::lock_guard lock(mutex_);
      next_ = std::move(state);
      if (is_writing_) return;
      is_writing_ = true;
    }
    write_next();
  }

  Result<std::optional<Saved>> newest() const override {
    ICN_TRY_ASSIGN(note, notes_.find(id_));
    if (!note || note->checkpoint.empty()) return std::optional<Saved>();
    auto state = load_block_as(notes_.blocks_, submitter_, note->checkpoint);
    if (state.ok()) return std::optional<Saved>({note->checkpoint, std::move(*state)});
    if (state.error().category() == Category::kNotFound) return std::optional<Saved>();
    return state.error();
  }

 private:
  void write_next() {
    Bytes state;
    {
      const std::lock_guard lock(mutex_);
      if (!next_) {
        is_writing_ = false;
        return;
      }
      state = std::move(*std::exchange(next_, std::nullopt));
    }
    const codec::Cid cid = codec::Cid::of(codec::kRaw, state);
    std::vector<dag::NewBlock> blocks;
    blocks.push_back({cid, std::move(state), {}});
    notes_.write(
        id_, submitter_, std::move(blocks),
        [cid, now = notes_.clock_.now_secs()](RunNote& note) {
          note.checkpoint = cid;
          note.checkpoint_at = now;
        },
        [self = shared_from_this()] {
          if (self->notes_.saved_ != nullptr) self->notes_.saved_->add();
          self->write_next();
        });
  }

  RunNotes& notes_;
  const JobId id_;
  const Did submitter_;
  std::mutex mutex_;
  std::optional<Bytes> next_;
  bool is_writing_ = false;
};

void RunNotes::write(const JobId& id, const Did& submitter, std::vector<dag::NewBlock> blocks, Change change,
                     std::function<void()> done) {
  std::size_t bytes = 0;
  for (const dag::NewBlock& block : blocks) bytes += block.bytes.size();
  auto shared = std::make_shared<std::vector<dag::NewBlock>>(std::move(blocks));
  dag::PutOptions options;
  options.author = submitter;
  options.time = clock_.now_secs();
  options.type = dag::BlockType::kExecution;
  blocks_.writer().submit(
      executor_, bytes,
      [id, shared, options, change = std::move(change)](dag::Batch& batch) -> Result<void> {
        for (const dag::NewBlock& block : *shared) ICN_TRY(dag::put_block(batch, block, options));
        ICN_TRY_ASSIGN(found, kRunNotes.get(batch.view, id));
        RunNote note = found.value_or(RunNote{});
        change(note);
        return kRunNotes.put(batch.view, id, note);
      },
      // A note that was not written is missed by nobody but who looks for it.
      [done = std::move(done)](const Result<void>&) {
        if (done) done();
      });
}

void RunNotes::keep_log(const JobId& id, const Did& submitter, std::string log) {
  if (log.empty()) return;
  std::vector<dag::NewBlock> blocks;
  const auto cid = add_content(as_bytes(log), blocks);
  if (!cid.ok()) return;
  {
    const std::lock_guard lock(mutex_);
    unwritten_logs_[id] = std::move(log);
  }
  write(
      id, submitter, std::move(blocks), [cid = *cid](RunNote& note) { note.log = cid; },
      [this, id] {
        const std::lock_guard lock(mutex_);
        unwritten_logs_.erase(id);
      });
}

Result<Bytes> RunNotes::log(const JobId& id, const Did& submitter) const {
  {
    const std::lock_guard lock(mutex_);
    const auto found = unwritten_logs_.find(id);
    if (found != unwritten_logs_.end()) return to_bytes(as_bytes(found->second));
  }
  ICN_TRY_ASSIGN(note, find(id));
  if (!note || note->log.empty()) return Bytes();
  const LoadBlock load = [&](const codec::Cid& cid) { return load_block_as(blocks_, submitter, cid); };
  return read_content(note->log, load, kInputBytesMax);
}

Result<std::optional<RunNote>> RunNotes::find(const JobId& id) const {
  return kRunNotes.get(blocks_.store(), id);
}

std::shared_ptr<Checkpoints> RunNotes::checkpoints(const JobId& id, const Did& submitter) {
  return std::make_shared<Saver>(*this, id, submitter);
}

void RunNotes::keep_fetched(const JobId& id, const Did& submitter, Bytes state) {
  const codec::Cid cid = codec::Cid::of(codec::kRaw, state);
  std::vector<dag::NewBlock> blocks;
  blocks.push_back({cid, std::move(state), {}});
  write(id, submitter, std::move(blocks),
        [cid, now = clock_.now_secs()](RunNote& note) {
          note.fetched = cid;
          note.fetched_at = now;
        },
        {});
}

void RunNotes::forget_states(const JobId& id) {
  const auto note = find(id);
  if (!note.ok() || !*note || !(*note)->newest_state()) return;
  blocks_.writer().submit(
      executor_, 0,
      [id](dag::Batch& batch) -> Result<void> {
        ICN_TRY_ASSIGN(found, kRunNotes.get(batch.view, id));
        if (!found) return {};
        if (found->log.empty()) return kRunNotes.erase(batch.view, id);
        RunNote kept;
        kept.log = found->log;
        return kRunNotes.put(batch.view, id, kept);
      },
      [](const Result<void>&) {});
}

}  // namespace icn::mesh
