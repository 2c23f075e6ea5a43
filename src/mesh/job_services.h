#pragma once

#include <functional>
#include <string>
#include <vector>

#include "dag/block_store.h"
#include "mesh/effects.h"
#include "mesh/job.h"
#include "mesh/reads.h"
#include "wasm/host_services.h"

// What a running job may ask of the node. Source: design.md 6 "Ledger reads", "Ledger effects".
namespace icn::mesh {

inline constexpr std::uint64_t kStoredBytesMax = std::uint64_t{16} << 20;
inline constexpr std::size_t kCheckpointBytesMax = std::size_t{1} << 20;   // of one saved state
inline constexpr std::uint32_t kCheckpointsMax = 1'000;                    // of one run
inline constexpr std::size_t kCredentialBytesMax = std::size_t{64} << 10;  // that a job has verified

// A block as `reader` may see it: a public one, its own, or one shared with it. E001 for what it may not.
// Who runs a job for somebody must not show him what he could not read himself.
Result<bool> may_read_block(const dag::BlockStore& blocks, const Did& reader, const codec::Cid& cid);
Result<Bytes> load_block_as(const dag::BlockStore& blocks, const Did& reader, const codec::Cid& cid);

// Where a job's saved states are kept for a run of the same attempt that is begun again. Thread: any.
class Checkpoints {
 public:
  struct Saved {
    codec::Cid cid;
    Bytes state;
  };
  virtual ~Checkpoints() = default;
  // Of that job, durable a moment later. It does not wait.
  virtual void save(Bytes state) = 0;
  // The newest that is durable; none: nothing was saved. Errors of storage.
  virtual Result<std::optional<Saved>> newest() const = 0;
};

inline constexpr std::string_view kLoadCheckpoint = "load_checkpoint";  // as a read
// Whether a run began with a state that an earlier one had saved.
bool went_on(const ReadLog& reads);

// What a run makes and asks for, which depends on the job alone: the same in a replay.
class Wishes {
 public:
  // Both outlive it.
  Wishes(const JobId& id, const JobSpec& spec) : id_(id), gatherer_(id, scope_of(spec)) {}

  Result<std::string> submit_job(std::string_view json);
  Result<std::string> store_block(ByteView block, std::uint64_t codec);
  Result<void> pay(std::string_view did, std::int64_t amount_millimana);
  Result<void> spend(std::int64_t amount_millimana);
  // The body of "governance.propose"; title, description, rationale, impact and options may stand in place of
  // content: they become a block of the run.
  Result<void> propose(std::string_view json);
  // A choice, or what stands on the ballot as JSON; `revision_of` is asked when that names no revision.
  Result<void> vote(std::string_view proposal_id, std::string_view ballot,
                    const std::function<Result<std::uint32_t>()>& revision_of);
  Result<void> advance(std::string_view proposal_id, std::string_view step);

  Result<void> save(ByteView state);
  const std::optional<Bytes>& saved() const { return saved_; }

  const dag::NewBlock* find_stored(const codec::Cid& cid) const;
  const std::vector<Effect>& effects() const { return gatherer_.effects(); }
  std::vector<dag::NewBlock> take_stored() { return std::move(stored_); }

 private:
  Result<void> keep(dag::NewBlock block);

  const JobId& id_;
  EffectGatherer gatherer_;
  std::vector<dag::NewBlock> stored_;
  std::uint64_t stored_bytes_ = 0;
  std::optional<Bytes> saved_;
  std::uint32_t saved_count_ = 0;
};

// The node's side of one run. Blocks the job stores are held back until its receipt is written.
class JobServices final : public wasm::HostServices {
 public:
  // All arguments outlive the run; `now`: time of the state's block. `state` and `blocks` may be null:
  // nothing is found there. `declared`: what the ledger answered to the reads of the spec. `checkpoints` may
  // be null: what a run saves is there for this run alone. So it is where a run that goes on from a state
  // could be held to be another one: several executors, declared reads, grants.
  JobServices(const JobId& id, const JobSpec& spec, const Did& submitter, const ledger::Reader* state,
              TimestampSecs now, const dag::BlockStore* blocks, std::vector<ReadRecord> declared = {},
              Checkpoints* checkpoints = nullptr)
      : is_redundant_(spec.redundancy.kind != RedundancyKind::kNone),
        submitter_(submitter),
        state_(state),
        now_(now),
        blocks_(blocks),
        declared_(std::move(declared)),
        checkpoints_(may_go_on(spec) ? checkpoints : nullptr),
        wishes_(id, spec) {}

