#include "ledger/api/kept_writes.h"

#include <algorithm>

#include "ledger/api/writer.h"
#include "ledger/errors.h"
#include "storage/tables.h"

namespace icn::ledger {
namespace {

constexpr std::size_t kUnderWayMax = 1'000;

// Key: the transaction's hash. `canonical` and `signature` as blocks hold them.
struct KeptRow {
  std::uint64_t sequence = 0;
  Bytes canonical;
  Bytes signature;
  TimestampSecs ended_at = 0;  // 0: waits
  KeptWrites::State state = KeptWrites::State::kQueued;
  std::string code;
  std::string detail;
  static constexpr auto fields() {
    using codec::field;
    return described(field("sequence", &KeptRow::sequence), field("canonical", &KeptRow::canonical),
                     field("signature", &KeptRow::signature), field("ended_at", &KeptRow::ended_at),
                     field("state", &KeptRow::state), field("code", &KeptRow::code),
                     field("detail", &KeptRow::detail));
  }
};

const Table<Bytes, KeptRow> kKept{213, "ledger_kept_writes"};

// The log did not take it now, and may later.
bool may_come_again(const Error& error) {
  return error.category() == Category::kUnavailable || error.category() == Category::kRateLimited ||
         error.category() == Category::kStorageFull;
}

}  // namespace

const storage::TableSchema& KeptWrites::table() { return kKept.schema(); }

Result<std::unique_ptr<KeptWrites>> KeptWrites::open(KeptWritesParts parts, KeptWritesOptions options) {
  auto out = std::unique_ptr<KeptWrites>(new KeptWrites(std::move(parts), options));
  ICN_TRY(out->load());
  out->thread_ = std::make_unique<Housekeeper>(
      std::vector<Housekeeper::Task>{{options.look_every, [raw = out.get()] { raw->look(); }}});
  return out;
}

KeptWrites::~KeptWrites() { stop(); }

void KeptWrites::stop() {
  if (thread_) thread_->stop();
}

Result<void> KeptWrites::load() {
  ICN_TRY_ASSIGN(rows, kKept.scan(parts_.store, {}));
  while (true) {
    ICN_TRY_ASSIGN(row, rows.next());
    if (!row) return {};
    ICN_TRY_ASSIGN(read, CheckedTransaction::from_stored(parts_.ledger.rules().types, as_text(row->canonical),
                                                         row->signature));
    Entry entry{std::move(row->canonical),
                std::move(row->signature),
                read->envelope().sender.text(),
                row->sequence,
                row->ended_at,
                false,
                {row->state, read->envelope().expires, std::move(row->code), std::move(row->detail)}};
    next_sequence_ = std::max(next_sequence_, entry.sequence + 1);
    if (entry.standing.state == State::kQueued) {
      ++waiting_count_;
      ++by_sender_[entry.sender];
    }
    entries_.emplace(read->hash(), std::move(entry));
  }
}

Result<void> KeptWrites::room_for(const std::string& sender) const {
  if (waiting_count_ >= options_.kept_max)
    return Error(kQueueFull, std::to_string(waiting_count_) + " transactions are kept; no more may be");
  const auto of_sender = by_sender_.find(sender);
  if (of_sender == by_sender_.end() || of_sender->second < options_.sender_max) return {};
  return Error(kQueueFull, std::to_string(of_sender->second) + " transactions of " + sender +
                               " are kept; no more may be");
}

void KeptWrites::keep(const CheckedTransaction& transaction, Executor& executor, Kept done) {
  const crypto::Hash id = transaction.hash();
  Entry entry{to_bytes(as_bytes(transaction.canonical())),
              transaction.envelope().signature.bytes,
              transaction.envelope().sender.text(),
              0,
              0,
              false,
              {State::kQueued, transaction.envelope().expires, "", ""}};
  storage::RowBuffer rows(parts_.store);
  {
    const std::lock_guard lock(mutex_);
    auto known = entries_.find(id);
    if (known != entries_.end() && known->second.standing.state != State::kQueued) {
      entries_.erase(known);
      known = entries_.end();
    }
    if (known == entries_.end()) {
      if (const auto room = room_for(entry.sender); !room.ok()) return done(room.error());
      entry.sequence = next_sequence_++;
      ++waiting_count_;
      ++by_sender_[entry.sender];
      known = entries_.emplace(id, std::move(entry)).first;
    }
    // Written again for who asks again: it may not be durable yet.
    const Entry& kept = known->second;
    const auto added = kKept.insert(
        rows, to_bytes(id), {kept.sequence, kept.canonical, kept.signature, 0, State::kQueued, "", ""});
    if (!added.ok()) return done(added.error());
  }
  parts_.writes.submit(rows.take(), executor,
                       [this, id, done = std::move(done)](const Result<void>& written) {
                         if (!written.ok()) {
                           const std::lock_guard lock(mutex_);
                           if (const auto lost = entries_.find(id); lost != entries_.end()) forget(lost);
                         }
                         done(written);
                       });
}

std::optional<KeptWrites::Standing> KeptWrites::find(const TransactionId& id) const {
  const auto hash = hex_decode(id.text());
  if (!hash.ok() || hash->size() != crypto::Hash{}.size()) return std::nullopt;
  crypto::Hash key{};
  std::ranges::copy(*hash, key.begin());
  const std::lock_guard lock(mutex_);
  const auto entry = entries_.find(key);
  if (entry == entries_.end()) return std::nullopt;
  return entry->second.standing;
}

std::size_t KeptWrites::count() const {
  const std::lock_guard lock(mutex_);
  return waiting_count_;
}

// Takes an entry out of those that wait.
void KeptWrites::forget(Entries::iterator entry) {
  if (entry->second.standing.state == State::kQueued) {
    --waiting_count_;
    const auto sender = by_sender_.find(entry->second.sender);
    if (--sender->second == 0) by_sender_.erase(sender);
  }
  storage::RowBuffer rows(parts_.store);
  if (kKept.erase(rows, to_bytes(entry->first)).ok())
    for (storage::Row& row : rows.take()) rows_.push_back(std::move(row));
  entries_.erase(entry);
}

void KeptWrites::end(const crypto::Hash& id, State state, std::string code, std::string detail) {
  const auto found = entries_.find(id);
  if (found == entries_.end() || found->second.standing.state != State::kQueued) return;
  Entry& entry = found->second;
  --waiting_count_;
  const auto sender = by_sender_.find(entry.sender);
  if (--sender->second == 0) by_sender_.erase(sender);
  entry.ended_at = std::max<TimestampSecs>(parts_.clock.now_secs(), 1);
  entry.standing.state = state;
  entry.standing.code = std::move(code);
  entry.standing.detail = std::move(detail);
  storage::RowBuffer rows(parts_.store);
  const auto added = kKept.insert(rows, to_bytes(id),
                                  {entry.sequence, entry.canonical, entry.signature, entry.ended_at, state,
                                   entry.standing.code, entry.standing.detail});
  if (!added.ok()) return;
  for (storage::Row& row : rows.take()) rows_.push_back(std::move(row));
}

void KeptWrites::take_answers() {
  for (Answer& answer : std::exchange(answers_, {})) {
    const auto found = entries_.find(answer.id);
    if (found == entries_.end()) continue;
    found->second.is_under_way = false;
    if (!answer.error)
      forget(found);
    else if (!may_come_again(*answer.error) && !answer.error->is(kExpired))
      end(answer.id, State::kRefused, std::string(answer.error->code()), answer.error->detail());
  }
}

void KeptWrites::drop_old() {
  const TimestampSecs now = parts_.clock.now_secs();
  std::vector<std::pair<TimestampSecs, crypto::Hash>> ended;
  for (const auto& [id, entry] : entries_) {
    if (entry.ended_at != 0) ended.emplace_back(entry.ended_at, id);
  }
  std::ranges::sort(ended);
  for (std::size_t i = 0; i < ended.size(); ++i) {
    const bool is_old = ended[i].first + kEndedKeptSecs <= now;
    if (is_old || ended.size() - i > options_.kept_max) forget(entries_.find(ended[i].second));
  }
}

std::vector<crypto::Hash> KeptWrites::waiting_in_order() const {
  std::vector<std::pair<std::uint64_t, crypto::Hash>> waiting;
  std::size_t under_way = 0;
  for (const auto& [id, entry] : entries_) {
    if (entry.is_under_way)
      ++under_way;
    else if (entry.standing.state == State::kQueued)
      waiting.emplace_back(entry.sequence, id);
  }
  std::ranges::sort(waiting);
  std::vector<crypto::Hash> out;
  for (const auto& [sequence, id] : waiting) {
    if (under_way + out.size() >= kUnderWayMax) break;
    out.push_back(id);
  }
  return out;
}

void KeptWrites::look() {
  std::vector<crypto::Hash> to_submit;
  {
    const std::lock_guard lock(mutex_);
    if (entries_.empty()) return;
  }
  const LogStatus status = parts_.log.status();
  const auto store = parts_.ledger.store();
  {
    const std::lock_guard lock(mutex_);
    take_answers();
    drop_old();
    for (const crypto::Hash& id : waiting_in_order()) {
      const auto entry = entries_.find(id);
      const auto is_known =
          store.ok() ? kTransactionPlaces.contains(**store, to_bytes(id)) : Result<bool>(store.error());
      if (is_known.ok() && *is_known)
        forget(entry);
      else if (entry->second.standing.expires <= status.time)
        end(id, State::kExpired, std::string(kExpired.code), "no block took it before it expired");
      else if (status.is_writing)
        to_submit.push_back(id);
    }
  }
  for (const crypto::Hash& id : to_submit) submit(id);
  write_rows();
}

void KeptWrites::submit(const crypto::Hash& id) {
  Result<std::shared_ptr<CheckedTransaction>> transaction = Error(kNotApplied);
  {
    const std::lock_guard lock(mutex_);
    const auto entry = entries_.find(id);
    if (entry == entries_.end() || entry->second.is_under_way) return;
    transaction = CheckedTransaction::from_stored(parts_.ledger.rules().types,
                                                  as_text(entry->second.canonical), entry->second.signature);
    if (!transaction.ok())
      return end(id, State::kRefused, std::string(transaction.error().code()), transaction.error().detail());
    entry->second.is_under_way = true;
  }
  parts_.gateway.submit_now(inline_, *transaction, [this, id](const Result<Commitment>& result) {
    const std::lock_guard lock(mutex_);
    answers_.push_back({id, result.ok() ? std::nullopt : std::optional<Error>(result.error())});
  });
}

// What is lost here is found again: the ledger knows what it has, and the rest is submitted once more.
void KeptWrites::write_rows() {
  std::vector<storage::Row> rows;
  {
    const std::lock_guard lock(mutex_);
    rows = std::exchange(rows_, {});
  }
  if (rows.empty()) return;
  parts_.writes.submit(std::move(rows), inline_, [logger = parts_.logger](const Result<void>& written) {
    if (!written.ok()) logger->warn("kept writes not brought up to date: {}", written.error().detail());
  });
}

}  // namespace icn::ledger
