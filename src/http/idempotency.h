#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/executor.h"
#include "crypto/hash.h"
#include "http/message.h"
#include "storage/group_commit.h"

namespace icn::http {

// Of the answers in memory: of routes that did not ask for durability. The oldest go.
struct IdempotencyLimits {
  std::size_t entries_max = 100'000;
  std::size_t bytes_max = std::size_t{64} << 20;
};

// Answers to requests with an Idempotency-Key, kept for 24 h (domain.md 1, design.md 4). An entry is
// named by (caller, key); it remembers the hash of the body it came with. What is to be durable is written in
// groups: no caller waits for a disk. Thread: any.
class IdempotencyStore {
 public:
  static constexpr std::uint64_t kKeptSecs = 24 * 3600;
  static const storage::TableSchema& table();

  // `writes` is a group commit of `store` and has stopped before this goes.
  IdempotencyStore(storage::Store& store, storage::GroupCommit& writes, const Clock& clock,
                   const IdempotencyLimits& limits = {});
  // With a group commit of its own.
  IdempotencyStore(storage::Store& store, const Clock& clock, const IdempotencyLimits& limits = {});
  ~IdempotencyStore();

  struct Id {
    std::string caller;  // Caller::id, or the address of who has none
    std::string key;     // 1 to 255 characters
    crypto::Hash body;
  };

  // None: this request is the first; complete() or abandon() must follow. Else the first answer.
  // Errors: kKeyReused, kKeyInProgress, those of the store.
  Result<std::optional<Response>> begin(const Id& id);
  // Keeps the answer (its status, content type and text) in memory.
  void complete(const Id& id, const Response& response);
  // Keeps it where it survives a restart, then calls `done` on `executor`. Until then the request counts as
  // running; when it could not be kept it is forgotten.
  void complete_durably(const Id& id, const Response& response, Executor& executor,
                        std::function<void()> done);
  // Forgets the request, so that a retry runs: it was not answered, or the answer was 429 or 5xx.
  void abandon(const Id& id);

  // For transactions the node signs: `done` gets the first bytes put under this id, which are durable then. A
  // retry gets the bytes of the first time, also after a crash, and submits those. It runs on `executor`, or
  // at once when they are known.   kKeyReused, those of the store
  using Kept = std::function<void(const Result<Bytes>&)>;
  void put_before_submit(const Id& id, Bytes signed_bytes, Executor& executor, Kept done);

  // Drops what is older than 24 h; call now and then. Returns how many.
  Result<std::size_t> prune();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace icn::http
