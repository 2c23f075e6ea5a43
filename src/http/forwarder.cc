#include "http/forwarder.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "http/errors.h"
#include "http/route.h"

namespace icn::http {
namespace {

constexpr std::size_t kWaitingBytesMax = 1 << 20;   // of a body, in either direction
constexpr std::size_t kBufferedBytesMax = 1 << 20;  // of an answer that is sent in one piece

bool equal_without_case(std::string_view left, std::string_view right) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [&](char a, char b) { return lower(a) == lower(b); });
}

template <std::size_t kCount>
bool is_among(std::string_view name, const std::array<std::string_view, kCount>& names) {
  return std::ranges::any_of(names, [&](std::string_view each) { return equal_without_case(each, name); });
}

// Of one connection (RFC 9110, 7.6.1), or said anew on the next.
constexpr std::array<std::string_view, 12> kNotPassedOn{
    "host",    "connection",        "keep-alive",       "te",
    "trailer", "transfer-encoding", "upgrade",          "content-length",
    "expect",  "proxy-connection",  "x-correlation-id", "traceparent"};
constexpr std::array<std::string_view, 11> kNotPassedBack{"connection",
                                                          "keep-alive",
                                                          "transfer-encoding",
                                                          "content-length",
                                                          "content-type",
                                                          "date",
                                                          "server",
                                                          "x-correlation-id",
                                                          "x-content-type-options",
                                                          "access-control-allow-origin",
                                                          "access-control-expose-headers"};

Response head_of(const ClientResponse& head) {
  Response out;
  out.status = head.status;
  out.content_type = head.header("content-type");
  for (const auto& [name, value] : head.headers) {
    const bool is_of_cors = equal_without_case(name, "vary") && equal_without_case(value, "origin");
    if (!is_among(name, kNotPassedBack) && !is_of_cors) out.headers.emplace_back(name, value);
  }
  return out;
}

// It has a length, and one that can be held.
bool is_short(const ClientResponse& head) {
  const std::string text = head.header("content-length");
  std::size_t length = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), length);
  return code == std::errc() && end == text.data() + text.size() && length <= kBufferedBytesMax;
}

}  // namespace

