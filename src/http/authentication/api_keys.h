#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "codec/values.h"
#include "crypto/hash.h"
#include "http/caller.h"
#include "storage/group_commit.h"

namespace icn::http {

// What an operator may see of a key; never the key.
struct ApiKeyInfo {
  std::string id;
  std::string label;
  Role role = Role::kRead;
  std::vector<Did> dids;
  TimestampSecs created_at = 0;
  std::optional<TimestampSecs> expires_at;
  std::optional<TimestampSecs> last_used_at;
  std::string scope;
  static constexpr std::string_view schema_name = "ApiKey";
  static constexpr auto fields() {
    using codec::field;
    return described(
        field("id", &ApiKeyInfo::id), field("label", &ApiKeyInfo::label, "for people"),
        field("role", &ApiKeyInfo::role), field("dids", &ApiKeyInfo::dids, "whom its bearer may act as"),
        field("created_at", &ApiKeyInfo::created_at),
        field("expires_at", &ApiKeyInfo::expires_at, "absent: never"),
        field("last_used_at", &ApiKeyInfo::last_used_at, "absent: never; within a minute"),
        field("scope", &ApiKeyInfo::scope, "organisation or group its bearer was invited to; empty: none"));
  }
};

struct NewApiKey {
  std::string key;  // "icn_" and 43 characters; shown once
  ApiKeyInfo info;
};

// API keys: 32 random bytes each, stored under their keyed BLAKE2b hash. All of them lie in memory;
// find() takes no lock. Outlives the dispatcher that uses it.
class ApiKeys {
 public:
  // The table to open the store with.
  static const storage::TableSchema& table();

  // `node_secret`: 32 bytes. Errors: those of the store.
  static Result<std::unique_ptr<ApiKeys>> open(storage::Store& store, ByteView node_secret,
                                               const Clock& clock, Random& random);
  // Of a store that another node writes: nothing of it is held in memory, find() reads the store each time
  // and notes no use. list() and made_of() know nothing, the others write to a store that refuses it.
  static std::unique_ptr<ApiKeys> follow(storage::Store& store, ByteView node_secret, const Clock& clock,
                                         Random& random);
  ~ApiKeys();

  // What a key may be given. Malformed: role none, more than 64 DIDs, one that is none.
  static Result<void> check(Role role, const std::vector<Did>& dids);
  // Durable before it returns: waits for the disk. Malformed also: an expiry that has passed.
  Result<NewApiKey> create(std::string label, Role role, std::vector<Did> dids,
                           std::optional<TimestampSecs> expires_at);
  // The same without waiting: durable, and of use, when `done` is called on `executor`.
  using Created = std::function<void(const Result<NewApiKey>&)>;
  void create(std::string label, Role role, std::vector<Did> dids, std::optional<TimestampSecs> expires_at,
              storage::GroupCommit& writes, Executor& executor, Created done);

  // A key whose row its maker writes together with rows of their own. Nothing changes before admit(), which
  // is called when the row is durable.
  struct Prepared {
    NewApiKey made;
    crypto::Hash hash{};
    storage::Row row;
  };
  // `seed`: the 32 bytes of the key, that nobody can guess. Errors: as of create().
  Result<Prepared> prepare(ByteView seed, std::string label, Role role, std::vector<Did> dids,
                           std::optional<TimestampSecs> expires_at, std::string scope = {}) const;
  void admit(const Prepared& key);
  // The key of these bytes; none: it was never made, or is revoked or expired. Notes no use.
  std::optional<NewApiKey> made_of(ByteView seed) const;

  // A key from the settings: any text of at least 32 characters, kept in memory only.
  Result<void> adopt(std::string_view key, std::string label, Role role, std::vector<Did> dids);
  // Oldest first, expired ones included.
  std::vector<ApiKeyInfo> list() const;
  // No request is admitted with the key from now on. Durable when `done` is called on `executor`, there or
  // before this returns; when it cannot be written, the key is back. not_found
  void revoke(std::string_view id, storage::GroupCommit& writes, Executor& executor,
              storage::GroupCommit::Done done);

  // None: unknown, revoked or expired; also when the store cannot be read. Notes the use. Thread: any.
  std::optional<Caller> find(std::string_view key) const;

  // Writes the times of last use; call every minute or so and before the end.
  Result<void> flush_last_use();

 private:
  class Impl;
  explicit ApiKeys(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace icn::http
