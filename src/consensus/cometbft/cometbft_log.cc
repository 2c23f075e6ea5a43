#include "consensus/cometbft/cometbft_log.h"

#include "base/errors.h"
#include "consensus/answers.h"
#include "consensus/cometbft/attestation.h"
#include "consensus/cometbft/errors.h"
#include "ledger/errors.h"
#include "ledger/light_proof.h"
#include "ledger/state.h"
#include "storage/record_space.h"

namespace icn::consensus {
namespace {

using ledger::Commitment;
using ledger::Submission;

constexpr std::size_t kHandOverMax = 500;
constexpr std::size_t kHandOverBytesMax = 4 << 20;
constexpr auto kPause = std::chrono::milliseconds(100);
constexpr auto kStopPatience = std::chrono::seconds(2);
constexpr std::uint64_t kNsPerMs = 1'000'000;
constexpr std::uint64_t kAttestPauseNs = 500 * kNsPerMs;

}  // namespace

CometbftLog::CometbftLog(ledger::Ledger& ledger, const Clock& clock, std::shared_ptr<Log> log,
                         CometbftLogOptions options)
    : ledger_(ledger),
      clock_(clock),
      log_(log),
      options_(std::move(options)),
      application_(ledger, clock, std::move(log),
                   {options_.chain, options_.sender_waiting_max, options_.queue_max},
                   {[this](const CommittedBlock& block) { on_committed(block); },
                    [this](const crypto::Hash& id, const Error& error) { refuse(id, error); }}),
      last_commit_ns_(clock.monotonic_ns()),
      attest_at_ns_(last_commit_ns_) {}

Result<std::unique_ptr<CometbftLog>> CometbftLog::start(ledger::Ledger& ledger, const Clock& clock,
                                                        std::shared_ptr<Log> log, CometbftLogOptions options,
                                                        const StartEngine& start_engine) {
  auto out = std::unique_ptr<CometbftLog>(new CometbftLog(ledger, clock, std::move(log), std::move(options)));
  out->note_newest_of_store();
  ICN_TRY_ASSIGN(engine, start_engine(out->application_));
  out->engine_ = std::move(engine);
  out->sender_ = std::thread([raw = out.get()] { raw->hand_over(); });
  return out;
}

CometbftLog::~CometbftLog() {
  stop();
  engine_.reset();
}

std::uint64_t CometbftLog::quiet_ns_max() const {
  return (options_.no_quorum_after_ms + options_.empty_block_interval_ms) * kNsPerMs;
}

// What is read before the first block of this run is as old as the last one of the run before.
void CometbftLog::note_newest_of_store() {
  std::uint64_t newest_ms = ledger_.published()->head.header.time * 1'000;
  if (const auto store = ledger_.store(); store.ok()) {
    const auto note = kEngineNote.get(**store, kEngineKey);
    if (note.ok() && *note) newest_ms = std::max(newest_ms, (*note)->time_ms);
  }
  time_ = newest_ms / 1'000;
  const std::uint64_t age_ms = clock_.now_ms() - std::min(clock_.now_ms(), newest_ms);
  newest_ns_ =
      static_cast<std::int64_t>(clock_.monotonic_ns()) - static_cast<std::int64_t>(age_ms * kNsPerMs);
}

void CometbftLog::note_staleness() {
  const std::lock_guard lock(mutex_);
  is_stale_.store(!follows_ || is_behind_ || refusal().has_value(), std::memory_order_relaxed);
}

std::optional<std::uint64_t> CometbftLog::stale_secs() const {
  const auto now_ns = static_cast<std::int64_t>(clock_.monotonic_ns());
  const std::int64_t age_ns = std::max<std::int64_t>(now_ns - newest_ns_.load(std::memory_order_relaxed), 0);
  if (!is_stale_.load(std::memory_order_relaxed) && static_cast<std::uint64_t>(age_ns) <= quiet_ns_max())
    return std::nullopt;
  return static_cast<std::uint64_t>(age_ns) / (1'000 * kNsPerMs);
}

bool CometbftLog::lacks_quorum() const {
  const std::uint64_t silent_ns = clock_.monotonic_ns() - last_commit_ns_;
  const std::uint64_t patience_ns = options_.no_quorum_after_ms * kNsPerMs;
  if (silent_ns > quiet_ns_max()) return true;
  if (silent_ns <= patience_ns) return false;
  for (const auto& [id, waiting] : waiting_) {
    if (clock_.monotonic_ns() - waiting.since_ns > patience_ns) return true;
  }
  return false;
}

std::optional<Error> CometbftLog::refusal() const {
  if (stopping_) return Error(ledger::kNotWriting, "stopping");
  if (std::string problem = application_.problem(); !problem.empty())
    return Error(ledger::kNotWriting, std::move(problem));
  if (std::string problem = engine_->problem(); !problem.empty())
    return Error(ledger::kNotWriting, std::move(problem));
  if (!lacks_quorum()) return std::nullopt;
  const std::uint64_t silent_secs = (clock_.monotonic_ns() - last_commit_ns_) / (1'000 * kNsPerMs);
  return Error(ledger::kNoQuorum, "no_quorum: nothing was committed for " + std::to_string(silent_secs) +
                                      " s; more than a third of the validators cannot be reached");
}

ledger::LogStatus CometbftLog::status() const {
  const std::lock_guard lock(mutex_);
  ledger::LogStatus out{true, "", waiting_.size(), true, time_};
  if (const auto refused = refusal()) {
    out.is_writing = false;
    out.reason = refused->detail();
    out.has_quorum = !refused->is(ledger::kNoQuorum);
  } else if (!follows_) {
    out.is_writing = false;
    out.reason = "the consensus engine starts, or fetches what others have decided";
  }
  if (!out.is_writing) is_stale_.store(true, std::memory_order_relaxed);  // reads say so from now on
  return out;
}

void CometbftLog::submit(std::vector<Submission> group) {
  Answers answers;
  {
    const std::lock_guard lock(mutex_);
    std::optional<Error> refused = refusal();
    if (!refused && waiting_.size() + group.size() > options_.queue_max) {
      refused = Error(ledger::kQueueFull, std::to_string(waiting_.size()) + " transactions wait; " +
                                              std::to_string(options_.queue_max) + " may");
    }
    for (Submission& each : group) {
      if (refused) {
        answers.add(*each.executor, std::move(each.done), *refused);
        continue;
      }
      Waiting& entry = waiting_[each.transaction->hash()];
      if (entry.submissions.empty()) {
        entry.since_ns = clock_.monotonic_ns();
        outgoing_.push_back(each.transaction);
      }
      entry.submissions.push_back(std::move(each));
    }
  }
  answers.send();
  wake_.notify_one();
}

std::vector<TransactionPtr> CometbftLog::take_outgoing() {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, kPause, [this] { return stopping_ || !outgoing_.empty(); });
  std::vector<TransactionPtr> out;
  std::size_t bytes = 0;
  while (!outgoing_.empty() && out.size() < kHandOverMax && bytes < kHandOverBytesMax) {
    bytes += outgoing_.front()->canonical().size();
    if (waiting_.contains(outgoing_.front()->hash())) out.push_back(std::move(outgoing_.front()));
    outgoing_.pop_front();
  }
  return out;
}

void CometbftLog::hand_over() {
  while (true) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_ && waiting_.empty()) return;
    }
    refill_after_loss();
    look_whether_it_follows();
    note_staleness();
    attest_checkpoint();
    std::vector<TransactionPtr> batch = take_outgoing();
    std::erase_if(batch, [this](const TransactionPtr& each) { return answer_if_known(each); });
    if (batch.empty()) continue;
    std::vector<std::string> wires;
    for (const TransactionPtr& each : batch) {
      wires.push_back(wire_bytes(*each));
      application_.admission().remember(wires.back(), each);
    }
    const auto answers = engine_->hand_over(wires);
    if (answers.ok()) {
      handle(batch, *answers);
      continue;
    }
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
      outgoing_.insert(outgoing_.begin(), batch.begin(), batch.end());
    }
    std::this_thread::sleep_for(kPause);
  }
}