  Result<std::int64_t> mana_balance_millimana(std::string_view did) override;
  Result<void> spend_mana(std::int64_t amount_millimana) override;
  Result<void> transfer_mana(std::string_view did, std::int64_t amount_millimana) override;
  Result<std::string> submit_job(std::string_view json) override;
  Result<std::string> store_block(ByteView block, std::uint64_t codec) override;
  Result<Bytes> load_block(std::string_view cid) override;
  Result<std::string> governance_state(std::string_view id) override;
  Result<std::string> resolve_did(std::string_view did) override;
  Result<std::int64_t> reputation_thousandths(std::string_view did) override;
  Result<bool> verify_credential(std::string_view json) override;
  Result<bool> verify_signature(std::string_view did, ByteView message, ByteView signature) override;
  Result<void> create_proposal(std::string_view json) override;
  Result<void> cast_vote(std::string_view proposal_id, std::string_view ballot) override;
  Result<void> advance_proposal(std::string_view proposal_id, std::string_view step) override;
  Result<void> save_checkpoint(ByteView state) override;
  Result<Bytes> load_checkpoint() override;

  // What the spec's resume_from names.
  void resume_from(Bytes state) { resumed_ = std::move(state); }
  // The run was given what an earlier one had saved.
  bool has_gone_on() const { return has_gone_on_; }
  const ReadLog& reads() const { return reads_; }
  const std::vector<Effect>& effects() const { return wishes_.effects(); }
  std::vector<dag::NewBlock> take_stored() { return wishes_.take_stored(); }

 private:
  // Declared: as it was assigned; else of `state_`, but not in a run that others compare with theirs.
  Result<ReadRecord> look_up(std::string_view call, std::string_view argument) const;
  Result<Bytes> ask(std::string_view call, std::string_view argument);
  Result<Bytes> keep(ReadRecord read);
  static bool may_go_on(const JobSpec& spec) {
    return spec.redundancy.kind == RedundancyKind::kNone && spec.reads.empty() && spec.grants.empty();
  }
  // A yes or no of the ledger, recorded. `may_differ`: runs that are compared could be told differently.
  template <typename Check>
  Result<bool> judge(ReadRecord read, bool may_differ, const Check& check);

  const bool is_redundant_;
  const Did& submitter_;
  const ledger::Reader* state_;
  TimestampSecs now_;
  const dag::BlockStore* blocks_;
  const std::vector<ReadRecord> declared_;
  Checkpoints* const checkpoints_;
  std::optional<Bytes> resumed_;
  bool has_gone_on_ = false;
  ReadLog reads_;
  Wishes wishes_;
};

// Answers a run as it was answered the first time, so that it does the same again. A question that the
// record does not hold at its place is an internal error, which ends the run without a result. A run that
// went on from a state of its own is replayed from its beginning: what its executor calls a state proves
// nothing. One that the spec names is given again.
class ReplayServices final : public wasm::HostServices {
 public:
  // `load` gives the blocks the job loads. All outlive the run.
  ReplayServices(const JobId& id, const JobSpec& spec, const ReadLog& reads,
                 std::function<Result<Bytes>(const codec::Cid&)> load)
      : reads_(reads), load_(std::move(load)), resume_from_(spec.resume_from), wishes_(id, spec) {}

  Result<std::int64_t> mana_balance_millimana(std::string_view did) override;
  Result<void> spend_mana(std::int64_t amount_millimana) override;
  Result<void> transfer_mana(std::string_view did, std::int64_t amount_millimana) override;
  Result<std::string> submit_job(std::string_view json) override;
  Result<std::string> store_block(ByteView block, std::uint64_t codec) override;
  Result<Bytes> load_block(std::string_view cid) override;
  Result<std::string> governance_state(std::string_view id) override;
  Result<std::string> resolve_did(std::string_view did) override;
  Result<std::int64_t> reputation_thousandths(std::string_view did) override;
  Result<bool> verify_credential(std::string_view json) override;
  Result<bool> verify_signature(std::string_view did, ByteView message, ByteView signature) override;
  Result<void> create_proposal(std::string_view json) override;
  Result<void> cast_vote(std::string_view proposal_id, std::string_view ballot) override;
  Result<void> advance_proposal(std::string_view proposal_id, std::string_view step) override;
  Result<void> save_checkpoint(ByteView state) override;
  Result<Bytes> load_checkpoint() override;

  const std::vector<Effect>& effects() const { return wishes_.effects(); }

 private:
  // The answer of the next record, which must be of this call.
  Result<Bytes> next(std::string_view call, std::string_view argument);

  const ReadLog& reads_;
  std::function<Result<Bytes>(const codec::Cid&)> load_;
  const std::optional<codec::Cid> resume_from_;
  Wishes wishes_;
  std::size_t next_ = 0;
};

}  // namespace icn::mesh
