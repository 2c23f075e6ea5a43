#include "http/authentication/invitations.h"

#include <algorithm>
#include <mutex>
#include <unordered_set>

#include "crypto/hash.h"
#include "http/errors.h"
#include "storage/tables.h"

namespace icn::http {
namespace {

constexpr std::string_view kPrefix = "icn-invite-";
constexpr std::size_t kIdBytes = 8;
constexpr std::size_t kSecretBytes = 24;
constexpr std::size_t kRetryKeyMax = 255;

struct Record {
  InvitationInfo info;  // `state` is not kept up to date here
  Bytes secret_hash;
  Bytes retry_hash;  // empty: accepted without a retry key, or not yet
  static constexpr auto fields() {
    using codec::field;
    return described(field("info", &Record::info), field("secret_hash", &Record::secret_hash),
                     field("retry_hash", &Record::retry_hash));
  }
};

std::optional<Bytes> created_index(const Record& record) {
  return storage::key_of(storage::Descending{record.info.created_at}, record.info.id);
}
constexpr std::size_t kCreatedIndex = 0;
const storage::Table<std::string, Record> kInvitations{
    212, "http_invitations", {{"idx_http_invitations_created", &created_index}}};

struct Code {
  std::string id;
  Bytes secret;
};

std::optional<Code> parse_code(std::string_view text) {
  if (text.size() > 100 || !text.starts_with(kPrefix)) return std::nullopt;
  auto bytes = base64url_decode(text.substr(kPrefix.size()));
  if (!bytes.ok() || bytes->size() != kIdBytes + kSecretBytes) return std::nullopt;
  const ByteView view(*bytes);
  return Code{hex_encode(view.first(kIdBytes)), to_bytes(view.subspan(kIdBytes))};
}

}  // namespace

class Invitations::Impl {
 public:
  Impl(storage::Store& its_store, storage::GroupCommit& its_writes, ApiKeys& its_api_keys,
       ByteView node_secret, const Clock& its_clock, Random& its_random)
      : store(its_store),
        writes(its_writes),
        api_keys(its_api_keys),
        clock(its_clock),
        random(its_random),
        secret(to_bytes(crypto::blake2b(as_bytes("icn:http:invitations:v1"), node_secret))) {}

  storage::Store& store;
  storage::GroupCommit& writes;
  ApiKeys& api_keys;
  const Clock& clock;
  Random& random;
  Bytes secret;
  std::mutex mutex;
  std::unordered_set<std::string> claimed;  // ids that a write is under way for

  // Only who holds the claim on an invitation may change its row.
  class Claim {
   public:
    Claim(Impl& impl, std::string id) : impl_(impl), id_(std::move(id)) {}
    ~Claim() { release(); }
    Claim(const Claim&) = delete;
    Claim& operator=(const Claim&) = delete;

    // Before the answer, so that who has it finds the invitation free.
    void release() {
      const std::lock_guard lock(impl_.mutex);
      if (is_held_) impl_.claimed.erase(id_);
      is_held_ = false;
    }

   private:
    Impl& impl_;
    std::string id_;
    bool is_held_ = true;
  };
  // Null: somebody else holds it.
  std::shared_ptr<Claim> claim(const std::string& id) {
    const std::lock_guard lock(mutex);
    return claimed.insert(id).second ? std::make_shared<Claim>(*this, id) : nullptr;
  }

  Bytes hash_of(std::string_view purpose, ByteView content) const {
    Bytes message = to_bytes(as_bytes(purpose));
    message.push_back(0);
    append(message, content);
    return to_bytes(crypto::blake2b(message, secret));
  }

  // The text of a key follows from what its bearer holds and the node's secret, so that it lies nowhere.
  Bytes key_seed(const Code& code, std::string_view retry_key) const {
    Bytes content = code.secret;
    append(content, retry_key);
    return hash_of("key", content);
  }

  InvitationInfo info_of(const Record& record) const {
    InvitationInfo info = record.info;
    info.state = info.accepted_at                      ? InvitationState::kAccepted
                 : info.expires_at <= clock.now_secs() ? InvitationState::kExpired
                                                       : InvitationState::kOpen;
    return info;
  }