// Asked while it waits: if it is committed from now on, on_committed() answers.
bool CometbftLog::answer_if_known(const TransactionPtr& transaction) {
  const auto store = ledger_.store();
  if (!store.ok()) return false;
  const auto place = ledger::kTransactionPlaces.get(**store, to_bytes(transaction->hash()));
  if (!place.ok() || !*place) return false;
  const TimestampSecs now = ledger_.published()->head.header.time;
  answer(transaction->hash(), first_outcome(**store, *transaction, **place, now));
  return true;
}

// Answers all who wait for it, if anybody does.
void CometbftLog::answer(const crypto::Hash& id, const Result<Commitment>& result) {
  Answers answers;
  {
    const std::lock_guard lock(mutex_);
    answer_waiting(answers, waiting_.find(id), result);
  }
  answers.send();
}

CometbftLog::WaitingById::iterator CometbftLog::answer_waiting(Answers& answers, WaitingById::iterator entry,
                                                               const Result<Commitment>& result) {
  if (entry == waiting_.end()) return entry;
  for (Submission& each : entry->second.submissions)
    answers.add(*each.executor, std::move(each.done), result);
  const auto next = waiting_.erase(entry);
  if (waiting_.empty()) emptied_.notify_all();
  return next;
}

void CometbftLog::handle(const std::vector<TransactionPtr>& sent,
                         const std::vector<BroadcastAnswer>& answers) {
  using Kind = BroadcastAnswer::Kind;
  bool is_ready = true;
  for (std::size_t i = 0; i < sent.size(); ++i) {
    if (answers[i].kind == Kind::kPoolFull) {
      refuse(sent[i]->hash(), Error(ledger::kQueueFull, "the network's pool is full: " + answers[i].reason));
    } else if (answers[i].kind == Kind::kRefused) {
      log_->warn("the engine did not take a transaction: {}", answers[i].reason);
      refuse(sent[i]->hash(), Error(ledger::kNotApplied, answers[i].reason));
    } else if (answers[i].kind == Kind::kNotReady) {
      is_ready = false;
      const std::lock_guard lock(mutex_);
      outgoing_.push_back(sent[i]);
    }
  }
  if (!is_ready) std::this_thread::sleep_for(kPause);
}

