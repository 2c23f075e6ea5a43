#include "mesh/attempt.h"

#include <algorithm>

#include "base/errors.h"
#include "dag/errors.h"
#include "mesh/errors.h"
#include "mesh/redundancy.h"

namespace icn::mesh {
namespace {

constexpr std::size_t kMessageBytesMax = 1'000;

Execution not_run(AttemptEnd end, const ErrorKind& kind, std::string message) {
  Execution out;
  out.end = end;
  out.code = end == AttemptEnd::kFailed ? kind.code : "";
  out.message = std::move(message);
  return out;
}

// The beginning of `text`, cut between two characters of UTF-8.
std::string cut(const std::string& text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

std::string valid_text(const std::string& text) {
  if (codec::is_utf8(text)) return text;
  std::string out;
  for (const char each : text) out += static_cast<unsigned char>(each) < 0x80 ? each : '?';
  return out;
}

template <typename Log>
codec::Cid add_block(const Log& log, std::vector<dag::NewBlock>& blocks) {
  Bytes bytes = codec::encode_block(log);
  const codec::Cid cid = codec::Cid::of(codec::kDagCbor, bytes);
  blocks.push_back({cid, std::move(bytes), {}});
  return cid;
}

// What the ledger answered to the reads the spec declares.
Result<std::vector<ReadRecord>> assigned_reads(const ledger::Reader& state, const JobId& id,
                                               const JobSpec& spec) {
  if (spec.reads.empty()) return std::vector<ReadRecord>();
  ICN_TRY_ASSIGN(assigned, kReads.get(state, id));
  if (!assigned) return Error(errors::kUnavailable, "the answers to declared reads are not here");
  return std::move(assigned->reads);
}

void sign_claim(ReceiptClaim& claim, const NodeIdentity& node) {
  claim.executor = node.did;
  claim.key = node.key_id;
  claim.signature = codec::HexBytes{to_bytes(node.key->sign(as_bytes(claim_signing_bytes(claim))).view())};
}

}  // namespace

void RunningJob::on_log(std::string_view text) {
  {
    const std::lock_guard lock(mutex_);
    keep_log(text);
  }
  wake_all();
}

void RunningJob::keep_log(std::string_view text) {
  log_ += text;
  if (log_.size() <= kLogBytesMax) return;
  const std::size_t drop = log_.size() - kLogBytesMax;
  log_.erase(0, drop);
  log_dropped_ += drop;
}

void RunningJob::on_news(std::uint64_t from, std::string_view log, std::uint64_t seq) {
  {
    const std::lock_guard lock(mutex_);
    const std::uint64_t total = log_dropped_ + log_.size();
    if (from > total) {
      log_.clear();
      log_dropped_ = from;
    } else {
      log.remove_prefix(std::min<std::uint64_t>(total - from, log.size()));
    }
    if (log.empty() && seq == seq_) return;
    seq_ = seq;
    keep_log(log);
  }
  wake_all();
}

void RunningJob::on_progress(std::uint32_t percent, std::string_view text) {
  {
    const std::lock_guard lock(mutex_);
    ++seq_;
    percent_ = std::min(percent, 100u);
    message_ = cut(valid_text(std::string(text)), kMessageBytesMax);
  }
  wake_all();
}

void RunningJob::finish() {
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  wake_all();
}

bool RunningJob::is_over() const {
  const std::lock_guard lock(mutex_);
  return is_over_;
}

std::uint64_t RunningJob::watch(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  watchers_.emplace(++next_watcher_, std::move(wake));
  return next_watcher_;
}

bool RunningJob::is_watched() const {
  const std::lock_guard lock(mutex_);
  return !watchers_.empty();
}

void RunningJob::unwatch(std::uint64_t watcher) {
  const std::lock_guard lock(mutex_);
  watchers_.erase(watcher);
}

void RunningJob::wake_all() {
  std::vector<std::function<void()>> wakes;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [watcher, wake] : watchers_) wakes.push_back(wake);
  }
  for (const auto& wake : wakes) wake();
}