  Result<Record> find(const Code& code) const {
    ICN_TRY_ASSIGN(record, kInvitations.get(store, code.id));
    if (!record || !equal_constant_time(record->secret_hash, hash_of("code", code.secret)))
      return Error(kInvitationUnknown);
    return std::move(*record);
  }

  // The answer to who presents a spent code.
  Result<AcceptedCode> repeat(const Record& record, const Code& code, std::string_view retry_key) const {
    const bool is_retry = !retry_key.empty() && !record.retry_hash.empty() &&
                          equal_constant_time(record.retry_hash, hash_of("retry", as_bytes(retry_key))) &&
                          *record.info.accepted_at + kRetrySecs > clock.now_secs();
    if (is_retry) {
      auto made = api_keys.made_of(key_seed(code, retry_key));
      if (made) return AcceptedCode{std::move(*made), record.info.scope, record.info.member_roles};
    }
    return Error(kInvitationUsed, "the code was used " +
                                      std::to_string(clock.now_secs() - *record.info.accepted_at) +
                                      " s ago; ask for another one");
  }
};

const storage::TableSchema& Invitations::table() { return kInvitations.schema(); }

Result<storage::IndexValues> Invitations::index_values(ByteView record) {
  ICN_TRY_ASSIGN(decoded, storage::RecordCodec<Record>::decode(record));
  return kInvitations.index_values(decoded);
}

Invitations::Invitations(storage::Store& store, storage::GroupCommit& writes, ApiKeys& api_keys,
                         ByteView node_secret, const Clock& clock, Random& random)
    : impl_(std::make_unique<Impl>(store, writes, api_keys, node_secret, clock, random)) {}
Invitations::~Invitations() = default;

void Invitations::create(NewInvitation wanted, Executor& executor, Made done) {
  const TimestampSecs now = impl_->clock.now_secs();
  const TimestampSecs expires_at = wanted.expires_at.value_or(now + kLifetimeSecs);
  if (auto checked = ApiKeys::check(wanted.role, wanted.dids); !checked.ok()) return done(checked.error());
  if (expires_at <= now || expires_at > now + kLifetimeMaxSecs) {
    return done(Error(errors::kMalformed,
                      expires_at <= now ? "expires_at: has passed" : "expires_at: at most 90 days ahead"));
  }
  const Bytes id = impl_->random.bytes(kIdBytes);
  const Bytes secret = impl_->random.bytes(kSecretBytes);
  Record record;
  record.info.id = hex_encode(id);
  record.info.label = std::move(wanted.label);
  record.info.role = wanted.role;
  record.info.scope = std::move(wanted.scope);
  record.info.dids = std::move(wanted.dids);
  record.info.key_ttl = wanted.key_ttl;
  record.info.member_roles = std::move(wanted.member_roles);
  record.info.created_at = now;
  record.info.expires_at = expires_at;
  record.secret_hash = impl_->hash_of("code", secret);
  Bytes code = id;
  append(code, secret);
  storage::RowBuffer rows(impl_->store);
  if (auto added = kInvitations.insert(rows, record.info.id, record); !added.ok()) return done(added.error());
  impl_->writes.submit(rows.take(), executor,
                       [made = MadeInvitation{std::string(kPrefix) + base64url_encode(code), record.info},
                        done = std::move(done)](const Result<void>& written) {
                         if (!written.ok()) return done(written.error());
                         done(made);
                       });
}

void Invitations::accept(std::string_view text, std::string_view retry_key, const std::vector<Did>& dids,
                         Executor& executor, Accepted done) {
  const auto code = parse_code(text);
  if (!code || retry_key.size() > kRetryKeyMax) return done(Error(kInvitationUnknown));
  const auto claim = impl_->claim(code->id);
  if (!claim) return done(Error(kInvitationInProgress));
  const auto found = impl_->find(*code);
  if (!found.ok()) return done(found.error());
  const TimestampSecs now = impl_->clock.now_secs();
  if (found->info.accepted_at) return done(impl_->repeat(*found, *code, retry_key));
  if (found->info.expires_at <= now) return done(Error(kInvitationExpired));

  Record accepted = *found;
  std::vector<Did> acts_as = accepted.info.dids;
  for (const Did& did : dids) {
    if (std::ranges::find(acts_as, did) == acts_as.end()) acts_as.push_back(did);
  }
  std::optional<TimestampSecs> expires_at;
  if (accepted.info.key_ttl) expires_at = now + *accepted.info.key_ttl;
  const Bytes seed = retry_key.empty() ? impl_->random.bytes(32) : impl_->key_seed(*code, retry_key);
  auto key = impl_->api_keys.prepare(seed, accepted.info.label, accepted.info.role, std::move(acts_as),
                                     expires_at, accepted.info.scope);
  if (!key.ok()) return done(key.error());
  accepted.info.accepted_at = now;
  accepted.info.api_key_id = key->made.info.id;
  if (!retry_key.empty()) accepted.retry_hash = impl_->hash_of("retry", as_bytes(retry_key));
  storage::RowBuffer changes(impl_->store);
  if (auto put = kInvitations.replace(changes, code->id, *found, accepted); !put.ok())
    return done(put.error());
  std::vector<storage::Row> rows = changes.take();
  rows.push_back(key->row);
  impl_->writes.submit(std::move(rows), executor,
                       [claim, key = std::move(key).value(), info = std::move(accepted.info),
                        done = std::move(done), &api_keys = impl_->api_keys](const Result<void>& written) {
                         if (written.ok()) api_keys.admit(key);
                         claim->release();
                         if (!written.ok()) return done(written.error());
                         done(AcceptedCode{key.made, info.scope, info.member_roles});
                       });
}

void Invitations::revoke(const std::string& id, Executor& executor,
                         std::function<void(const Result<void>&)> done) {
  const auto claim = impl_->claim(id);
  if (!claim) return done(Error(kInvitationInProgress));
  const auto record = kInvitations.get(impl_->store, id);
  if (!record.ok()) return done(record.error());
  if (!*record) return done(Error(errors::kNotFound, "no invitation has this id"));
  if ((*record)->info.accepted_at) {
    return done(
        Error(kInvitationUsed, "it gave the API key " + *(*record)->info.api_key_id + "; revoke that one"));
  }
  storage::RowBuffer rows(impl_->store);
  if (auto erased = kInvitations.erase(rows, id); !erased.ok()) return done(erased.error());
  impl_->writes.submit(rows.take(), executor, [claim, done = std::move(done)](const Result<void>& written) {
    claim->release();
    done(written);
  });
}

Result<Invitations::Page> Invitations::list(Bytes after, std::size_t limit) const {
  storage::ScanRange range{kCreatedIndex, std::move(after), {}, false};
  if (!range.from.empty()) range.from.push_back(0);
  ICN_TRY_ASSIGN(rows, kInvitations.scan(impl_->store, range));
  Page page;
  Bytes last;
  while (true) {
    ICN_TRY_ASSIGN(record, rows.next());
    if (!record) return page;
    if (page.items.size() == limit) {
      page.next = std::move(last);
      return page;
    }
    page.items.push_back(impl_->info_of(*record));
    last = to_bytes(rows.index_value());
  }
}

Result<std::size_t> Invitations::prune() {
  const TimestampSecs now = impl_->clock.now_secs();
  storage::RowBuffer changes(impl_->store);
  ICN_TRY_ASSIGN(rows, kInvitations.scan(impl_->store, {}));
  while (true) {
    ICN_TRY_ASSIGN(record, rows.next());
    if (!record) break;
    if (record->info.accepted_at.value_or(record->info.expires_at) + kKeptSecs > now) continue;
    ICN_TRY(kInvitations.erase(changes, record->info.id));
  }
  const std::vector<storage::Row> old = changes.take();
  if (!old.empty()) ICN_TRY(impl_->store.write(old, storage::Durability::kBuffered));
  return old.size();
}

}  // namespace icn::http
