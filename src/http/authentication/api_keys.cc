#include "http/authentication/api_keys.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

#include "codec/records.h"
#include "crypto/hash.h"
#include "http/errors.h"
#include "storage/errors.h"

namespace icn::http {
namespace {

constexpr std::string_view kPrefix = "icn_";
constexpr std::size_t kDidsMax = 64;
constexpr std::size_t kDidSizeMax = 2048;
constexpr std::size_t kConfiguredKeyMin = 32;
constexpr std::size_t kSeedBytes = 32;

std::string key_of_seed(ByteView seed) { return std::string(kPrefix) + base64url_encode(seed); }

// "did:" method ":" id of visible ASCII (DID Core 1.0, 3.1). Whether it exists is not asked: it may be made
// later.
bool is_did(std::string_view text) {
  if (text.size() > kDidSizeMax || !text.starts_with("did:")) return false;
  const std::size_t colon = text.find(':', 4);
  if (colon == std::string_view::npos || colon == 4 || colon + 1 == text.size()) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

// Row of the table: key hash -> this.
struct ApiKeyRecord {
  ApiKeyInfo info;
  static constexpr auto fields() { return described(codec::field("info", &ApiKeyRecord::info)); }
};

struct Entry {
  ApiKeyInfo info;
  Caller caller;
  bool is_stored = true;
  std::atomic<TimestampSecs> last_used_at = 0;  // 0: never
  std::atomic<TimestampSecs> written_use = 0;   // what the store has
};

}  // namespace

class ApiKeys::Impl {
 public:
  Impl(storage::Store& its_store, ByteView node_secret, const Clock& its_clock, Random& its_random)
      : store(its_store),
        clock(its_clock),
        random(its_random),
        secret(to_bytes(crypto::blake2b(as_bytes("icn:http:api-keys:v1"), node_secret))) {}

  storage::Store& store;
  const Clock& clock;
  Random& random;
  Bytes secret;
  bool is_follower = false;
  // Readers share it; it is held for one look-up.
  mutable std::shared_mutex mutex;
  std::mutex writer;  // held over a change of store and memory, so that they never part
  std::unordered_map<crypto::Hash, std::shared_ptr<Entry>, crypto::HashOfHash> keys;

  crypto::Hash hash_of(std::string_view key) const { return crypto::blake2b(as_bytes(key), secret); }

  static ApiKeyInfo info_of(const Entry& entry) {
    ApiKeyInfo info = entry.info;
    const TimestampSecs used = entry.last_used_at.load(std::memory_order_relaxed);
    if (used > 0) info.last_used_at = used;
    return info;
  }

  static storage::Row row_of(const crypto::Hash& hash, const ApiKeyInfo& info) {
    return {&ApiKeys::table(), to_bytes(hash), codec::encode_record(ApiKeyRecord{info}), {}, {}};
  }

  Result<void> write(const crypto::Hash& hash, const ApiKeyInfo& info, storage::Durability durability) {
    std::vector<storage::Row> rows;
    rows.push_back(row_of(hash, info));
    return store.write(rows, durability);
  }

  static Caller caller_of(const ApiKeyInfo& info) {
    return {info.role, Credential::kApiKey, "key:" + info.id,
            std::make_shared<const std::vector<Did>>(info.dids)};
  }

  std::optional<Caller> find_stored(const crypto::Hash& hash, TimestampSecs now) const {
    const auto bytes = store.get(table(), hash);
    if (!bytes.ok() || !*bytes) return std::nullopt;
    const auto record = codec::decode_record<ApiKeyRecord>(**bytes);
    if (!record.ok() || (record->info.expires_at && *record->info.expires_at <= now)) return std::nullopt;
    return caller_of(record->info);
  }

  std::shared_ptr<Entry> add(const crypto::Hash& hash, ApiKeyInfo info, bool is_stored) {
    auto entry = std::make_shared<Entry>();
    entry->caller = caller_of(info);
    entry->last_used_at = entry->written_use = info.last_used_at.value_or(0);
    entry->info = std::move(info);
    entry->is_stored = is_stored;
    const std::unique_lock lock(mutex);
    keys[hash] = entry;
    return entry;
  }

