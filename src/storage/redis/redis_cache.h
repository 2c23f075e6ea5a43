#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/bytes.h"
#include "base/log.h"

namespace icn::storage {

namespace redis {
struct Address;
class Connection;
}  // namespace redis

struct RedisOptions {
  // "redis://[[user]:password@]host[:port][/database]", "rediss://..." (TLS) or "unix:///path"; never logged.
  std::string url;
  // Of TLS, PEM files, empty: the system's certificates, and no certificate of our own.
  std::string ca_file;
  std::string certificate;
  std::string private_key;
  std::uint32_t timeout_ms = 50;          // for a connection and for each answer
  std::uint32_t pause_min_ms = 250;       // how long a server that fails is left alone; doubles
  std::uint32_t pause_max_ms = 10'000;    // up to this
  std::uint32_t check_ms = 1'000;         // how often the connections that listen are looked at
  std::size_t queue_bytes_max = 8 << 20;  // of what waits to be written; more is dropped
  std::string marks = "icn:mark:";        // beginning of the names of marks
};

struct RedisStats {
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  std::uint64_t failures = 0;  // answers that did not come in time, refusals, cut connections
  std::uint64_t dropped = 0;   // writes for which there was no room, or no server
  std::uint64_t lost = 0;      // how often the connection that listens was lost
  bool is_reachable = false;
  bool is_listening = false;
};

// Values that any node of a network may need again, in a Redis server. Every call may find nothing: a server
// that is slow, gone, full or empty costs at most `timeout_ms` a call, and after some failures in a row
// nothing at all until a pause is over. Values are the bytes that were put, or any others: the server is not
// trusted.
//
// A mark is a name that all nodes hear of when one writes it: CLIENT TRACKING with REDIRECT to a second
// connection that is subscribed to __redis__:invalidate (RESP2). Thread: any.
class RedisCache {
 public:
  // On a thread of the cache; must be quick.
  struct Listener {
    std::function<void(std::string_view name)> marked;  // without options.marks
    // Marks may have been missed: the connection was lost or made, or the server was emptied.
    std::function<void()> lost;
  };

  // The server need not be there.   malformed: the URL, or a file of TLS
  static Result<std::unique_ptr<RedisCache>> make(RedisOptions options, std::shared_ptr<Log> log);
  ~RedisCache();  // stop()
  // The threads that write and listen. Once.
  void start(Listener listener);
  void stop();

  std::optional<Bytes> get(std::string_view name);
  // Written later, or never.
  void put(std::string name, Bytes value, std::uint32_t seconds);
  void mark(std::vector<std::string> names);

  RedisStats stats() const;

 private:
  struct Write {
    std::string name;
    Bytes value;
    std::uint32_t seconds;
    std::size_t size() const { return name.size() + value.size() + sizeof(Write); }
  };
  RedisCache(RedisOptions options, redis::Address address, std::shared_ptr<Log> log);

  // Leaves a server that fails alone for a while. Thread: any.
  class Breaker {
   public:
    explicit Breaker(const RedisOptions& options) : options_(options) {}
    bool lets_pass();
    void succeeded();
    void failed();
    bool is_closed() const { return failures_in_row_.load(std::memory_order_relaxed) < kFailuresMax; }

   private:
    static constexpr std::uint32_t kFailuresMax = 3;
    const RedisOptions& options_;
    std::atomic<std::uint32_t> failures_in_row_{0};
    std::atomic<std::int64_t> retry_at_{0};  // ns of the steady clock
  };

  std::unique_ptr<redis::Connection> take();
  void give(std::unique_ptr<redis::Connection> connection);
  void enqueue(Write write);
  void write_all();
  void listen_all();
  void listen_once();
  bool wait_stopping(std::uint32_t ms);

  const RedisOptions options_;
  const std::unique_ptr<const redis::Address> address_;
  Listener listener_;
  const std::shared_ptr<Log> log_;
  Breaker breaker_{options_};
  std::atomic<std::uint64_t> hits_{0};
  std::atomic<std::uint64_t> misses_{0};
  std::atomic<std::uint64_t> failures_{0};
  std::atomic<std::uint64_t> dropped_{0};
  std::atomic<std::uint64_t> lost_{0};
  std::atomic<bool> is_listening_{false};

  std::mutex idle_mutex_;
  std::vector<std::unique_ptr<redis::Connection>> idle_;

  std::mutex mutex_;  // of the queue and of is_stopping_
  std::condition_variable wake_;
  std::deque<Write> queue_;
  std::size_t queue_bytes_ = 0;
  bool is_stopping_ = false;
  std::thread writer_;
  std::thread listening_;
};

}  // namespace icn::storage
