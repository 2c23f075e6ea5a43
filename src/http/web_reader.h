#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/executor.h"
#include "base/result.h"
#include "http/web_url.h"

namespace icn::http {

struct WebReaderOptions {
  std::uint32_t timeout_ms = 5'000;  // for all of it but looking up the name
  std::size_t waiting_max = 64;      // documents that may wait for a thread; more are refused
  std::size_t threads = 2;
  TimestampSecs kept_secs = 300;         // a document is answered again for as long
  TimestampSecs failure_kept_secs = 15;  // and that it could not be had
  std::size_t kept_bytes_max = std::size_t{8} << 20;
  bool allows_loopback = false;  // plain http to this machine: for tests
  std::string ca_file;           // PEM; empty: the system's
};

// Reads documents of others from the web: GET over https, from public addresses only (never this machine or
// its network), no redirects, bounded in bytes and time. A few at a time, on threads of its own; the same one
// is asked for once and kept for a while. Thread: any.
class WebReader {
 public:
  struct Document {
    std::string body;
    std::string content_type;
    TimestampSecs read_at = 0;
  };
  using Done = std::function<void(const Result<std::shared_ptr<const Document>>&)>;

  WebReader(const Clock& clock, WebReaderOptions options);
  ~WebReader();
  WebReader(const WebReader&) = delete;
  WebReader& operator=(const WebReader&) = delete;

  bool allows_loopback() const { return options_.allows_loopback; }
  // Whether `url` is one that may be asked for at all.   malformed
  Result<WebUrl> check(const std::string& url) const;
  // Calls `done` once on `executor`; at once when the document is kept.
  //   malformed     no such URL may be asked for
  //   unavailable   too many wait; what the client says; any status but 200; larger than `bytes_max`
  void read(const std::string& url, std::size_t bytes_max, Executor& executor, Done done);
  // Ends what runs, refuses what waits and what comes.
  void stop();

 private:
  using Answer = Result<std::shared_ptr<const Document>>;
  struct Waiter {
    Executor* executor;
    Done done;
  };
  struct Entry {
    std::optional<Answer> answer;
    TimestampSecs until = 0;
    std::size_t bytes_max = 0;
    std::vector<Waiter> waiters;
  };

  void run();
  void finish(const std::string& url, const Answer& answer);
  void forget_old();
  Answer fetch(const std::string& url, std::size_t bytes_max) const;

  const Clock& clock_;
  const WebReaderOptions options_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::map<std::string, Entry> entries_;
  std::deque<std::string> waiting_;
  bool is_stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace icn::http
