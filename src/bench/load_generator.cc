#include "bench/load_generator.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstring>
#include <deque>

#include "base/errors.h"

namespace icn::bench {
namespace {

using Clock = std::chrono::steady_clock;

struct Connection {
  int socket = -1;
  std::string_view sending;  // what of the request is not sent yet
  std::string received;
  Clock::time_point since;  // when the request was sent or due
  bool is_busy = false;
};

// Size of the whole answer at the front of `text`; 0: not complete yet.
std::size_t answer_size(std::string_view text, int& status) {
  const std::size_t head_end = text.find("\r\n\r\n");
  if (head_end == std::string_view::npos) return 0;
  std::from_chars(text.data() + 9, text.data() + 12, status);
  std::size_t length = 0;
  const std::string_view head = text.substr(0, head_end);
  for (std::size_t at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n", at + 2)) {
    constexpr std::string_view kName = "content-length:";
    const std::string_view line = head.substr(at + 2, kName.size());
    const bool same = line.size() == kName.size() &&
                      std::ranges::equal(line, kName, [](char a, char b) { return (a | 32) == (b | 32); });
    if (!same) continue;
    std::string_view value = head.substr(at + 2 + kName.size());
    while (value.starts_with(' ')) value.remove_prefix(1);
    std::from_chars(value.data(), value.data() + value.size(), length);
  }
  return text.size() >= head_end + 4 + length ? head_end + 4 + length : 0;
}

class Run {
 public:
  explicit Run(const Load& load) : load_(load), epoll_(epoll_create1(EPOLL_CLOEXEC)) {}
  ~Run() {
    for (Connection& each : connections_) {
      if (each.socket >= 0) close(each.socket);
    }
    close(epoll_);
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  Result<LoadResult> run() {
    connections_.resize(load_.connections);
    for (Connection& each : connections_) ICN_TRY(connect_one(each));
    start_ = Clock::now();
    end_ = start_ + std::chrono::milliseconds(load_.duration_ms);
    if (load_.rate_per_second == 0) {
      for (Connection& each : connections_) begin_next(each, Clock::now());
    } else {
      for (Connection& each : connections_) idle_.push_back(&each);
    }
    loop();
    return result();
  }

 private:
  Result<void> connect_one(Connection& connection) {
    connection.socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(load_.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(connection.socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      return Error(errors::kUnavailable,
                   "cannot connect to port " + std::to_string(load_.port) + ": " + std::strerror(errno));
    }
    const int on = 1;
    setsockopt(connection.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(connection.socket, F_SETFL, O_NONBLOCK);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = &connection;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.socket, &event);
    return {};
  }

  bool has_request() const { return load_.is_cyclic || next_request_ < load_.requests->size(); }

  void begin_next(Connection& connection, Clock::time_point since) {
    if (!has_request()) {
      connection.is_busy = false;
      return;
    }
    connection.sending = (*load_.requests)[next_request_++ % load_.requests->size()];
    connection.since = since;
    connection.is_busy = true;
    ++running_;
    send_more(connection);
  }

  void send_more(Connection& connection) {
    while (!connection.sending.empty()) {
      const ssize_t sent =
          send(connection.socket, connection.sending.data(), connection.sending.size(), MSG_NOSIGNAL);
      if (sent < 0) {
        if (errno != EAGAIN) return fail(connection, std::strerror(errno));
        watch(connection, EPOLLIN | EPOLLOUT);
        return;
      }
      connection.sending.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  void watch(Connection& connection, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.ptr = &connection;
    epoll_ctl(epoll_, EPOLL_CTL_MOD, connection.socket, &event);
  }

  void fail(Connection& connection, std::string_view why) {
    note_error(why);
    if (connection.is_busy) --running_;
    connection.is_busy = false;
    close(connection.socket);
    connection.socket = -1;
    connection.received.clear();
    if (Clock::now() < end_ && connect_one(connection).ok() && load_.rate_per_second == 0)
      begin_next(connection, Clock::now());
  }

  void note_error(std::string_view what) {
    if (errors_++ == 0) first_error_ = what.substr(0, 300);
  }

  void receive(Connection& connection) {
    char buffer[65536];
    while (true) {
      const ssize_t got = recv(connection.socket, buffer, sizeof buffer, 0);
      if (got < 0 && errno == EAGAIN) return;
      if (got <= 0)
        return fail(connection, got == 0 ? "the server closed the connection" : std::strerror(errno));
      connection.received.append(buffer, static_cast<std::size_t>(got));
      int status = 0;
      const std::size_t size = answer_size(connection.received, status);
      if (size == 0) continue;
      finish(connection, status, size);
      return;
    }
  }

  void finish(Connection& connection, int status, std::size_t size) {
    const Clock::time_point now = Clock::now();
    latencies_us_.push_back(static_cast<std::uint32_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(now - connection.since).count()));
    if (status >= 400 || status == 0) note_error(std::string_view(connection.received).substr(0, size));
    connection.received.erase(0, size);
    connection.is_busy = false;
    --running_;
    if (now >= end_) return;
    if (load_.rate_per_second == 0) return begin_next(connection, now);
    if (!due_.empty()) {
      const Clock::time_point due = due_.front();
      due_.pop_front();
      return begin_next(connection, due);
    }
    idle_.push_back(&connection);
  }

  // Open loop: hands what is due to idle connections, keeps the rest waiting.
  void release_due() {
    const double elapsed = std::chrono::duration<double>(Clock::now() - start_).count();
    const auto due_count = static_cast<std::uint64_t>(elapsed * static_cast<double>(load_.rate_per_second));
    for (; released_ < due_count && has_request(); ++released_) {
      const auto due = start_ + std::chrono::nanoseconds(released_ * 1'000'000'000 / load_.rate_per_second);
      if (idle_.empty()) {
        due_.push_back(due);
        continue;
      }
      Connection* connection = idle_.front();
      idle_.pop_front();
      begin_next(*connection, due);
    }
  }

  void loop() {
    std::vector<epoll_event> events(1024);
    const Clock::time_point give_up = end_ + std::chrono::seconds(15);
    while (Clock::now() < give_up) {
      const bool is_over = Clock::now() >= end_ || (!has_request() && due_.empty());
      if (is_over && running_ == 0) return;
      if (load_.rate_per_second != 0 && !is_over) release_due();
      const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()),
                                   load_.rate_per_second != 0 ? 1 : 100);
      for (int i = 0; i < count; ++i) {
        auto& connection = *static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr);
        if (connection.socket >= 0 && (events[static_cast<std::size_t>(i)].events & EPOLLOUT) != 0) {
          watch(connection, EPOLLIN);
          send_more(connection);
        }
        if (connection.socket >= 0) receive(connection);
      }
    }
    errors_ += running_;
    if (first_error_.empty()) first_error_ = "no answer within 15 s after the end";
  }

  LoadResult result() {
    LoadResult out;
    out.answers = latencies_us_.size();
    out.errors = errors_;
    out.first_error = first_error_;
    out.seconds = std::chrono::duration<double>(std::min(Clock::now(), end_) - start_).count();
    out.per_second = static_cast<double>(out.answers) / out.seconds;
    summarize(std::move(latencies_us_), out);
    return out;
  }

  const Load& load_;
  int epoll_;
  std::vector<Connection> connections_;
  std::deque<Connection*> idle_;
  std::deque<Clock::time_point> due_;
  std::size_t next_request_ = 0;
  std::uint64_t released_ = 0;
  std::uint64_t running_ = 0;
  std::uint64_t errors_ = 0;
  std::string first_error_;
  std::vector<std::uint32_t> latencies_us_;
  Clock::time_point start_;
  Clock::time_point end_;
};

}  // namespace

void summarize(std::vector<std::uint32_t> latencies_us, LoadResult& out) {
  if (latencies_us.empty()) return;
  std::ranges::sort(latencies_us);
  double sum = 0;
  for (const std::uint32_t each : latencies_us) sum += each;
  const std::size_t count = latencies_us.size();
  const auto at = [&](std::size_t percent) {
    return latencies_us[(percent * count + 99) / 100 - 1] / 1000.0;
  };
  out.mean_ms = sum / static_cast<double>(count) / 1000.0;
  out.p50_ms = at(50);
  out.p95_ms = at(95);
  out.p99_ms = at(99);
  out.max_ms = latencies_us.back() / 1000.0;
}

Result<LoadResult> run_load(const Load& load) {
  ICN_ASSERT(load.requests != nullptr && !load.requests->empty());
  return Run(load).run();
}

std::string http_request(std::string_view method, std::string_view target, std::string_view body,
                         std::string_view extra_headers) {
  std::string out = std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" +
                    std::string(extra_headers);
  if (!body.empty())
    out += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  return out + "\r\n" + std::string(body);
}

}  // namespace icn::bench
