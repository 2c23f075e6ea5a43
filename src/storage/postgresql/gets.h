#pragma once

#include <semaphore.h>

#include <atomic>
#include <deque>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "storage/postgresql/pool.h"
#include "storage/postgresql/tables.h"

// Inside this folder only.
namespace icn::storage::postgresql {

// Single reads of many threads. One that finds a connection asking its table already waits; who asks next
// asks for all that wait, in one statement: a round trip and a change of the server's process cost more than
// a row. Tables wait for themselves alone. Thread: any.
class Gets {
 public:
  Gets(Pool& pool, const PostgresqlOptions& options, const Tables& tables);

  // Retries on a new connection, up to connection_timeout_ms, when it is cut; only the first who wait for a
  // server that is away (Pool::is_given_up()).
  Result<std::optional<Bytes>> get(const TableSql& table, ByteView key);
  // Of one moment, in the order of the keys.
  Result<std::vector<std::optional<Bytes>>> get_several(const TableSql& table,
                                                        const std::vector<ByteView>& keys);

 private:
  using Found = Result<std::optional<Bytes>>;
  // May be gone as soon as it was given, which neither a condition variable nor an atomic allows.
  class Signal {
   public:
    Signal() { ::sem_init(&semaphore_, 0, 0); }
    Signal(const Signal&) = delete;
    Signal& operator=(const Signal&) = delete;
    ~Signal() { ::sem_destroy(&semaphore_); }
    void give() { ::sem_post(&semaphore_); }
    void wait() {
      while (::sem_wait(&semaphore_) != 0) {
      }
    }

   private:
    sem_t semaphore_;
  };
  struct Question {
    explicit Question(ByteView asked) : key(asked) {}
    ByteView key;
    SteadyClock::time_point arrived = SteadyClock::now();
    Found found = std::optional<Bytes>();
    bool is_leader = false;  // is to ask, for itself and others
    bool is_alone = false;   // is to ask for itself: asked together there was an error
    Signal told;
  };
  struct Queue {
    std::mutex mutex;
    std::deque<Question*> waiting;
    int asking = 0;
    std::atomic<bool> is_large = false;  // the record read last was
  };

  void lead(const TableSql& table, Queue& queue, Question& mine);
  void ask(const TableSql& table, const std::vector<Question*>& questions);
  Found ask_alone(const TableSql& table, const Question& question);
  Result<std::vector<std::optional<Bytes>>> ask_several(const TableSql& table,
                                                        const std::vector<ByteView>& keys,
                                                        SteadyClock::time_point since);

  Pool& pool_;
  const PostgresqlOptions& options_;
  std::unordered_map<std::uint16_t, Queue> queues_;  // by the table's id
};

}  // namespace icn::storage::postgresql