// The body of an upload on its way, from the io thread to the thread that sends it.
class UploadPipe {
 public:
  // False: the sender should be paused; `resume` will be called.
  void push(ByteView bytes) {
    const std::lock_guard lock(mutex_);
    if (is_over_) return;  // answered before all was read: the rest is not needed
    append(waiting_, bytes);
    changed_.notify_all();
  }
  bool wants_pause(const std::function<void()>& resume) {
    const std::lock_guard lock(mutex_);
    if (is_over_ || waiting_.size() < kWaitingBytesMax) return false;
    resume_ = resume;
    return true;
  }
  void finish(bool is_whole) {
    const std::lock_guard lock(mutex_);
    is_finished_ = true;
    is_whole_ = is_whole;
    changed_.notify_all();
  }
  // Nobody reads any more.
  void end() {
    std::function<void()> resume;
    {
      const std::lock_guard lock(mutex_);
      is_over_ = true;
      waiting_ = {};
      resume = std::exchange(resume_, nullptr);
    }
    if (resume) resume();
  }
  Result<Bytes> pull(const std::atomic<bool>& is_cut) {
    std::unique_lock lock(mutex_);
    constexpr auto kSlice = std::chrono::milliseconds(100);
    while (waiting_.empty() && !is_finished_) {
      if (is_cut) return Error(kUnreachable, "the request was given up");
      changed_.wait_for(lock, kSlice);
    }
    if (waiting_.empty()) {
      if (!is_whole_) return Error(kUnreachable, "the client has gone");
      return Bytes();
    }
    Bytes out = std::exchange(waiting_, {});
    const std::function<void()> resume = std::exchange(resume_, nullptr);
    lock.unlock();
    if (resume) resume();
    return out;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  Bytes waiting_;  // in one piece: a client may send byte by byte
  std::function<void()> resume_;
  bool is_finished_ = false;
  bool is_whole_ = false;
  bool is_over_ = false;
};

// The body of an answer on its way, from the thread that receives it to the io thread.
class AnswerPipe {
 public:
  // False: the client has gone.
  bool push(std::string_view bytes, const std::atomic<bool>& is_cut) {
    std::unique_lock lock(mutex_);
    constexpr auto kSlice = std::chrono::milliseconds(100);
    while (text_.size() >= kWaitingBytesMax && !is_abandoned_ && !is_cut) changed_.wait_for(lock, kSlice);
    if (is_abandoned_ || is_cut) return false;
    text_ += bytes;
    const std::function<void()> wake = wake_;
    lock.unlock();
    if (wake) wake();
    return true;
  }
  void end(LiveBody::State state) {
    std::unique_lock lock(mutex_);
    state_ = state;
    const std::function<void()> wake = wake_;
    lock.unlock();
    if (wake) wake();
  }
  void attach(std::function<void()> wake) {
    const std::lock_guard lock(mutex_);
    wake_ = std::move(wake);
  }
  LiveBody::State pull(std::string& out, std::size_t bytes_max) {
    const std::lock_guard lock(mutex_);
    const std::size_t count = std::min(bytes_max, text_.size());
    out.append(text_, 0, count);
    text_.erase(0, count);
    changed_.notify_all();
    return text_.empty() ? state_ : LiveBody::State::kOpen;
  }
  void abandon(std::atomic<bool>& is_cut) {
    const std::lock_guard lock(mutex_);
    is_abandoned_ = true;
    wake_ = nullptr;
    if (state_ == LiveBody::State::kOpen) is_cut = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string text_;
  std::function<void()> wake_;
  LiveBody::State state_ = LiveBody::State::kOpen;
  bool is_abandoned_ = false;
};

namespace {

class ForwardedBody final : public LiveBody {
 public:
  ForwardedBody(std::shared_ptr<AnswerPipe> pipe, std::shared_ptr<std::atomic<bool>> is_cut)
      : pipe_(std::move(pipe)), is_cut_(std::move(is_cut)) {}
  ~ForwardedBody() override { pipe_->abandon(*is_cut_); }
  void attach(std::function<void()> wake) override {
    pipe_->attach(wake);
    wake();  // some came before
  }
  State pull(std::string& out, std::size_t bytes_max) override { return pipe_->pull(out, bytes_max); }

 private:
  std::shared_ptr<AnswerPipe> pipe_;
  std::shared_ptr<std::atomic<bool>> is_cut_;
};

}  // namespace

// One request under way.
struct Forwarder::Work {
  ExchangePtr exchange;
  ClientRequest request;
  std::shared_ptr<UploadPipe> upload;  // null: the body is in the request
  std::shared_ptr<std::atomic<bool>> is_cut = std::make_shared<std::atomic<bool>>(false);
  // Of an upload: its answer and the end of its body, whichever is later, lets the answer out.
  struct Gate {
    std::mutex mutex;
    bool is_read = true;
    std::optional<Response> answer;
  };
  std::shared_ptr<Gate> gate = std::make_shared<Gate>();

  void reply(Response response) const {
    std::unique_lock lock(gate->mutex);
    if (!gate->is_read) {
      gate->answer = std::move(response);
      return;
    }
    lock.unlock();
    exchange->reply(std::move(response));
  }
};

class Forwarder::Upload final : public UploadSession {
 public:
  Upload(std::shared_ptr<UploadPipe> pipe, std::shared_ptr<Work::Gate> gate)
      : pipe_(std::move(pipe)), gate_(std::move(gate)) {}
  ~Upload() override { pipe_->finish(is_whole_); }
  Result<void> write(ByteView bytes) override {
    pipe_->push(bytes);
    return {};
  }
  bool wants_pause(const std::function<void()>& resume) override { return pipe_->wants_pause(resume); }
  void finish(ExchangePtr exchange) override {
    is_whole_ = true;
    pipe_->finish(true);
    std::unique_lock lock(gate_->mutex);
    gate_->is_read = true;
    auto answer = std::exchange(gate_->answer, std::nullopt);
    lock.unlock();
    if (answer) exchange->reply(std::move(*answer));
  }

