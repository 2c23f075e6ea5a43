#pragma once

#include <functional>
#include <string>
#include <vector>

#include "dag/block_store.h"
#include "mesh/job.h"
#include "mesh/spec.h"
#include "wasm/host_services.h"

// What a running job may ask of the node. Source: design.md 6 "Ledger reads", "Ledger effects".
namespace icn::mesh {

// One read and its answer, in the order they were made.
struct ReadRecord {
  std::string call;      // "mana_balance", "load_block", "resolve_did", "verify_signature", ...
  std::string argument;  // what was asked for
  std::string code;      // of a refusal; empty: answered
  Bytes answer;          // of load_block: empty, the argument names it
  static constexpr auto fields() {
    using codec::field;
    return std::tuple(field("call", &ReadRecord::call), field("argument", &ReadRecord::argument),
                      field("code", &ReadRecord::code), field("answer", &ReadRecord::answer));
  }
};
struct ReadLog {
  std::vector<ReadRecord> reads;
  static constexpr auto fields() { return std::tuple(codec::field("reads", &ReadLog::reads)); }
};

// What a job wants the ledger to do. Does nothing by itself.
struct Effect {
  std::string kind;  // "submit_job"
  std::string id;    // what the job was answered
  codec::Json body;
  static constexpr auto fields() {
    using codec::field;
    return std::tuple(field("kind", &Effect::kind), field("id", &Effect::id), field("body", &Effect::body));
  }
};
struct EffectList {
  std::vector<Effect> effects;
  static constexpr auto fields() { return std::tuple(codec::field("effects", &EffectList::effects)); }
};

inline constexpr std::string_view kGrantSubmitJob = "submit_job";
inline constexpr std::size_t kReadsMax = 10'000;
inline constexpr std::size_t kEffectsMax = 100;
inline constexpr std::uint64_t kStoredBytesMax = std::uint64_t{16} << 20;

// A block as `reader` may see it: a public one, its own, or one shared with it. E001 for what it may not.
// Who runs a job for somebody must not show him what he could not read himself.
Result<bool> may_read_block(const dag::BlockStore& blocks, const Did& reader, const codec::Cid& cid);
Result<Bytes> load_block_as(const dag::BlockStore& blocks, const Did& reader, const codec::Cid& cid);

// The node's side of one run. Blocks the job stores are held back until its receipt is written.
class JobServices final : public wasm::HostServices {
 public:
  // All arguments outlive the run; `now`: time of the state's block. `state` and `blocks` may be null:
  // nothing is found there.
  JobServices(const JobId& id, const JobSpec& spec, const Did& submitter, const ledger::Reader* state,
              TimestampSecs now, const dag::BlockStore* blocks)
      : id_(id), spec_(spec), submitter_(submitter), state_(state), now_(now), blocks_(blocks) {}

  Result<std::int64_t> mana_balance_millimana(std::string_view did) override;
  Result<void> spend_mana(std::int64_t amount_millimana) override;
  Result<std::string> submit_job(std::string_view json) override;
  Result<std::string> store_block(ByteView block, std::uint64_t codec) override;
  Result<Bytes> load_block(std::string_view cid) override;
  Result<std::string> governance_state(std::string_view id) override;
  Result<std::string> resolve_did(std::string_view did) override;
  Result<std::int64_t> reputation_thousandths(std::string_view did) override;
  Result<bool> verify_credential(std::string_view json) override;
  Result<bool> verify_signature(std::string_view did, ByteView message, ByteView signature) override;

  const ReadLog& reads() const { return reads_; }
  const EffectList& effects() const { return effects_; }
  std::vector<dag::NewBlock> take_stored() { return std::move(stored_); }

 private:
  template <typename Answer>
  Result<Answer> record(std::string_view call, std::string argument, Result<Answer> answer);

  const JobId& id_;
  const JobSpec& spec_;
  const Did& submitter_;
  const ledger::Reader* state_;
  TimestampSecs now_;
  const dag::BlockStore* blocks_;
  ReadLog reads_;
  EffectList effects_;
  std::vector<dag::NewBlock> stored_;
  std::uint64_t stored_bytes_ = 0;
};

// Answers a run as it was answered the first time, so that it does the same again. A question that the
// record does not hold at its place is an internal error, which ends the run without a result.
class ReplayServices final : public wasm::HostServices {
 public:
  // `load` gives the blocks the job loads. All outlive the run.
  ReplayServices(const JobId& id, const JobSpec& spec, const ReadLog& reads,
                 std::function<Result<Bytes>(const codec::Cid&)> load)
      : id_(id), spec_(spec), reads_(reads), load_(std::move(load)) {}

  Result<std::int64_t> mana_balance_millimana(std::string_view did) override;
  Result<void> spend_mana(std::int64_t amount_millimana) override;
  Result<std::string> submit_job(std::string_view json) override;
  Result<std::string> store_block(ByteView block, std::uint64_t codec) override;
  Result<Bytes> load_block(std::string_view cid) override;
  Result<std::string> governance_state(std::string_view id) override;
  Result<std::string> resolve_did(std::string_view did) override;
  Result<std::int64_t> reputation_thousandths(std::string_view did) override;
  Result<bool> verify_credential(std::string_view json) override;
  Result<bool> verify_signature(std::string_view did, ByteView message, ByteView signature) override;

  const EffectList& effects() const { return effects_; }

 private:
  Result<const ReadRecord*> next(std::string_view call, const std::string& argument);

  const JobId& id_;
  const JobSpec& spec_;
  const ReadLog& reads_;
  std::function<Result<Bytes>(const codec::Cid&)> load_;
  EffectList effects_;
  std::vector<dag::NewBlock> stored_;
  std::uint64_t stored_bytes_ = 0;
  std::size_t next_ = 0;
};

}  // namespace icn::mesh
