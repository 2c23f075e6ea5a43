#include "http/idempotency.h"

#include <algorithm>
#include <list>
#include <mutex>
#include <unordered_map>

#include "codec/records.h"
#include "http/errors.h"

namespace icn::http {
namespace {

// Row of the table: SHA-256 of (kind, caller, key) -> this. `content` is an answer's text or the bytes
// of a signed transaction.
struct StoredEntry {
  TimestampSecs created_at = 0;
  Bytes body_hash;
  std::uint16_t status = 0;
  std::string content_type;
  Bytes content;
  static constexpr auto fields() {
    using codec::field;
    return described(field("created_at", &StoredEntry::created_at),
                     field("body_hash", &StoredEntry::body_hash), field("status", &StoredEntry::status),
                     field("content_type", &StoredEntry::content_type),
                     field("content", &StoredEntry::content));
  }
};

enum class Kind : std::uint8_t { kAnswer = 1, kSubmission = 2 };

// Length-prefixed, so that no two pairs of caller and key run together.
Bytes row_key(Kind kind, const IdempotencyStore::Id& id) {
  Bytes text{static_cast<std::uint8_t>(kind)};
  append_u32(text, static_cast<std::uint32_t>(id.caller.size()));
  append(text, id.caller);
  append(text, id.key);
  return to_bytes(crypto::sha256(text));
}

Response response_of(const StoredEntry& entry) {
  Response response;
  response.status = entry.status;
  response.content_type = entry.content_type;
  response.body = to_text(entry.content);
  return response;
}

}  // namespace

class IdempotencyStore::Impl {
 public:
  Impl(storage::Store& its_store, storage::GroupCommit* its_writes, const Clock& its_clock,
       const IdempotencyLimits& its_limits)
      : store(its_store), clock(its_clock), limits(its_limits) {
    if (its_writes == nullptr) own_writes = std::make_unique<storage::GroupCommit>(store);
    writes = its_writes != nullptr ? its_writes : own_writes.get();
  }

  // Answers of this process; `status` 0: still running.
  struct Entry {
    std::string name;
    StoredEntry answer;
  };
  using ByAge = std::list<Entry>;

  // Signed bytes that are being looked up or written, and who waits for them.
  struct Submission {
    Bytes body_hash;
    std::vector<std::pair<Executor*, Kept>> waiting;
  };

  storage::Store& store;
  const Clock& clock;
  const IdempotencyLimits limits;
  std::mutex mutex;
  ByAge by_age;                // oldest first
  std::size_t kept_bytes = 0;  // of the answers in it
  std::unordered_map<std::string, ByAge::iterator> entries;
  std::unordered_map<std::string, Submission> submissions;
  storage::GroupCommit* writes = nullptr;
  std::unique_ptr<storage::GroupCommit> own_writes;  // last: its thread uses all the others

  bool is_old(const StoredEntry& entry) const { return entry.created_at + kKeptSecs <= clock.now_secs(); }

  Result<std::optional<StoredEntry>> load(const Bytes& key) const {
    ICN_TRY_ASSIGN(bytes, store.get(table(), key));
    if (!bytes) return std::optional<StoredEntry>();
    ICN_TRY_ASSIGN(entry, codec::decode_record<StoredEntry>(*bytes));
    if (is_old(entry)) return std::optional<StoredEntry>();
    return std::optional<StoredEntry>(std::move(entry));
  }

  void save(Bytes key, const StoredEntry& entry, Executor& executor, storage::GroupCommit::Done done) {
    std::vector<storage::Row> rows;
    rows.push_back({&table(), std::move(key), codec::encode_record(entry), {}, {}});
    writes->submit(std::move(rows), executor, std::move(done));
  }

  // Answers all who wait for the bytes under `name`.
  void settle(const std::string& name, const Result<Bytes>& bytes) {
    std::vector<std::pair<Executor*, Kept>> waiting;
    {
      const std::lock_guard lock(mutex);
      const auto found = submissions.find(name);
      waiting = std::move(found->second.waiting);
      submissions.erase(found);
    }
    for (auto& [executor, done] : waiting) {
      if (executor->is_current()) {
        done(bytes);
      } else {
        executor->post([done = std::move(done), bytes] { done(bytes); });
      }
    }
  }

  StoredEntry entry_of(const Id& id, const Response& response) const {
    return {clock.now_secs(), to_bytes(id.body), static_cast<std::uint16_t>(response.status),
            response.content_type, to_bytes(as_bytes(response.body_text()))};
  }

  void erase(ByAge::iterator entry) {
    kept_bytes -= entry->answer.content.size();
    entries.erase(entry->name);
    by_age.erase(entry);
  }

  // Running ones stay: their answer is still to come.
  void make_room() {
    for (auto entry = by_age.begin(); entry != by_age.end();) {
      const auto next = std::next(entry);
      const bool is_running = entry->answer.status == 0;
      const bool is_room = by_age.size() < limits.entries_max && kept_bytes <= limits.bytes_max;
      if (!is_old(entry->answer) && is_room) return;
      if (!is_running) erase(entry);
      entry = next;
    }
  }

  // What is known of `id` in memory. None: nothing.
  std::optional<Result<std::optional<Response>>> find(const std::string& name, const Id& id) {
    const auto found = entries.find(name);
    if (found == entries.end()) return std::nullopt;
    const StoredEntry& answer = found->second->answer;
    if (is_old(answer) && answer.status != 0) {
      erase(found->second);
      return std::nullopt;
    }
    return decide(answer, id);
  }