Progress RunningJob::progress(std::uint64_t now_ms) const {
  const std::lock_guard lock(mutex_);
  Progress out;
  out.job_id = id_;
  out.attempt = attempt_;
  out.seq = seq_;
  out.percent = percent_;
  if (seq_ == 0 && now_ms > started_ms_) {
    out.percent = static_cast<std::uint32_t>(
        std::min<std::uint64_t>((now_ms - started_ms_) * 100 / std::max<std::uint64_t>(limit_ms_, 1), 99));
  }
  out.message = message_;
  return out;
}

std::string RunningJob::log(std::uint64_t from, std::uint64_t& total) const {
  const std::lock_guard lock(mutex_);
  total = log_dropped_ + log_.size();
  if (from >= total) return "";
  return log_.substr(from > log_dropped_ ? from - log_dropped_ : 0);
}

std::optional<FinishedAttempt> AttemptRunner::run(const Job& job, RunningJob& running) const {
  FinishedAttempt out;
  out.id = running.id();
  out.submitter = job.submitter;
  out.receipt.started_at_ms = clock_.now_ms();
  Execution execution = run_spec(job, running, out);
  if (execution.is_cancelled) return std::nullopt;
  seal(job, std::move(execution), out);
  return out;
}

Execution AttemptRunner::run_spec(const Job& job, RunningJob& running, FinishedAttempt& out) const {
  const auto is_cancelled = [&] { return running.token().is_cancelled(); };
  const LoadBlock load = [&](const codec::Cid& cid) { return content_.load(out.id, job, cid, is_cancelled); };
  const codec::Cid& manifest = job.submission.manifest_cid;
  auto block = load(manifest);
  if (!block.ok()) {
    const bool is_missing = block.error().category() == Category::kNotFound;
    return not_run(is_missing ? AttemptEnd::kFailed : AttemptEnd::kUnavailable, kValidationFailed,
                   "spec: " + block.error().detail());
  }
  auto spec = read_spec(*block);
  if (!spec.ok()) return not_run(AttemptEnd::kFailed, kValidationFailed, spec.error().detail());
  if (submission_of(*spec, manifest, job.submission.coordinator) != job.submission) {
    return not_run(AttemptEnd::kFailed, kValidationFailed, "the signed submission differs from the spec");
  }
  const auto published = ledger_.published();
  if (auto valid = validate_spec(*spec, published->parameters); !valid.ok()) {
    return not_run(AttemptEnd::kFailed, kValidationFailed, valid.error().detail());
  }
  out.receipt.module_cid = spec->module_cid;
  for (const JobInput& input : spec->inputs) out.receipt.input_cids.push_back(input.cid);
  if (spec->module_cid) {
    // The engine may know a module that this submitter may not use.
    const auto may_read = content_.may_read(out.id, job, *spec->module_cid, is_cancelled);
    if (!may_read.ok()) return not_run(AttemptEnd::kUnavailable, kTimeout, may_read.error().detail());
    if (!*may_read) {
      return not_run(AttemptEnd::kFailed, kValidationFailed,
                     "module: block not found: " + spec->module_cid->to_string());
    }
  }
  auto snapshot = ledger_.snapshot();
  if (!snapshot.ok()) return not_run(AttemptEnd::kUnavailable, kTimeout, snapshot.error().detail());

  auto declared = assigned_reads(**snapshot, out.id, *spec);
  if (!declared.ok()) return not_run(AttemptEnd::kUnavailable, kTimeout, declared.error().detail());

  std::optional<Bytes> state;
  if (spec->resume_from) {
    auto loaded = load(*spec->resume_from);
    if (!loaded.ok()) {
      const bool is_missing = loaded.error().category() == Category::kNotFound;
      return not_run(is_missing ? AttemptEnd::kFailed : AttemptEnd::kUnavailable,
                     is_missing ? kValidationFailed : kTimeout, "resume_from: " + loaded.error().detail());
    }
    state = std::move(*loaded);
  }
  const auto checkpoints = notes_.checkpoints(out.id, job.submitter);
  JobServices services(out.id, *spec, job.submitter, snapshot->get(), published->head.header.time, &blocks_,
                       std::move(*declared), checkpoints.get());
  if (state) services.resume_from(std::move(*state));
  const JobId& job_id = is_replica(job) ? job.group : out.id;
  ExecutionRequest request{job_id,           *spec, job.submitter,    job.memory_mb, job.execution_secs,
                           job.submitted_at, load,  &running.token(), &services,     &running};
  Execution execution = execute(engine_, request);
  out.has_gone_on = services.has_gone_on();
  if (execution.end == AttemptEnd::kCompleted) {
    for (dag::NewBlock& stored : services.take_stored()) out.blocks.push_back(std::move(stored));
  }
  if (!services.reads().reads.empty()) out.receipt.reads_cid = add_block(services.reads(), out.blocks);
  if (!services.effects().empty()) {
    out.receipt.effects_cid = add_block(EffectList{services.effects()}, out.blocks);
  }
  return execution;
}

