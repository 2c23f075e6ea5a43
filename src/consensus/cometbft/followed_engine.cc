#include "consensus/cometbft/followed_engine.h"

#include <algorithm>

#include "abci.pb.h"
#include "base/errors.h"
#include "consensus/cometbft/errors.h"

namespace icn::consensus {
namespace {

constexpr std::uint64_t kNsPerMs = 1'000'000;
constexpr std::uint64_t kRestMaxMs = 100;

std::vector<EngineValidator> validators_of(const NetworkGenesis& genesis) {
  std::vector<EngineValidator> out;
  for (const crypto::PublicKey& each : genesis.validators)
    out.push_back({{to_bytes(each.view())}, ledger::kValidatorPower});
  sort_validators(out);
  return out;
}

}  // namespace

FollowedEngine::FollowedEngine(Key, ledger::Ledger& ledger, Application& application, const Clock& clock,
                               std::shared_ptr<Log> log, FollowedEngineOptions options)
    : ledger_(ledger),
      application_(application),
      clock_(clock),
      log_(std::move(log)),
      options_(std::move(options)),
      validators_(validators_of(options_.genesis)) {}

Result<std::unique_ptr<Engine>> FollowedEngine::start(ledger::Ledger& ledger, Application& application,
                                                      const Clock& clock, std::shared_ptr<Log> log,
                                                      FollowedEngineOptions options) {
  auto out =
      std::make_unique<FollowedEngine>(Key(), ledger, application, clock, std::move(log), std::move(options));
  ICN_TRY_ASSIGN(tip, out->read_tip());
  out->tip_ = std::move(tip);
  out->thread_ = std::thread([raw = out.get()] { raw->run(); });
  return std::unique_ptr<Engine>(std::move(out));
}

void FollowedEngine::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::string FollowedEngine::problem() const {
  const std::lock_guard lock(mutex_);
  return problem_;
}

// ---- Reading

Result<TrustedTip> FollowedEngine::read_tip() {
  // Without room it could not be opened again after a failed write.
  if (!ledger_.store().ok()) ICN_TRY(ledger_.reopen());
  ICN_TRY_ASSIGN(store, ledger_.store());
  ICN_TRY_ASSIGN(note, kEngineNote.get(*store, kEngineKey));
  const NetworkGenesis& genesis = options_.genesis;
  if (!note) {
    ICN_TRY(begin_chain());
    tip_time_ = ledger_.published()->head.header.time;
    const std::uint64_t before = genesis.ledger.continues ? genesis.ledger.continues->height : 0;
    return tip_before_first(genesis.chain, before + 1, validators_);
  }
  if (note->chain != genesis.chain) {
    return Error(kWrongGenesis, "the ledger here was ordered by chain \"" + note->chain + "\", not by \"" +
                                    genesis.chain + "\"");
  }
  if (!note->hash || !note->next_validators_hash) {
    return Error(
        kWrongGenesis,
        "the newest block here was written by an older version, or fetched as a state: start once with "
        "consensus.engine = \"cometbft\" until the next block has come");
  }
  tip_time_ = note->time_ms / 1'000;
  return TrustedTip{note->chain, note->height, note->hash->bytes, note->next_validators_hash->bytes};
}

Result<void> FollowedEngine::begin_chain() {
  abci::Request request;
  request.mutable_init_chain()->set_chain_id(options_.genesis.chain);
  request.mutable_init_chain()->set_app_state_bytes(
      codec::canonical_json(codec::to_json(options_.genesis.ledger)));
  const auto begun = call(request);
  return begun.ok() ? begun : Result<void>(Error(kWrongGenesis, begun.error().detail()));
}

Result<void> FollowedEngine::call(const abci::Request& request) {
  abci::Response response;
  if (application_.answer(request, response)) return {};
  return Error(errors::kInternal, response.exception().error());
}

void FollowedEngine::run() {
  while (true) {
    repeat_now_and_then();
    const auto moved = take_next();
    if (!moved.ok()) leave_server(moved.error());
    if (!pause(moved.ok() ? note_answer(*moved) : options_.pause_ms)) return;
  }
}

bool FollowedEngine::pause(std::uint32_t ms) {
  std::unique_lock lock(mutex_);
  return !wake_.wait_for(lock, std::chrono::milliseconds(ms), [this] { return is_stopping_; });
}

Result<bool> FollowedEngine::take_next() {
  if (!tip_) {
    ICN_TRY_ASSIGN(tip, read_tip());
    tip_ = std::move(tip);
  }
  if (!reading_) reading_.emplace("tcp://" + options_.servers[server_.load()], options_.timeout_ms);
  auto block = fetch_decided_block(*reading_, tip_->height + 1, validators_);
  if (!block.ok()) {
    if (!block.error().is(kBlockNotDecided)) return block.error();
    is_caught_up_ = true;
    return false;
  }
  ICN_TRY(check_decided_block(*block, *tip_, ledger_.published()->head.hash));
  // Whether it is the last one the next look tells; until then what is read may be old.
  if (const auto done = execute(*block); !done.ok()) {
    tip_.reset();
    return done.error();
  }
  tip_ = tip_after(*block);
  tip_time_ = static_cast<TimestampSecs>(std::max<std::int64_t>(block->attestation.header.time.seconds, 0));
  validators_ = block->attestation.validators;
  const std::lock_guard lock(mutex_);
  newest_ = std::move(block->attestation);
  return true;
}

// How long to wait before the next look.
std::uint32_t FollowedEngine::note_answer(bool is_block) {
  failed_in_turn_ = 0;
  {
    const std::lock_guard lock(mutex_);
    problem_.clear();
  }
  const std::uint64_t now_ms = clock_.monotonic_ns() / kNsPerMs;
  const std::uint64_t silent_ms = heard_ms_ == 0 ? 0 : now_ms - heard_ms_;
  if (is_block || heard_ms_ == 0) heard_ms_ = now_ms;
  if (turned_ms_ == 0) turned_ms_ = now_ms;
  if (is_block) {
    // Behind: there is more. Else the next one is hardly there in half of the time that this one took.
    const bool was_at_end = std::exchange(is_at_end_, false);
    return was_at_end ? static_cast<std::uint32_t>(std::min<std::uint64_t>(silent_ms / 2, kRestMaxMs)) : 0;
  }
  is_at_end_ = true;
  // It may be cut off from the others, or keep back what is new.
  const bool is_old = clock_.now_secs() > tip_time_ + options_.age_max_secs;
  if (silent_ms > options_.silence_ms || (is_old && now_ms > turned_ms_ + options_.silence_ms)) {
    heard_ms_ = turned_ms_ = now_ms;
    next_server();
  }
  return options_.look_ms;
}

void FollowedEngine::next_server() {
  reading_.reset();
  server_ = (server_.load() + 1) % options_.servers.size();
  ++losses_;
}

Result<void> FollowedEngine::execute(const DecidedBlock& block) {
  abci::Request decided;
  ICN_TRY(fill_finalize_request(block, *decided.mutable_finalize_block()));
  ICN_TRY(call(decided));
  abci::Request commit;
  commit.mutable_commit();
  return call(commit);
}

// One that is merely gone is no problem as long as another one answers.
void FollowedEngine::leave_server(const Error& error) {
  is_caught_up_ = false;
  ++failed_in_turn_;
  if (!error.is(kEngineFailed) || failed_in_turn_ >= options_.servers.size()) {
    std::string problem = "no next block from " + options_.servers[server_.load()] + ": " + error.detail();
    const std::lock_guard lock(mutex_);
    if (problem_.empty()) log_->warn("{}", problem);
    problem_ = std::move(problem);
  }
  next_server();
}

// A pool drops what it refuses without a word to who handed it over.
void FollowedEngine::repeat_now_and_then() {
  const std::uint64_t now_ms = clock_.monotonic_ns() / kNsPerMs;
  if (now_ms < repeated_ms_ + options_.repeat_ms) return;
  if (std::exchange(repeated_ms_, now_ms) != 0) ++losses_;
}

// ---- Writing

Result<std::vector<BroadcastAnswer>> FollowedEngine::hand_over(std::span<const std::string> wires) {
  using Kind = BroadcastAnswer::Kind;
  using Admitted = Application::Admitted;
  ICN_TRY_ASSIGN(verdicts, application_.admit(wires));
  // One that came to nothing may have been swallowed.
  if (std::ranges::count(verdicts, Admitted::kAgain) > 0) ++turn_;
  std::vector<std::string> admitted;
  for (std::size_t i = 0; i < wires.size(); ++i) {
    if (verdicts[i] != Admitted::kNo) admitted.push_back(wires[i]);
  }
  // Who waits for one that is not has been told why, or is when it expires.
  std::vector<BroadcastAnswer> out(wires.size(), {Kind::kKnown, {}});
  if (admitted.empty()) return out;
  ICN_TRY_ASSIGN(answers, writing().broadcast(admitted));
  bool is_refused = false;
  for (std::size_t i = 0, next = 0; i < wires.size(); ++i) {
    if (verdicts[i] == Admitted::kNo) continue;
    BroadcastAnswer& answer = answers[next++];
    // Who says that it refuses may have handed it on all the same: only a block is an outcome, or the lack of
    // one until it expires.
    const bool refuses = answer.kind == Kind::kRefused || answer.kind == Kind::kPoolFull;
    if (refuses && !std::exchange(is_refused, true))
      log_->warn("{} did not take a transaction: {}", options_.servers[writes_to_], answer.reason);
    if (!refuses) out[i] = std::move(answer);
  }
  return out;
}

RpcClient& FollowedEngine::writing() {
  const std::size_t wanted = (server_.load() + turn_) % options_.servers.size();
  if (!writing_ || writes_to_ != wanted) {
    writes_to_ = wanted;
    writing_.emplace("tcp://" + options_.servers[writes_to_], options_.timeout_ms);
  }
  return *writing_;
}

// ---- What is known of the newest block

Result<EngineAttestation> FollowedEngine::attestation(std::uint64_t height) {
  {
    const std::lock_guard lock(mutex_);
    if (newest_ && newest_->header.height == height) return *newest_;
  }
  ICN_TRY_ASSIGN(out, fetch_attestation(writing(), height));
  const std::lock_guard lock(mutex_);
  // Anybody can sign with keys of their own.
  if (!newest_ || validators_hash(out.validators) != validators_hash(newest_->validators))
    return Error(kEngineFailed, "the validators of that block are not those of the newest one");
  return std::move(out);
}

Result<EngineTip> FollowedEngine::newest_block() const {
  const std::lock_guard lock(mutex_);
  if (!newest_) return Error(errors::kUnavailable, "no block has come since this node started");
  return EngineTip{newest_->header.height, newest_->block_id.hash.bytes};
}

}  // namespace icn::consensus