void CometbftLog::refill_after_loss() {
  const std::lock_guard lock(mutex_);
  const std::uint64_t losses = engine_->losses();
  if (std::exchange(losses_seen_, losses) == losses) return;
  outgoing_.clear();
  for (const auto& [id, waiting] : waiting_) outgoing_.push_back(waiting.submissions.front().transaction);
}

void CometbftLog::look_whether_it_follows() {
  const bool follows = engine_->follows();
  const std::lock_guard lock(mutex_);
  follows_ = follows;
}

// With mutex_ held. The first blocks after a silence are those that others have decided meanwhile.
void CometbftLog::note_commit(TimestampSecs time) {
  const std::uint64_t now_ns = clock_.monotonic_ns();
  const std::uint64_t age_ns = (clock_.now_secs() - std::min(clock_.now_secs(), time)) * 1'000 * kNsPerMs;
  if (now_ns - last_commit_ns_ > quiet_ns_max()) is_behind_ = true;
  if (age_ns <= quiet_ns_max()) is_behind_ = false;
  if (is_behind_) is_stale_.store(true, std::memory_order_relaxed);
  last_commit_ns_ = now_ns;
  time_ = time;
  newest_ns_ = static_cast<std::int64_t>(now_ns) - static_cast<std::int64_t>(is_behind_ ? age_ns : 0);
}