 private:
  std::shared_ptr<UploadPipe> pipe_;
  std::shared_ptr<Work::Gate> gate_;
  bool is_whole_ = false;
};

Forwarder::Forwarder(ForwarderOptions options, const ForwardSeal& seal, std::shared_ptr<Log> log)
    : options_(std::move(options)), seal_(seal), log_(std::move(log)) {}

Result<std::unique_ptr<Forwarder>> Forwarder::make(ForwarderOptions options, const ForwardSeal& seal,
                                                   std::shared_ptr<Log> log) {
  ICN_TRY(Client::make(options.url));
  return std::unique_ptr<Forwarder>(new Forwarder(std::move(options), seal, std::move(log)));
}

Forwarder::~Forwarder() { stop(); }

void Forwarder::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    for (const auto& each : running_) *each = true;
  }
  wake_.notify_all();
  for (std::thread& each : threads_) each.join();
  threads_.clear();
}

bool Forwarder::must_take(const Request& request) {
  return request.headers.find("authorization") || request.headers.find("signature") ||
         request.headers.find("signature-input");
}

bool Forwarder::takes(const Request& request) const {
  if (must_take(request)) return true;
  if (!request.route->is_answered_alone) return request.route->is_forwarded;
  return !knowledge_.is_reachable || knowledge_.is_reachable();
}

ClientRequest Forwarder::request_of(const Request& request) const {
  ClientRequest out;
  // What answers a HEAD here leaves the body out by itself.
  out.method = request.method == Method::kHead ? "GET" : request.method_text;
  out.target = request.target;
  out.host = request.headers.find("host").value_or("");
  for (std::size_t i = 0; i < request.headers.size(); ++i) {
    const auto [name, value] = request.headers.at(i);
    if (!is_among(name, kNotPassedOn) && !equal_without_case(name, ForwardSeal::kHeader))
      out.headers.emplace_back(std::string(name), std::string(value));
  }
  out.headers.emplace_back("x-correlation-id", request.correlation_id);
  if (!request.traceparent.empty()) out.headers.emplace_back("traceparent", request.traceparent);
  out.headers.emplace_back(std::string(ForwardSeal::kHeader), seal_.seal(request, out.method));
  out.body = to_text(request.body);
  return out;
}

Result<void> Forwarder::enqueue(std::unique_ptr<Work> work) {
  // One that hangs would hold a thread for each request.
  if (knowledge_.is_reachable && !knowledge_.is_reachable()) return Error(kLeaderUnreachable);
  {
    const std::lock_guard lock(mutex_);
    if (is_stopping_ || (idle_ <= queue_.size() && threads_.size() >= options_.requests_max))
      return Error(kGatewayBusy);
    running_.insert(work->is_cut);
    queue_.push_back(std::move(work));
    if (idle_ < queue_.size()) threads_.emplace_back([this] { serve(); });
  }
  wake_.notify_one();
  return {};
}

void Forwarder::forward(const ExchangePtr& exchange) {
  auto work = std::make_unique<Work>();
  work->exchange = exchange;
  work->request = request_of(exchange->request());
  exchange->on_cancel([is_cut = work->is_cut, is_read = exchange->request().method == Method::kGet] {
    if (is_read) *is_cut = true;  // a write that is under way goes on
  });
  if (const auto taken = enqueue(std::move(work)); !taken.ok()) exchange->reply(taken.error());
}

