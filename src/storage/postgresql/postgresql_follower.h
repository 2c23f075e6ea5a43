#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "storage/postgresql/postgresql_engine.h"

namespace icn::storage {

// Opens a schema that another process writes, to read it: takes no lock, writes nothing, makes nothing. Every
// write to its store is refused (kNotWritable). Nothing is kept of what was read: each read sees what the
// database has then. kAway (errors.h): the database cannot be reached, and where it is stands in the log;
// kInputOutput: there is no such schema yet;
// kForeignFolder: it is not the store `id` (empty: any will do).
class PostgresqlFollower final : public Engine {
 public:
  PostgresqlFollower(PostgresqlOptions options, std::string id, std::shared_ptr<Log> log = make_silent_log())
      : options_(std::move(options)), id_(std::move(id)), log_(std::move(log)) {}
  Result<std::unique_ptr<Store>> open(const std::vector<TableSchema>& tables) override;

 private:
  PostgresqlOptions options_;
  std::string id_;
  std::shared_ptr<Log> log_;
};

// Follows the batches of such a schema: LISTEN for what the writer tells with each
// (PostgresqlOptions::describe), and a look at the number of the newest batch every `look_ms`, which also
// finds what was not told.
class PostgresqlFeed {
 public:
  // On the feed's thread; must be quick.
  struct Listener {
    // The next batch after the one before, as its writer describes it.
    std::function<void(const std::string& description)> told;
    // After one or several of them: nothing more has arrived for now.
    std::function<void()> settled;
    // Batches came that nobody told of: after a cut, from a writer that does not tell, at the start.
    std::function<void()> missed;
    // The store was opened anew to be written, or has lost batches: what was read may never have been.
    std::function<void()> began_anew;
  };
  static constexpr std::uint64_t kLookMs = 500;

  PostgresqlFeed(PostgresqlOptions options, Listener listener, std::shared_ptr<Log> log,
                 std::uint64_t look_ms = kLookMs);
  ~PostgresqlFeed();  // stop()
  void stop();

  // How long ago it was known that no batch was missed. Thread: any.
  std::uint64_t age_ms() const;

 private:
  class Session;
  void run();
  bool take_told(const Session& session);
  Result<void> look(const Session& session);

  const PostgresqlOptions options_;
  const Listener listener_;
  const std::shared_ptr<Log> log_;
  const std::uint64_t look_ms_;
  std::int64_t epoch_ = -1;  // of the feed's thread, as the next one
  std::int64_t batch_ = -1;
  std::atomic<std::int64_t> looked_at_;  // ms of the steady clock
  std::atomic<bool> is_stopping_{false};
  std::thread thread_;
};

}  // namespace icn::storage
