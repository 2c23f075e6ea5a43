#include "storage/redis/redis_cache.h"

#include <algorithm>
#include <chrono>

#include "storage/redis/connection.h"

namespace icn::storage {
namespace {

using redis::Connection;
using redis::Reply;

constexpr std::size_t kIdleMax = 64;
// A mark is heard at once; it stays a moment for who looks at the server.
constexpr std::uint32_t kMarkSecs = 60;
constexpr std::string_view kChannel = "__redis__:invalidate";

std::int64_t now_ns() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

}  // namespace

bool RedisCache::Breaker::lets_pass() {
  if (is_closed()) return true;
  std::int64_t retry_at = retry_at_.load(std::memory_order_relaxed);
  const std::int64_t now = now_ns();
  // One caller tries; until it knows more the others are told no.
  return now >= retry_at &&
         retry_at_.compare_exchange_strong(retry_at, now + std::int64_t{options_.timeout_ms} * 2'000'000);
}

void RedisCache::Breaker::succeeded() { failures_in_row_.store(0, std::memory_order_relaxed); }

void RedisCache::Breaker::failed() {
  const std::uint32_t count = failures_in_row_.fetch_add(1) + 1;
  if (count < kFailuresMax) return;
  const std::uint32_t doublings = std::min<std::uint32_t>(count - kFailuresMax, 16);
  const std::uint64_t pause_ms =
      std::min<std::uint64_t>(std::uint64_t{options_.pause_min_ms} << doublings, options_.pause_max_ms);
  retry_at_.store(now_ns() + static_cast<std::int64_t>(pause_ms) * 1'000'000);
}

RedisCache::RedisCache(RedisOptions options, redis::Address address, std::shared_ptr<Log> log)
    : options_(std::move(options)),
      address_(std::make_unique<const redis::Address>(std::move(address))),
      log_(std::move(log)) {}

Result<std::unique_ptr<RedisCache>> RedisCache::make(RedisOptions options, std::shared_ptr<Log> log) {
  ICN_TRY_ASSIGN(address, redis::Address::parse(options.url));
  if (address.is_tls) {
    ICN_TRY_ASSIGN(identity,
                   redis::TlsIdentity::load({options.ca_file, options.certificate, options.private_key}));
    address.identity = std::move(identity);
  }
  return std::unique_ptr<RedisCache>(new RedisCache(std::move(options), std::move(address), std::move(log)));
}

void RedisCache::start(Listener listener) {
  listener_ = std::move(listener);
  writer_ = std::thread([this] { write_all(); });
  listening_ = std::thread([this] { listen_all(); });
}

RedisCache::~RedisCache() { stop(); }

void RedisCache::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_all();
  if (writer_.joinable()) writer_.join();
  if (listening_.joinable()) listening_.join();
}

std::unique_ptr<Connection> RedisCache::take() {
  {
    const std::lock_guard lock(idle_mutex_);
    if (!idle_.empty()) {
      auto out = std::move(idle_.back());
      idle_.pop_back();
      return out;
    }
  }
  auto opened = Connection::open(*address_, options_.timeout_ms);
  return opened.ok() ? std::move(*opened) : nullptr;
}

void RedisCache::give(std::unique_ptr<Connection> connection) {
  const std::lock_guard lock(idle_mutex_);
  if (idle_.size() < kIdleMax) idle_.push_back(std::move(connection));
}

std::optional<Bytes> RedisCache::get(std::string_view name) {
  if (!breaker_.lets_pass()) return std::nullopt;
  // A connection that waited may have been cut by a restart; a new one tells whether the server is there.
  const std::int64_t give_up = now_ns() + std::int64_t{options_.timeout_ms} * 500'000;
  for (int tries = 0; tries < 2 && (tries == 0 || now_ns() < give_up); ++tries) {
    auto connection = take();
    if (connection == nullptr) break;
    const auto reply = connection->ask({"GET", name});
    if (connection->is_lost()) {
      const std::lock_guard lock(idle_mutex_);
      idle_.clear();
      continue;
    }
    give(std::move(connection));
    if (!reply.ok()) break;
    breaker_.succeeded();
    if ((*reply)->type != REDIS_REPLY_STRING) {
      misses_.fetch_add(1, std::memory_order_relaxed);
      return std::nullopt;
    }
    hits_.fetch_add(1, std::memory_order_relaxed);
    return to_bytes(as_bytes(redis::reply_text(reply->get())));
  }
  failures_.fetch_add(1, std::memory_order_relaxed);
  breaker_.failed();
  return std::nullopt;
}

