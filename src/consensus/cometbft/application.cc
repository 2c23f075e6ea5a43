#include "consensus/cometbft/application.h"

#include <unordered_set>

#include "abci.pb.h"
#include "base/errors.h"
#include "consensus/cometbft/errors.h"
#include "consensus/cometbft/proposal.h"
#include "ledger/due.h"
#include "ledger/errors.h"
#include "ledger/pruning.h"
#include "ledger/state.h"
#include "ledger/verify.h"
#include "storage/errors.h"

namespace icn::consensus {
namespace {

// Results of a transaction as the engine shows them. Part of what validators agree on.
constexpr std::uint32_t kDone = 0;
constexpr std::uint32_t kFailed = 1;    // in our block, with a failed outcome
constexpr std::uint32_t kNotTaken = 2;  // in no block of ours

template <typename Texts>
std::vector<std::string_view> views(const Texts& texts) {
  return {texts.begin(), texts.end()};
}

std::uint64_t to_ms(const abci::Time& time) {
  return static_cast<std::uint64_t>(time.seconds()) * 1'000 +
         static_cast<std::uint64_t>(time.nanos()) / 1'000'000;
}

codec::HexBytes hex_bytes(const std::string& bytes) { return {to_bytes(as_bytes(bytes))}; }

std::vector<ledger::Misconduct> read_misconduct(const abci::RequestFinalizeBlock& request) {
  std::vector<ledger::Misconduct> out;
  for (const abci::Misbehavior& each : request.misbehavior()) {
    const bool is_vote = each.type() == abci::DUPLICATE_VOTE;
    out.push_back({is_vote ? "duplicate_vote" : "light_client_attack",
                   {to_bytes(as_bytes(each.validator().address()))},
                   static_cast<std::uint64_t>(each.height()),
                   static_cast<TimestampSecs>(std::max<std::int64_t>(each.time().seconds(), 0))});
  }
  return out;
}

std::uint64_t lifetime_max_secs(const ledger::Published& now) {
  return static_cast<std::uint64_t>(now.parameters.ledger_lifetime_max_secs);
}

}  // namespace

Application::Application(ledger::Ledger& ledger, const Clock& clock, std::shared_ptr<Log> log,
                         ApplicationOptions options, ApplicationListener listener)
    : ledger_(ledger),
      clock_(clock),
      log_(std::move(log)),
      options_(std::move(options)),
      listener_(std::move(listener)),
      executor_(ledger.rules(), ledger.checkpoint_roots()),
      admission_(ledger.rules(), options_.remembered_max),
      pool_(options_.sender_waiting_max),
      state_sync_(ledger, log_, options_.chain) {}

std::string Application::problem() const {
  const std::lock_guard lock(problem_mutex_);
  return problem_;
}

void Application::engine_starts() {
  pool_.clear();
  const std::lock_guard lock(consensus_mutex_);
  if (ledger_.store().ok()) return;
  // Without room it could not be opened again after a failed write.
  if (const auto opened = ledger_.reopen(); !opened.ok()) log_->error("{}", opened.error().detail());
}

TimestampSecs Application::ledger_time(std::int64_t seconds) const {
  const auto time = static_cast<TimestampSecs>(std::max<std::int64_t>(seconds, 0));
  return std::max(time, ledger_.published()->head.header.time);
}

bool Application::answer(const abci::Request& request, abci::Response& response) {
  const Result<void> done = dispatch(request, response);
  if (done.ok()) return true;
  log_->error("consensus: {}", done.error().detail());
  response.mutable_exception()->set_error(done.error().detail());
  return false;
}

Result<void> Application::dispatch(const abci::Request& request, abci::Response& response) {
  switch (request.value_case()) {
    case abci::Request::kEcho:
      response.mutable_echo()->set_message(request.echo().message());
      return {};
    case abci::Request::kFlush:
      response.mutable_flush();
      return {};
    case abci::Request::kInfo:
      return info(response);
    case abci::Request::kQuery:
      response.mutable_query()->set_code(1);
      response.mutable_query()->set_log("ask the node's HTTP interface");
      return {};
    case abci::Request::kCheckTx: {
      const abci::RequestCheckTx* const asked = &request.check_tx();
      abci::ResponseCheckTx* const answered = response.mutable_check_tx();
      check({&asked, 1}, {&answered, 1});
      return {};
    }
    case abci::Request::kListSnapshots:
      state_sync_.list(*response.mutable_list_snapshots());
      return {};
    case abci::Request::kOfferSnapshot:
      state_sync_.offer(request.offer_snapshot(), *response.mutable_offer_snapshot());
      return {};
    case abci::Request::kLoadSnapshotChunk:
      state_sync_.load(request.load_snapshot_chunk(), *response.mutable_load_snapshot_chunk());
      return {};
    case abci::Request::kApplySnapshotChunk:
      state_sync_.apply(request.apply_snapshot_chunk(), *response.mutable_apply_snapshot_chunk());
      return {};
    default:
      return dispatch_consensus(request, response);
  }
}

Result<void> Application::dispatch_consensus(const abci::Request& request, abci::Response& response) {
  const std::lock_guard lock(consensus_mutex_);
  switch (request.value_case()) {
    case abci::Request::kInitChain:
      return init_chain(request.init_chain(), response);
    case abci::Request::kPrepareProposal:
      return prepare(request.prepare_proposal(), *response.mutable_prepare_proposal());
    case abci::Request::kProcessProposal: {
      const Result<void> verdict = inspect(request.process_proposal());
      if (!verdict.ok())
        log_->warn("proposal for height {} refused: {}", request.process_proposal().height(),
                   verdict.error().detail());
      response.mutable_process_proposal()->set_status(verdict.ok() ? abci::ResponseProcessProposal::ACCEPT
                                                                   : abci::ResponseProcessProposal::REJECT);
      return {};
    }
    case abci::Request::kFinalizeBlock:
      return finalize(request.finalize_block(), *response.mutable_finalize_block());
    case abci::Request::kCommit: {
      ICN_TRY(commit());
      ICN_TRY_ASSIGN(retained, retain_height());
      response.mutable_commit()->set_retain_height(static_cast<std::int64_t>(retained));
      return {};
    }
    case abci::Request::kExtendVote:
      response.mutable_extend_vote();
      return {};
    case abci::Request::kVerifyVoteExtension: {
      const bool is_empty = request.verify_vote_extension().vote_extension().empty();
      response.mutable_verify_vote_extension()->set_status(
          is_empty ? abci::ResponseVerifyVoteExtension::ACCEPT : abci::ResponseVerifyVoteExtension::REJECT);
      return {};
    }
    default:
      return Error(kBadAbci, "a request without a kind this application knows");
  }
}

Result<void> Application::info(abci::Response& response) const {
  ICN_TRY_ASSIGN(store, ledger_.store());
  ICN_TRY_ASSIGN(note, kEngineNote.get(*store, kEngineKey));
  abci::ResponseInfo& out = *response.mutable_info();
  out.set_data("icn");
  out.set_version(ICN_VERSION);
  out.set_app_version(ledger::kBlockVersion);
  if (!note) return {};
  if (note->chain != options_.chain) {
    return Error(kWrongGenesis, "the ledger here was ordered by chain \"" + note->chain + "\", not by \"" +
                                    options_.chain + "\"");
  }
  ICN_TRY_ASSIGN(head, ledger::load_head(*store));
  out.set_last_block_height(static_cast<std::int64_t>(note->height));
  out.set_last_block_app_hash(std::string(as_text(head->hash)));
  return {};
}

Result<void> Application::init_chain(const abci::RequestInitChain& request, abci::Response& response) const {
  if (request.chain_id() != options_.chain) {
    return Error(kWrongGenesis, "the engine starts chain \"" + request.chain_id() +
                                    "\", this node is for \"" + options_.chain + "\"");
  }
  ICN_TRY_ASSIGN(store, ledger_.store());
  ICN_TRY_ASSIGN(body, ledger::kBodies.get(*store, 0));
  const ledger::Head head = ledger_.published()->head;
  ICN_TRY_ASSIGN(state, codec::parse_json(request.app_state_bytes()));
  if (const codec::Json* before = state.find("continues"); before != nullptr) {
    ICN_TRY_ASSIGN(continues, codec::from_json<ledger::Continuation>(*before));
    ICN_TRY(check_continuation(continues, *store));
    response.mutable_init_chain()->set_app_hash(std::string(as_text(head.hash)));
    return {};
  }
  if (!body || head.header.height != 0)
    return Error(kWrongGenesis, "the ledger here is at height " + std::to_string(head.header.height) +
                                    ", a new chain starts at 0");
  if (codec::canonical_json(state) != body->genesis)
    return Error(kWrongGenesis, "app_state of the engine's genesis is not what block 0 here was made from");
  response.mutable_init_chain()->set_app_hash(std::string(as_text(head.hash)));
  return {};
}

// The state must be exactly what the genesis says the chain goes on from.
Result<void> Application::check_continuation(const ledger::Continuation& continues,
                                             const ledger::Reader& store) const {
  const ledger::Head head = ledger_.published()->head;
  if (head.header.height != continues.height || to_bytes(head.hash) != continues.previous.bytes) {
    return Error(kWrongGenesis, "the chain goes on from block " + std::to_string(continues.height) +
                                    ", the ledger here is at " + std::to_string(head.header.height) +
                                    " or has another history");
  }
  ICN_TRY_ASSIGN(root, ledger::state_hash(store, ledger_.tables()));
  if (to_bytes(root) == continues.state_root.bytes) return {};
  return Error(kWrongGenesis, "the state here is not the one the chain goes on from");
}

Result<void> Application::check_place(const ledger::CheckedTransaction& transaction, TimestampSecs time,
                                      const ledger::Reader& state) const {
  ICN_TRY(check_lifetime(transaction.envelope(), time, lifetime_max_secs(*ledger_.published())));
  ICN_TRY_ASSIGN(is_known, ledger::kTransactionPlaces.contains(state, to_bytes(transaction.hash())));
  if (is_known) return Error(errors::kConflict, "the ledger has it already");
  return {};
}

Result<void> Application::prepare(const abci::RequestPrepareProposal& request,
                                  abci::ResponsePrepareProposal& response) {
  ICN_TRY_ASSIGN(store, ledger_.store());
  const TimestampSecs time = ledger_time(request.time().seconds());
  const auto wires = views(request.txs());
  const auto read = admission_.read(wires, *store);
  std::vector<Candidate> candidates;
  std::unordered_set<std::string_view> seen;
  for (std::size_t i = 0; i < read.size(); ++i) {
    if (!read[i].ok() || !check_kind(**read[i]).ok() || !check_place(**read[i], time, *store).ok()) continue;
    if (!seen.insert(as_text((*read[i])->hash())).second) continue;
    candidates.push_back({*read[i], i, bytes_in_block(wires[i].size())});
  }
  const auto bytes_max = static_cast<std::size_t>(std::max<std::int64_t>(request.max_tx_bytes(), 0));
  for (const std::size_t index : choose(candidates, bytes_max))
    response.add_txs(request.txs(static_cast<int>(index)));
  return {};
}

Result<void> Application::inspect(const abci::RequestProcessProposal& request) {
  ICN_TRY_ASSIGN(store, ledger_.store());
  const TimestampSecs time = ledger_time(request.time().seconds());
  const auto lifetime_secs = lifetime_max_secs(*ledger_.published());
  for (const Result<TransactionPtr>& each : admission_.read(views(request.txs()), *store)) {
    if (!each.ok()) return each.error();
    ICN_TRY(check_kind(**each));
    ICN_TRY(check_lifetime((*each)->envelope(), time, lifetime_secs));
  }
  return {};
}

Result<void> Application::finalize(const abci::RequestFinalizeBlock& request,
                                   abci::ResponseFinalizeBlock& response) {
  ICN_TRY_ASSIGN(store, ledger_.store());
  ICN_TRY_ASSIGN(note, kEngineNote.get(*store, kEngineKey));
  const auto height = static_cast<std::uint64_t>(request.height());
  if (note && height != note->height + 1) {
    return Error(kBadAbci, "FinalizeBlock of height " + std::to_string(height) + " after height " +
                               std::to_string(note->height));
  }
  const std::vector<ledger::Misconduct> misconduct = read_misconduct(request);
  for (const ledger::Misconduct& each : misconduct)
    log_->warn("validator {} misbehaved at height {}: {}", hex_encode(each.address.bytes), each.height,
               each.kind);
  Computed computed;
  computed.note = {options_.chain, height, to_ms(request.time()), hex_bytes(request.hash()),
                   hex_bytes(request.next_validators_hash())};
  std::unordered_set<std::string_view> seen;
  std::vector<bool> is_taken;
  for (Result<TransactionPtr>& each : admission_.read(views(request.txs()), *store)) {
    // What is past its time has its place in the block, with that outcome.
    bool takes = each.ok() && check_kind(**each).ok() && seen.insert(as_text((*each)->hash())).second;
    if (takes) {
      ICN_TRY_ASSIGN(is_known, ledger::kTransactionPlaces.contains(*store, to_bytes((*each)->hash())));
      takes = !is_known;
    }
    is_taken.push_back(takes);
    if (takes) computed.transactions.push_back(std::move(*each));
  }
  const auto published = ledger_.published();
  const ledger::Head& head = published->head;
  ICN_TRY_ASSIGN(block,
                 executor_.execute(head, hot_state(store, head.hash), ledger_time(request.time().seconds()),
                                   computed.transactions, misconduct, &published->parameters));
  std::size_t next = 0;
  for (const bool takes : is_taken) {
    abci::ExecTxResult& result = *response.add_tx_results();
    result.set_code(!takes ? kNotTaken : block.outcomes[next].ok ? kDone : kFailed);
    if (takes) result.set_log(block.outcomes[next++].code);
  }
  const bool changes = !computed.transactions.empty() || !misconduct.empty() || block.due_rows > 0;
  response.set_app_hash(std::string(as_text(changes ? block.head.hash : head.hash)));
  if (const auto changed = ledger_.rules().validator_changes; changes && changed != nullptr) {
    ICN_TRY_ASSIGN(updates, changed(*store, block.rows));
    for (const ledger::ValidatorUpdate& each : updates) {
      abci::ValidatorUpdate& update = *response.add_validator_updates();
      update.mutable_pub_key()->set_ed25519(std::string(as_text(each.public_key)));
      update.set_power(static_cast<std::int64_t>(each.power));
    }
  }
  if (changes) computed.block = std::move(block);
  computed_ = std::move(computed);
  return {};
}

ledger::StateCache& Application::hot_state(const std::shared_ptr<storage::Store>& store,
                                           const crypto::Hash& head) {
  if (!hot_ || hot_->store != store || hot_->head != head)
    hot_.emplace(HotState{store, ledger::StateCache(*store, options_.cache_bytes_max), head});
  return hot_->rows;
}

Result<void> Application::commit() {
  if (!computed_) return Error(kBadAbci, "Commit without FinalizeBlock");
  Computed computed = std::move(*computed_);
  computed_.reset();
  const Result<void> written = write(computed);
  {
    const std::lock_guard lock(problem_mutex_);
    problem_ = written.ok() ? "" : "the newest block could not be written: " + written.error().detail();
  }
  ICN_TRY(written);
  CommittedBlock committed;
  committed.engine_height = computed.note.height;
  committed.time = ledger_time(static_cast<std::int64_t>(computed.note.time_ms / 1'000));
  committed.transactions = std::move(computed.transactions);
  if (computed.block) {
    committed.height = computed.block->head.header.height;
    committed.names_checkpoint = computed.block->head.header.checkpoint_root.has_value();
    committed.outcomes = std::move(computed.block->outcomes);
    for (const std::string& failure : computed.block->failures) log_->error("rule failed: {}", failure);
  }
  pool_.committed(committed.transactions, committed.time);
  admission_.forget(committed.transactions);
  listener_.committed(committed);
  return {};
}

Result<std::uint64_t> Application::retain_height() const {
  if (ledger_.checkpoints().options().blocks_kept == 0) return std::uint64_t{0};
  ICN_TRY_ASSIGN(store, ledger_.store());
  ICN_TRY_ASSIGN(pruned, ledger::pruned_height(*store));
  if (pruned == 0) return std::uint64_t{0};
  ICN_TRY_ASSIGN(oldest, kEngineBlocks.get(*store, pruned + 1));
  return oldest ? oldest->height : 0;
}

Result<void> Application::write(Computed& computed) {
  ICN_TRY_ASSIGN(store, ledger_.store());
  storage::RowBuffer rows(*store);
  ICN_TRY(kEngineNote.insert(rows, kEngineKey, computed.note));
  Result<void> written;
  if (computed.block) {
    const std::uint64_t height = computed.block->head.header.height;
    ICN_TRY(kEngineBlocks.insert(rows, height, {computed.note.height}));
    for (storage::Row& row : rows.take()) computed.block->rows.push_back(std::move(row));
    store.reset();
    written = ledger_.commit(*computed.block);
  } else {
    written = store->write(rows.take(), storage::Durability::kSynced);
    store.reset();
  }
  if (!written.ok()) return look_what_was_written(computed.note, written.error());
  if (computed.block && hot_) {
    hot_->rows.committed(computed.block->rows);
    hot_->head = computed.block->head.hash;
  }
  return {};
}

// A failed sync is never repeated: what the store shows when it is opened again is what happened.
Result<void> Application::look_what_was_written(const EngineNote& wanted, const Error& failure) {
  hot_.reset();  // it holds the store open
  if (!failure.is(storage::kSyncFailed) && !failure.is(storage::kMustReopen)) return failure;
  log_->error("{} at block {} of the engine: opening the store again", failure.detail(), wanted.height);
  ICN_TRY(ledger_.reopen());
  ICN_TRY_ASSIGN(store, ledger_.store());
  ICN_TRY_ASSIGN(note, kEngineNote.get(*store, kEngineKey));
  if (note && note->height == wanted.height) return {};
  return Error(ledger::kNotApplied,
               "the disk lost block " + std::to_string(wanted.height) + " of the engine");
}

void Application::check(std::span<const abci::RequestCheckTx* const> requests,
                        std::span<abci::ResponseCheckTx* const> responses) {
  std::vector<std::string_view> wires;
  wires.reserve(requests.size());
  for (const abci::RequestCheckTx* each : requests) wires.emplace_back(each->tx());
  const auto state = ledger_.snapshot();
  std::vector<Result<TransactionPtr>> read;
  if (state.ok()) read = admission_.read(wires, **state);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const bool is_recheck = requests[i]->type() == abci::RECHECK;
    const Result<void> verdict =
        state.ok() ? judge(read[i], is_recheck, **state) : Result<void>(state.error());
    if (verdict.ok()) continue;
    responses[i]->set_code(static_cast<std::uint32_t>(verdict.error().category()));
    responses[i]->set_codespace(std::string(verdict.error().code()));
    responses[i]->set_log(verdict.error().detail());
  }
}

Result<std::vector<Application::Admitted>> Application::admit(std::span<const std::string> wires) {
  ICN_TRY_ASSIGN(state, ledger_.snapshot());
  std::vector<Admitted> out;
  for (const Result<TransactionPtr>& each : admission_.read(views(wires), *state)) {
    const bool is_known = each.ok() && pool_.contains((*each)->hash());
    const bool is_taken = judge(each, is_known, *state).ok();
    out.push_back(!is_taken ? Admitted::kNo : is_known ? Admitted::kAgain : Admitted::kNew);
  }
  return out;
}

Result<void> Application::judge(const Result<TransactionPtr>& read, bool is_recheck,
                                const ledger::Reader& state) {
  Result<void> verdict = check_one(read, is_recheck, state);
  if (verdict.ok() || !read.ok()) return verdict;
  if (is_recheck)
    pool_.remove((*read)->hash());
  else
    listener_.refused((*read)->hash(), verdict.error());
  return verdict;
}

// What is checked again has been told to other validators: only what can never be taken is dropped, for who
// waits for it is owed an outcome.
Result<void> Application::check_one(const Result<TransactionPtr>& read, bool is_recheck,
                                    const ledger::Reader& state) {
  if (!read.ok()) return read.error();
  const ledger::CheckedTransaction& transaction = **read;
  ICN_TRY(check_kind(transaction));
  const TimestampSecs now = is_recheck ? ledger_.published()->head.header.time
                                       : ledger_time(static_cast<std::int64_t>(clock_.now_secs()));
  if (is_recheck && transaction.envelope().expires > now) {
    ICN_TRY_ASSIGN(is_known, ledger::kTransactionPlaces.contains(state, to_bytes(transaction.hash())));
    return is_known ? Result<void>(Error(errors::kConflict, "the ledger has it already")) : Result<void>();
  }
  ICN_TRY(check_place(transaction, now, state));
  if (!transaction.type().has_outcome_each) ICN_TRY(check_payment(transaction, now, state));
  ICN_TRY(pool_.add(*read));
  ledger_.tell_pooled(transaction);
  return {};
}

// Tries the transaction on the committed state and keeps nothing of it.
Result<void> Application::check_payment(const ledger::CheckedTransaction& transaction, TimestampSecs now,
                                        const ledger::Reader& state) const {
  const auto published = ledger_.published();
  ledger::View view(state);
  ICN_TRY_ASSIGN(running, ledger::begin_block_time(view, now));
  const ledger::BlockContext block{published->network.network, published->head.header.height + 1, now,
                                   running.standstill_secs, &published->parameters};
  std::vector<ledger::Event> events;
  const ledger::ApplyContext context{block, ledger_.rules().economy, transaction, events};
  Result<void> tried = transaction.type().precheck(context, transaction.body(), view);
  if (tried.ok()) {
    auto applied = transaction.type().apply(context, transaction.body(), view);
    if (!applied.ok()) tried = applied.error();
  }
  if (!tried.ok() && tried.error().category() == Category::kPayment) return tried;
  return {};
}

}  // namespace icn::consensus