Result<std::optional<CometbftLog::Unattested>> CometbftLog::unattested_checkpoint() const {
  using Found = std::optional<Unattested>;
  ICN_TRY_ASSIGN(store, ledger_.store());
  ICN_TRY_ASSIGN(rows,
                 ledger::kCheckpoints.scan(*store, {.index = {}, .from = {}, .to = {}, .reverse = true}));
  ICN_TRY_ASSIGN(newest, rows.next());
  if (!newest) return Found();
  ICN_TRY_ASSIGN(is_kept, ledger::kAttestations.contains(*store, newest->epoch));
  ICN_TRY_ASSIGN(block, kEngineBlocks.get(*store, newest->header_height));
  ICN_TRY_ASSIGN(header, ledger::kHeaders.get(*store, newest->header_height));
  if (is_kept || !block || !header) return Found();
  return Found(Unattested{newest->epoch, block->height, ledger::header_hash(*header)});
}

// Fetches and keeps what the validators signed of the newest checkpoint's header, once the engine has it.
void CometbftLog::attest_checkpoint() {
  const std::uint64_t now_ns = clock_.monotonic_ns();
  {
    const std::lock_guard lock(mutex_);
    if (attest_at_ns_ == 0 || now_ns < attest_at_ns_ || !follows_) return;
    attest_at_ns_ = now_ns + kAttestPauseNs;
  }
  const auto done = [&]() -> Result<void> {
    ICN_TRY_ASSIGN(wanted, unattested_checkpoint());
    if (!wanted) return {};
    // Without the store: who answers may be slow.
    ICN_TRY_ASSIGN(attestation, engine_->attestation(wanted->engine_height + 1));
    ICN_TRY(check_attestation(attestation, options_.chain, wanted->header_hash));
    ICN_TRY_ASSIGN(store, ledger_.store());
    storage::StoreSpace space(*store, storage::Durability::kBuffered);
    ICN_TRY(ledger::kAttestations.put(space, wanted->epoch, {codec::to_json_text(attestation)}));
    if (wanted->epoch > ledger::kCheckpointsKept)
      ICN_TRY(ledger::kAttestations.erase(space, wanted->epoch - ledger::kCheckpointsKept));
    return {};
  }();
  if (!done.ok() && !done.error().is(kEngineFailed))
    log_->warn("signatures of the newest checkpoint: {}", done.error().detail());
  if (!done.ok()) return;  // the engine's next block may not be there yet
  const std::lock_guard lock(mutex_);
  if (attest_at_ns_ == now_ns + kAttestPauseNs) attest_at_ns_ = 0;
}

void CometbftLog::on_committed(const CommittedBlock& block) {
  Answers answers;
  {
    const std::lock_guard lock(mutex_);
    note_commit(block.time);
    if (block.names_checkpoint) attest_at_ns_ = last_commit_ns_;
    for (std::size_t i = 0; i < block.transactions.size(); ++i) {
      answer_waiting(answers, waiting_.find(block.transactions[i]->hash()),
                     Commitment{block.outcomes[i], block.height});
    }
    const Error expired(ledger::kExpired, "no block took it before it expired");
    for (auto entry = waiting_.begin(); entry != waiting_.end();) {
      const auto& first = entry->second.submissions.front();
      entry = first.transaction->envelope().expires > block.time ? std::next(entry)
                                                                 : answer_waiting(answers, entry, expired);
    }
  }
  answers.send();
}

void CometbftLog::refuse(const crypto::Hash& id, const Error& error) {
  // The ledger has it already: answer_if_known() or on_committed() tells the outcome.
  if (!error.is(errors::kConflict)) answer(id, error);
}

void CometbftLog::stop() {
  Answers answers;
  {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    wake_.notify_all();
    emptied_.wait_for(lock, kStopPatience, [this] { return waiting_.empty(); });
    const Error unknown(ledger::kOutcomeUnknown,
                        "the node stops; the transaction may be committed by the other validators");
    for (auto entry = waiting_.begin(); entry != waiting_.end();)
      entry = answer_waiting(answers, entry, unknown);
  }
  answers.send();
  if (sender_.joinable()) sender_.join();
  if (engine_) engine_->stop();
}

}  // namespace icn::consensus
