#include "http/web_reader.h"

#include <chrono>

#include "base/errors.h"
#include "http/client_stream.h"
#include "http/errors.h"
#include "http/response_parser.h"

namespace icn::http {
namespace {

using Steady = std::chrono::steady_clock;

// The time that is left of a whole exchange.
class Deadline {
 public:
  explicit Deadline(std::uint32_t timeout_ms) : end_(Steady::now() + std::chrono::milliseconds(timeout_ms)) {}
  Result<std::uint32_t> left_ms() const {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end_ - Steady::now()).count();
    if (left <= 0) return Error(kTimedOut);
    return static_cast<std::uint32_t>(left);
  }

 private:
  Steady::time_point end_;
};

std::string request_text(const WebUrl& url) {
  const bool is_ipv6 = url.host.find(':') != std::string::npos;
  const std::string host = is_ipv6 ? "[" + url.host + "]" : url.host;
  const bool is_usual = url.port == (url.is_tls ? "443" : "80");
  return "GET " + url.target + " HTTP/1.1\r\nhost: " + host + (is_usual ? "" : ":" + url.port) +
         "\r\naccept: application/json, application/did+json, application/vc, */*;q=0.1\r\n"
         "accept-encoding: identity\r\nuser-agent: icn\r\nconnection: close\r\n\r\n";
}

Error refused(std::string_view what) { return Error(errors::kUnavailable, std::string(what)); }

Result<ClientResponse> exchange(const WebUrl& url, ClientStream& stream, std::size_t bytes_max,
                                const Deadline& deadline) {
  ICN_TRY_ASSIGN(time_to_write, deadline.left_ms());
  ICN_TRY(stream.write(request_text(url), time_to_write));
  std::string body;
  std::size_t received = 0;
  ResponseParser parser(false, [&](const ClientResponse& head, std::string_view bytes) {
    body += bytes;
    return head.status == 200 && body.size() <= bytes_max;
  });
  while (!parser.is_done() && !parser.was_stopped()) {
    ICN_TRY_ASSIGN(time_to_read, deadline.left_ms());
    ICN_TRY_ASSIGN(bytes, stream.read(time_to_read));
    received += bytes.size();
    // The head, and what frames the chunks of the body.
    if (received > 2 * bytes_max + 65'536) return refused("the answer is too large");
    if (bytes.empty()) {
      ICN_TRY(parser.finish());
      break;
    }
    ICN_TRY(parser.feed(bytes));
  }
  ClientResponse response = std::move(parser.response());
  if (response.status != 200) return refused("answered " + std::to_string(response.status));
  if (body.size() > bytes_max)
    return refused("the document is larger than " + std::to_string(bytes_max / 1024) + " KiB");
  response.body = std::move(body);
  return response;
}

}  // namespace

WebReader::WebReader(const Clock& clock, WebReaderOptions options)
    : clock_(clock), options_(std::move(options)) {
  for (std::size_t i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { run(); });
}

WebReader::~WebReader() { stop(); }

void WebReader::stop() {
  std::map<std::string, Entry> left;
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    waiting_.clear();
  }
  wake_.notify_all();
  for (std::thread& each : threads_) {
    if (each.joinable()) each.join();
  }
  {
    const std::lock_guard lock(mutex_);
    left.swap(entries_);
  }
  for (auto& [url, entry] : left) {
    for (Waiter& each : entry.waiters)
      each.executor->post([done = std::move(each.done)] { done(Answer(Error(kStopping))); });
  }
}

Result<WebUrl> WebReader::check(const std::string& url) const {
  ICN_TRY_ASSIGN(parsed, parse_web_url(url));
  if (parsed.is_tls) return std::move(parsed);
  if (options_.allows_loopback && is_loopback_name(parsed.host)) return std::move(parsed);
  return Error(errors::kMalformed, "URL: must begin with https://");
}

void WebReader::read(const std::string& url, std::size_t bytes_max, Executor& executor, Done done) {
  std::optional<Answer> known;
  if (const auto checked = check(url); !checked.ok()) known = Answer(checked.error());
  if (!known) {
    const std::lock_guard lock(mutex_);
    forget_old();
    const auto found = entries_.find(url);
    if (is_stopping_) {
      known = Answer(Error(kStopping));
    } else if (found != entries_.end() && found->second.answer) {
      known = *found->second.answer;
    } else if (found != entries_.end()) {
      found->second.waiters.push_back({&executor, std::move(done)});
    } else if (waiting_.size() >= options_.waiting_max) {
      known = Answer(refused("too many documents of others are being read; try again"));
    } else {
      Entry& entry = entries_[url];
      entry.bytes_max = bytes_max;
      entry.waiters.push_back({&executor, std::move(done)});
      waiting_.push_back(url);
      wake_.notify_one();
    }
  }
  if (!known) return;
  // What was read for a caller that takes more.
  if (known->ok() && (**known)->body.size() > bytes_max) known = Answer(refused("the document is too large"));
  done(*known);
}

void WebReader::run() {
  while (true) {
    std::string url;
    std::size_t bytes_max = 0;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return is_stopping_ || !waiting_.empty(); });
      if (is_stopping_) return;
      url = std::move(waiting_.front());
      waiting_.pop_front();
      bytes_max = entries_[url].bytes_max;
    }
    finish(url, fetch(url, bytes_max));
  }
}

void WebReader::finish(const std::string& url, const Answer& answer) {
  std::vector<Waiter> waiters;
  {
    const std::lock_guard lock(mutex_);
    Entry& entry = entries_[url];
    waiters.swap(entry.waiters);
    entry.answer = answer;
    entry.until = clock_.now_secs() + (answer.ok() ? options_.kept_secs : options_.failure_kept_secs);
  }
  for (Waiter& each : waiters) each.executor->post([done = std::move(each.done), answer] { done(answer); });
}

// Caller holds the lock. Beyond the bound everything that is not being read goes: it can be read again.
void WebReader::forget_old() {
  const TimestampSecs now = clock_.now_secs();
  std::size_t bytes = 0;
  for (const auto& [url, entry] : entries_)
    bytes += url.size() + 200 + (entry.answer && entry.answer->ok() ? (**entry.answer)->body.size() : 0);
  const bool is_full = bytes > options_.kept_bytes_max;
  std::erase_if(entries_, [&](const auto& each) {
    const Entry& entry = each.second;
    return entry.answer && (is_full || entry.until <= now);
  });
}

WebReader::Answer WebReader::fetch(const std::string& url, std::size_t bytes_max) const {
  ICN_TRY_ASSIGN(parsed, check(url));
  const Reach reach = parsed.is_tls ? Reach::kPublic : Reach::kLoopback;
  const Deadline deadline(options_.timeout_ms);
  auto stream = ClientStream::connect({parsed.host, parsed.port, parsed.is_tls, reach},
                                      {true, options_.ca_file}, options_.timeout_ms / 2);
  if (!stream.ok()) return stream.error();
  auto response = exchange(parsed, **stream, bytes_max, deadline);
  if (!response.ok()) return response.error();
  auto out = std::make_shared<Document>();
  out->content_type = response->header("content-type");
  out->body = std::move(response->body);
  out->read_at = clock_.now_secs();
  return std::shared_ptr<const Document>(std::move(out));
}

}  // namespace icn::http
