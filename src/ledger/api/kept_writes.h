#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/housekeeper.h"
#include "base/log.h"
#include "ledger/gateway.h"
#include "ledger/ledger.h"
#include "storage/group_commit.h"

namespace icn::ledger {

struct KeptWritesOptions {
  std::size_t kept_max = 10'000;
  std::size_t sender_max = 500;
  std::chrono::milliseconds look_every{500};
};

// All outlive the KeptWrites; `writes` is a group commit of `store`, and `log` has stopped before they go.
struct KeptWritesParts {
  storage::Store& store;
  storage::GroupCommit& writes;
  const Ledger& ledger;
  Gateway& gateway;
  const OrderedLog& log;
  const Clock& clock;
  std::shared_ptr<Log> logger;
};

// Transactions that came while nothing could be ordered and whose senders asked to keep them (?queue=true).
// They lie signed in this node's store and go to the log, in the order they came, once it takes writes again.
// One that the ledger has is forgotten here; one that was refused, or that no block can hold any more, stays
// with the reason for a day. Thread: any.
class KeptWrites {
 public:
  static constexpr std::uint64_t kEndedKeptSecs = 24 * 3600;
  static const storage::TableSchema& table();

  // Errors: those of the store.
  static Result<std::unique_ptr<KeptWrites>> open(KeptWritesParts parts, KeptWritesOptions options = {});
  ~KeptWrites();  // stop()

  // `done` runs on `executor`, or at once: the transaction is durable here, and will be submitted.
  //   queue_full   that many are kept already, of all or of this sender
  using Kept = std::function<void(const Result<void>&)>;
  void keep(const CheckedTransaction& transaction, Executor& executor, Kept done);

  enum class State { kQueued, kExpired, kRefused };
  struct Standing {
    State state = State::kQueued;
    TimestampSecs expires = 0;
    std::string code;  // why it ended
    std::string detail;
  };
  // None: it is not kept here. Ask the ledger first.
  std::optional<Standing> find(const TransactionId& id) const;
  std::size_t count() const;  // that wait

  // Submits what waits and notes what became of what was submitted. Its own thread does it now and then.
  void look();
  // Submits no more. What waits is there at the next start.
  void stop();

 private:
  struct Entry {
    Bytes canonical;
    Bytes signature;
    std::string sender;
    std::uint64_t sequence = 0;
    TimestampSecs ended_at = 0;
    bool is_under_way = false;
    Standing standing;
  };
  struct Answer {
    crypto::Hash id;
    std::optional<Error> error;  // none: committed
  };
  using Entries = std::unordered_map<crypto::Hash, Entry, crypto::HashOfHash>;

  KeptWrites(KeptWritesParts parts, KeptWritesOptions options)
      : parts_(std::move(parts)), options_(options) {}

  Result<void> load();
  Result<void> room_for(const std::string& sender) const;  // with mutex_ held, as those below
  void take_answers();
  void end(const crypto::Hash& id, State state, std::string code, std::string detail);
  void forget(Entries::iterator entry);
  void drop_old();
  std::vector<crypto::Hash> waiting_in_order() const;
  Result<void> put_row(const crypto::Hash& id, const Entry& entry);

  void submit(const crypto::Hash& id);
  void write_rows();

  const KeptWritesParts parts_;
  KeptWritesOptions options_;
  InlineExecutor inline_;

  mutable std::mutex mutex_;
  Entries entries_;
  std::map<std::string, std::size_t> by_sender_;  // that wait
  std::size_t waiting_count_ = 0;
  std::uint64_t next_sequence_ = 0;
  std::vector<Answer> answers_;
  std::vector<storage::Row> rows_;  // to be written at the end of look()
  std::unique_ptr<Housekeeper> thread_;
};

constexpr auto enum_names(KeptWrites::State) {
  return std::array{std::pair(KeptWrites::State::kQueued, std::string_view("queued")),
                    std::pair(KeptWrites::State::kExpired, std::string_view("expired")),
                    std::pair(KeptWrites::State::kRefused, std::string_view("refused"))};
}

}  // namespace icn::ledger