void RedisCache::enqueue(Write write) {
  {
    const std::lock_guard lock(mutex_);
    if (is_stopping_ || queue_bytes_ + write.size() > options_.queue_bytes_max) {
      dropped_.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    queue_bytes_ += write.size();
    queue_.push_back(std::move(write));
  }
  wake_.notify_all();
}

void RedisCache::put(std::string name, Bytes value, std::uint32_t seconds) {
  enqueue({std::move(name), std::move(value), seconds});
}

void RedisCache::mark(std::vector<std::string> names) {
  for (const std::string& name : names) enqueue({options_.marks + name, {}, kMarkSecs});
}

void RedisCache::write_all() {
  std::unique_ptr<Connection> connection;
  while (true) {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return is_stopping_ || !queue_.empty(); });
    if (is_stopping_) return;
    const Write write = std::move(queue_.front());
    queue_.pop_front();
    queue_bytes_ -= write.size();
    lock.unlock();
    if (!breaker_.lets_pass()) {
      dropped_.fetch_add(1, std::memory_order_relaxed);
      continue;
    }
    if (connection == nullptr || connection->is_lost()) connection = take();
    const bool is_done =
        connection != nullptr &&
        connection->ask({"SET", write.name, as_text(write.value), "EX", std::to_string(write.seconds)}).ok();
    if (is_done) {
      breaker_.succeeded();
      continue;
    }
    failures_.fetch_add(1, std::memory_order_relaxed);
    dropped_.fetch_add(1, std::memory_order_relaxed);
    // A server that is full refuses and still answers.
    if (connection == nullptr || connection->is_lost()) breaker_.failed();
  }
}

bool RedisCache::wait_stopping(std::uint32_t ms) {
  std::unique_lock lock(mutex_);
  return wake_.wait_for(lock, std::chrono::milliseconds(ms), [this] { return is_stopping_; });
}

void RedisCache::listen_all() {
  std::uint32_t pause_ms = options_.pause_min_ms;
  while (true) {
    listen_once();
    if (is_listening_.exchange(false)) {
      lost_.fetch_add(1, std::memory_order_relaxed);
      log_->warn(
          "Redis: the connection that tells what has changed was lost; what was kept in memory is dropped");
      listener_.lost();
      pause_ms = options_.pause_min_ms;
    }
    if (wait_stopping(pause_ms)) return;
    pause_ms = std::min(pause_ms * 2, options_.pause_max_ms);
  }
}

// Until one of the two connections is lost, or the cache stops.
void RedisCache::listen_once() {
  // Nobody waits for these: a server that is only busy is not given up.
  const std::uint32_t timeout_ms = std::max(options_.timeout_ms, options_.check_ms);
  auto subscribed = Connection::open(*address_, timeout_ms);
  auto tracking = Connection::open(*address_, timeout_ms);
  if (!subscribed.ok() || !tracking.ok()) return;
  const auto id = (*subscribed)->ask({"CLIENT", "ID"});
  if (!id.ok() || (*id)->type != REDIS_REPLY_INTEGER) return;
  if (!(*subscribed)->ask({"SUBSCRIBE", kChannel}).ok()) return;
  const std::string number = std::to_string((*id)->integer);
  const auto turned_on =
      (*tracking)->ask({"CLIENT", "TRACKING", "ON", "REDIRECT", number, "BCAST", "PREFIX", options_.marks});
  if (!turned_on.ok()) {
    log_->warn("{}; entries end by their time alone", turned_on.error().detail());
    return;
  }
  is_listening_ = true;
  listener_.lost();  // what was marked before was not heard
  auto looked_at = std::chrono::steady_clock::now();
  bool is_asked = false;
  constexpr std::uint32_t kWaitMs = 100;  // how long stop() may take
  while (!wait_stopping(0)) {
    const auto arrived = (*subscribed)->arrived(std::min(kWaitMs, options_.check_ms));
    if (!arrived.ok()) return;
    for (const Reply& reply : *arrived) {
      is_asked = false;
      if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 3) continue;  // the answer to PING
      const redisReply* const names = reply->element[2];
      if (names->type == REDIS_REPLY_NIL) listener_.lost();  // FLUSHALL, FLUSHDB
      if (names->type != REDIS_REPLY_ARRAY) continue;
      for (std::size_t i = 0; i < names->elements; ++i) {
        const std::string_view name = redis::reply_text(names->element[i]);
        if (name.starts_with(options_.marks)) listener_.marked(name.substr(options_.marks.size()));
      }
    }
    const auto now = std::chrono::steady_clock::now();
    if (now - looked_at < std::chrono::milliseconds(options_.check_ms)) continue;
    looked_at = now;
    // A server that hangs, or a connection that nobody ends, is found out: no answer since the last time.
    if (is_asked || !(*tracking)->ask({"PING"}).ok() || !(*subscribed)->send({"PING"}).ok()) return;
    is_asked = true;
  }
}

RedisStats RedisCache::stats() const {
  return {hits_, misses_, failures_, dropped_, lost_, breaker_.is_closed(), is_listening_};
}

}  // namespace icn::storage