void AttemptRunner::seal(const Job& job, Execution execution, FinishedAttempt& out) const {
  Receipt& receipt = out.receipt;
  ReceiptClaim& claim = out.claim;
  const auto keep = [&](ByteView bytes, std::string_view what) -> std::optional<codec::Cid> {
    auto cid = add_content(bytes, out.blocks);
    if (cid.ok()) return *cid;
    execution.end = AttemptEnd::kUnavailable;
    execution.message = std::string(what) + ": " + cid.error().detail();
    return std::nullopt;
  };
  const bool has_result = execution.end == AttemptEnd::kCompleted || !execution.result.empty();
  if (has_result) receipt.result_cid = keep(execution.result, "result");
  if (!execution.log.empty()) receipt.logs_cid = keep(as_bytes(execution.log), "log");
  receipt.job_id = claim.job_id = out.id;
  receipt.attempt = claim.attempt = job.attempt;
  if (is_replica(job)) receipt.replica_of = job.group;
  receipt.executor = node_.did;
  receipt.key = node_.key_id;
  receipt.manifest_cid = job.submission.manifest_cid;
  receipt.end = claim.end = execution.end;
  receipt.success = execution.end == AttemptEnd::kCompleted;
  receipt.exit_code = execution.exit_code;
  if (execution.end == AttemptEnd::kFailed) receipt.code = claim.code = execution.code;
  if (!execution.trap.empty()) receipt.trap = execution.trap;
  if (!execution.message.empty()) receipt.message = cut(valid_text(execution.message), kMessageBytesMax);
  receipt.cpu_ms = execution.cpu_ns / 1'000'000;
  receipt.wall_ms = execution.wall_ns / 1'000'000;
  receipt.fuel_used = claim.fuel_used = execution.fuel_used;
  receipt.peak_memory_bytes = execution.peak_memory_bytes;
  const wasm::EngineIdentity engine = engine_.identity();
  receipt.engine = {engine.name, engine.version, engine.settings_hash};
  receipt.memory_mb = job.memory_mb;
  receipt.execution_secs = job.execution_secs;
  receipt.job_clock_secs = job.submitted_at;
  receipt.finished_at_ms = clock_.now_ms();
  sign_receipt(receipt, *node_.key);

  if (receipt.success) claim.result_cid = receipt.result_cid;
  if (receipt.success) claim.effects_cid = receipt.effects_cid;
  claim.receipt_cid = add_block(receipt, out.blocks);
  if (job.submission.coordinator != node_.did) sign_claim(claim, node_);
  out.blocks.back().links = links_of(receipt);
  out.is_result_here = receipt.success && execution.result.size() <= kInlineResultBytesMax;
  if (out.is_result_here) out.result = std::move(execution.result);
  out.wall_ns = execution.wall_ns;
}

}  // namespace icn::mesh