  static Result<std::optional<Response>> decide(const StoredEntry& answer, const Id& id) {
    if (!std::equal(answer.body_hash.begin(), answer.body_hash.end(), id.body.begin(), id.body.end()))
      return Error(kKeyReused);
    if (answer.status == 0) return Error(kKeyInProgress);
    return std::optional(response_of(answer));
  }
};

const storage::TableSchema& IdempotencyStore::table() {
  static const storage::TableSchema schema{211, "http_idempotency", {}};
  return schema;
}

IdempotencyStore::IdempotencyStore(storage::Store& store, storage::GroupCommit& writes, const Clock& clock,
                                   const IdempotencyLimits& limits)
    : impl_(std::make_unique<Impl>(store, &writes, clock, limits)) {}
IdempotencyStore::IdempotencyStore(storage::Store& store, const Clock& clock, const IdempotencyLimits& limits)
    : impl_(std::make_unique<Impl>(store, nullptr, clock, limits)) {}
IdempotencyStore::~IdempotencyStore() = default;

Result<std::optional<Response>> IdempotencyStore::begin(const Id& id) {
  const Bytes key = row_key(Kind::kAnswer, id);
  const std::string name = to_text(key);
  const std::lock_guard lock(impl_->mutex);
  if (auto known = impl_->find(name, id)) return std::move(*known);
  ICN_TRY_ASSIGN(stored, impl_->load(key));
  if (stored) return Impl::decide(*stored, id);
  impl_->make_room();
  impl_->by_age.push_back({name, {impl_->clock.now_secs(), to_bytes(id.body), 0, "", {}}});
  impl_->entries.emplace(name, std::prev(impl_->by_age.end()));
  return std::optional<Response>();
}

void IdempotencyStore::complete(const Id& id, const Response& response) {
  const std::lock_guard lock(impl_->mutex);
  const auto found = impl_->entries.find(to_text(row_key(Kind::kAnswer, id)));
  if (found == impl_->entries.end()) return;
  found->second->answer = impl_->entry_of(id, response);
  impl_->kept_bytes += found->second->answer.content.size();
  impl_->make_room();
}

void IdempotencyStore::complete_durably(const Id& id, const Response& response, Executor& executor,
                                        std::function<void()> done) {
  // Written or not: what holds from now on is what the store says.
  impl_->save(row_key(Kind::kAnswer, id), impl_->entry_of(id, response), executor,
              [this, id, done = std::move(done)](const Result<void>&) {
                abandon(id);
                done();
              });
}

void IdempotencyStore::abandon(const Id& id) {
  const std::lock_guard lock(impl_->mutex);
  const auto found = impl_->entries.find(to_text(row_key(Kind::kAnswer, id)));
  if (found != impl_->entries.end() && found->second->answer.status == 0) impl_->erase(found->second);
}

void IdempotencyStore::put_before_submit(const Id& id, Bytes signed_bytes, Executor& executor, Kept done) {
  const Bytes key = row_key(Kind::kSubmission, id);
  const std::string name = to_text(key);
  {
    std::unique_lock lock(impl_->mutex);
    const auto [at, is_first] = impl_->submissions.try_emplace(name);
    if (is_first) at->second.body_hash = to_bytes(id.body);
    if (!std::ranges::equal(at->second.body_hash, id.body)) {
      lock.unlock();
      return done(Error(kKeyReused));
    }
    at->second.waiting.emplace_back(&executor, std::move(done));
    if (!is_first) return;
  }
  const auto stored = impl_->load(key);
  if (!stored.ok()) return impl_->settle(name, stored.error());
  if (*stored) {
    if (!std::ranges::equal((*stored)->body_hash, id.body)) return impl_->settle(name, Error(kKeyReused));
    return impl_->settle(name, std::move((*stored)->content));
  }
  const StoredEntry entry{impl_->clock.now_secs(), to_bytes(id.body), 0, "", std::move(signed_bytes)};
  impl_->save(key, entry, executor, [this, name, bytes = entry.content](const Result<void>& written) {
    impl_->settle(name, written.ok() ? Result<Bytes>(bytes) : Result<Bytes>(written.error()));
  });
}

Result<std::size_t> IdempotencyStore::prune() {
  std::size_t count = 0;
  {
    const std::lock_guard lock(impl_->mutex);
    const std::size_t before = impl_->by_age.size();
    impl_->make_room();
    count = before - impl_->by_age.size();
  }
  std::vector<storage::Row> rows;
  ICN_TRY_ASSIGN(cursor, impl_->store.scan(table(), {}));
  while (true) {
    ICN_TRY_ASSIGN(found, cursor->next());
    if (!found) break;
    ICN_TRY_ASSIGN(bytes, cursor->record());
    ICN_TRY_ASSIGN(entry, codec::decode_record<StoredEntry>(bytes));
    if (impl_->is_old(entry)) rows.push_back({&table(), to_bytes(cursor->key()), std::nullopt, {}, {}});
  }
  count += rows.size();
  cursor.reset();
  if (!rows.empty()) ICN_TRY(impl_->store.write(rows, storage::Durability::kBuffered));
  return count;
}

}  // namespace icn::http