std::unique_ptr<UploadSession> Forwarder::open_upload(Exchange& exchange) {
  auto work = std::make_unique<Work>();
  work->exchange = exchange.shared_from_this();
  work->request = request_of(exchange.request());
  work->upload = std::make_shared<UploadPipe>();
  work->gate->is_read = false;
  work->request.body_source = [pipe = work->upload, is_cut = work->is_cut] { return pipe->pull(*is_cut); };
  auto session = std::make_unique<Upload>(work->upload, work->gate);
  const auto taken = enqueue(std::move(work));
  if (taken.ok()) return session;
  exchange.reply(taken.error());
  return nullptr;
}

void Forwarder::serve() {
  std::optional<Client> client;
  std::unique_lock lock(mutex_);
  ++idle_;
  while (true) {
    wake_.wait(lock, [this] { return is_stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    --idle_;
    const std::unique_ptr<Work> work = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    std::optional<Response> answer = run(*work, client);
    if (work->upload != nullptr) work->upload->end();
    lock.lock();
    running_.erase(work->is_cut);
    ++idle_;  // before the answer: who gets it may ask the next thing at once
    lock.unlock();
    if (answer) work->reply(std::move(*answer));
    lock.lock();
  }
}

// A quarter of the threads is kept for what ends soon.
bool Forwarder::begin_stream() {
  const std::lock_guard lock(mutex_);
  if (streams_ >= options_.requests_max - std::max<std::size_t>(1, options_.requests_max / 4)) return false;
  ++streams_;
  return true;
}

void Forwarder::end_stream() {
  const std::lock_guard lock(mutex_);
  --streams_;
}

std::optional<Response> Forwarder::run(Work& work, std::optional<Client>& client) {
  ClientOptions options;
  options.connect_timeout_ms = options_.connect_timeout_ms;
  options.timeout_ms = options_.timeout_ms;
  options.ca_file = options_.ca_file;
  if (!client) {
    auto made = Client::make(options_.url, options);
    if (!made.ok()) return problem(made.error(), work.exchange->request());
    client.emplace(std::move(*made));
  }
  client->set_cut(work.is_cut.get());
  std::string body;
  std::shared_ptr<AnswerPipe> pipe;
  bool is_refused = false;
  work.request.answer_sink = [&](const ClientResponse& head, std::string_view bytes) {
    if (work.upload != nullptr || is_short(head)) {
      body += bytes;
      return body.size() <= kBufferedBytesMax;
    }
    if (pipe == nullptr) {
      is_refused = !begin_stream();
      if (is_refused) return false;
      pipe = std::make_shared<AnswerPipe>();
      Response response = head_of(head);
      response.body = std::make_shared<ForwardedBody>(pipe, work.is_cut);
      work.exchange->reply(std::move(response));
    }
    return pipe->push(bytes, *work.is_cut);
  };
  const auto answered = client->send(work.request);
  client->set_cut(nullptr);
  const bool is_answered = answered.ok() || pipe != nullptr;
  if (knowledge_.heard && (is_answered || (!client->was_sent() && !*work.is_cut)))
    knowledge_.heard(is_answered);
  if (is_refused) return problem(Error(kGatewayBusy), work.exchange->request());
  if (pipe != nullptr) {
    end_stream();
    pipe->end(answered.ok() ? LiveBody::State::kEnded : LiveBody::State::kBroken);
    return std::nullopt;
  }
  if (answered.ok()) {
    Response response = head_of(*answered);
    response.body = std::move(body);
    return response;
  }
  const Error& why = answered.error();
  log_->warn("{} {} was not passed on: {}", work.request.method, work.exchange->request().path, why.detail());
  return problem(client->was_sent() ? Error(kOutcomeUnknown,
                                            "the node that writes was asked and did not answer; "
                                            "ask again with the same Idempotency-Key or transaction")
                                    : Error(kLeaderUnreachable),
                 work.exchange->request());
}

}  // namespace icn::http