  Result<ApiKeyInfo> make_info(std::string label, Role role, std::vector<Did> dids) const {
    ICN_TRY(check(role, dids));
    ApiKeyInfo info;
    info.id = hex_encode(random.bytes(8));
    info.label = std::move(label);
    info.role = role;
    info.dids = std::move(dids);
    info.created_at = clock.now_secs();
    return info;
  }
};

const storage::TableSchema& ApiKeys::table() {
  static const storage::TableSchema schema{210, "http_api_keys", {}};
  return schema;
}

ApiKeys::ApiKeys(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ApiKeys::~ApiKeys() = default;

Result<std::unique_ptr<ApiKeys>> ApiKeys::open(storage::Store& store, ByteView node_secret,
                                               const Clock& clock, Random& random) {
  auto impl = std::make_unique<Impl>(store, node_secret, clock, random);
  ICN_TRY_ASSIGN(cursor, store.scan(table(), {}));
  while (true) {
    ICN_TRY_ASSIGN(found, cursor->next());
    if (!found) break;
    ICN_TRY_ASSIGN(bytes, cursor->record());
    ICN_TRY_ASSIGN(record, codec::decode_record<ApiKeyRecord>(bytes));
    crypto::Hash hash{};
    if (cursor->key().size() != hash.size())
      return Error(storage::kCorrupt, "an API key's row has a wrong key");
    std::copy(cursor->key().begin(), cursor->key().end(), hash.begin());
    impl->add(hash, std::move(record.info), true);
  }
  return std::unique_ptr<ApiKeys>(new ApiKeys(std::move(impl)));
}

std::unique_ptr<ApiKeys> ApiKeys::follow(storage::Store& store, ByteView node_secret, const Clock& clock,
                                         Random& random) {
  auto impl = std::make_unique<Impl>(store, node_secret, clock, random);
  impl->is_follower = true;
  return std::unique_ptr<ApiKeys>(new ApiKeys(std::move(impl)));
}

Result<void> ApiKeys::check(Role role, const std::vector<Did>& dids) {
  if (role == Role::kNone)
    return Error(errors::kMalformed, "role: must be read, member, validator or operator");
  if (dids.size() > kDidsMax) return Error(errors::kMalformed, "dids: at most 64");
  for (const Did& did : dids) {
    if (!is_did(did.text()))
      return Error(errors::kMalformed, "dids: \"" + did.text().substr(0, 60) + "\" is no DID");
  }
  return {};
}

Result<ApiKeys::Prepared> ApiKeys::prepare(ByteView seed, std::string label, Role role, std::vector<Did> dids,
                                           std::optional<TimestampSecs> expires_at, std::string scope) const {
  ICN_ASSERT(seed.size() == kSeedBytes);
  ICN_TRY_ASSIGN(info, impl_->make_info(std::move(label), role, std::move(dids)));
  if (expires_at && *expires_at <= info.created_at)
    return Error(errors::kMalformed, "expires_at: has passed");
  info.expires_at = expires_at;
  info.scope = std::move(scope);
  Prepared prepared{{key_of_seed(seed), std::move(info)}, {}, {}};
  prepared.hash = impl_->hash_of(prepared.made.key);
  prepared.row = Impl::row_of(prepared.hash, prepared.made.info);
  return prepared;
}

void ApiKeys::admit(const Prepared& key) {
  const std::lock_guard writing(impl_->writer);
  impl_->add(key.hash, key.made.info, true);
}

std::optional<NewApiKey> ApiKeys::made_of(ByteView seed) const {
  std::string key = key_of_seed(seed);
  const crypto::Hash hash = impl_->hash_of(key);
  const std::shared_lock lock(impl_->mutex);
  const auto found = impl_->keys.find(hash);
  if (found == impl_->keys.end()) return std::nullopt;
  ApiKeyInfo info = Impl::info_of(*found->second);
  if (info.expires_at && *info.expires_at <= impl_->clock.now_secs()) return std::nullopt;
  return NewApiKey{std::move(key), std::move(info)};
}

Result<NewApiKey> ApiKeys::create(std::string label, Role role, std::vector<Did> dids,
                                  std::optional<TimestampSecs> expires_at) {
  ICN_TRY_ASSIGN(
      key, prepare(impl_->random.bytes(kSeedBytes), std::move(label), role, std::move(dids), expires_at));
  std::vector<storage::Row> rows;
  rows.push_back(key.row);
  const std::lock_guard writing(impl_->writer);
  ICN_TRY(impl_->store.write(rows, storage::Durability::kSynced));
  impl_->add(key.hash, key.made.info, true);
  return std::move(key.made);
}

void ApiKeys::create(std::string label, Role role, std::vector<Did> dids,
                     std::optional<TimestampSecs> expires_at, storage::GroupCommit& writes,
                     Executor& executor, Created done) {
  auto key = prepare(impl_->random.bytes(kSeedBytes), std::move(label), role, std::move(dids), expires_at);
  if (!key.ok()) return done(key.error());
  std::vector<storage::Row> rows;
  rows.push_back(key->row);
  writes.submit(std::move(rows), executor,
                [this, key = std::move(*key), done = std::move(done)](const Result<void>& written) {
                  if (!written.ok()) return done(written.error());
                  admit(key);
                  done(key.made);
                });
}

Result<void> ApiKeys::adopt(std::string_view key, std::string label, Role role, std::vector<Did> dids) {
  if (key.size() < kConfiguredKeyMin)
    return Error(errors::kMalformed, "an API key of the settings has at least 32 characters");
  ICN_TRY_ASSIGN(info, impl_->make_info(std::move(label), role, std::move(dids)));
  impl_->add(impl_->hash_of(key), std::move(info), false);
  return {};
}

std::vector<ApiKeyInfo> ApiKeys::list() const {
  std::vector<ApiKeyInfo> all;
  {
    const std::shared_lock lock(impl_->mutex);
    for (const auto& [hash, entry] : impl_->keys) all.push_back(Impl::info_of(*entry));
  }
  std::sort(all.begin(), all.end(), [](const ApiKeyInfo& a, const ApiKeyInfo& b) {
    return std::tie(a.created_at, a.id) < std::tie(b.created_at, b.id);
  });
  return all;
}

// Out of memory before its row is erased: flush_last_use() writes rows of keys in memory alone, so that none
// comes back.
void ApiKeys::revoke(std::string_view id, storage::GroupCommit& writes, Executor& executor,
                     storage::GroupCommit::Done done) {
  std::optional<std::pair<crypto::Hash, std::shared_ptr<Entry>>> taken;
  {
    const std::lock_guard writing(impl_->writer);
    const std::unique_lock lock(impl_->mutex);
    const auto found =
        std::ranges::find_if(impl_->keys, [&](const auto& each) { return each.second->info.id == id; });
    if (found != impl_->keys.end()) {
      taken.emplace(found->first, found->second);
      impl_->keys.erase(found);
    }
  }
  if (!taken) return done(Error(errors::kNotFound, "no API key has this id"));
  if (!taken->second->is_stored) return done({});
  std::vector<storage::Row> rows;
  rows.push_back({&table(), to_bytes(taken->first), std::nullopt, {}, {}});
  writes.submit(std::move(rows), executor,
                [this, taken = std::move(*taken), done = std::move(done)](const Result<void>& written) {
                  if (!written.ok()) {
                    const std::unique_lock lock(impl_->mutex);
                    impl_->keys.emplace(taken.first, taken.second);
                  }
                  done(written);
                });
}

// The hash is keyed: what a stranger sends tells nothing about where it is looked for.
std::optional<Caller> ApiKeys::find(std::string_view key) const {
  if (key.size() < kConfiguredKeyMin || key.size() > 512) return std::nullopt;
  const crypto::Hash hash = impl_->hash_of(key);
  const TimestampSecs now = impl_->clock.now_secs();
  if (impl_->is_follower) return impl_->find_stored(hash, now);
  const std::shared_lock lock(impl_->mutex);
  const auto found = impl_->keys.find(hash);
  if (found == impl_->keys.end() || !equal_constant_time(found->first, hash)) return std::nullopt;
  Entry& entry = *found->second;
  if (entry.info.expires_at && *entry.info.expires_at <= now) return std::nullopt;
  if (entry.last_used_at.load(std::memory_order_relaxed) != now)
    entry.last_used_at.store(now, std::memory_order_relaxed);
  return entry.caller;
}

Result<void> ApiKeys::flush_last_use() {
  const std::lock_guard writing(impl_->writer);  // else a key that is being revoked could come back
  std::vector<std::pair<crypto::Hash, std::shared_ptr<Entry>>> used;
  {
    const std::shared_lock lock(impl_->mutex);
    for (const auto& [hash, entry] : impl_->keys) {
      if (entry->is_stored && entry->last_used_at != entry->written_use) used.emplace_back(hash, entry);
    }
  }
  for (const auto& [hash, entry] : used) {
    const TimestampSecs when = entry->last_used_at;
    ICN_TRY(impl_->write(hash, Impl::info_of(*entry), storage::Durability::kBuffered));
    entry->written_use = when;
  }
  return {};
}

}  // namespace icn::http
