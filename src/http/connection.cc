#include "http/connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream_base.hpp>
#include <utility>

#include "http/dispatcher.h"
#include "http/errors.h"

namespace icn::http {
namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t kInputBytes = 8 * 1024;
constexpr std::size_t kInputBytesMax = 64 * 1024;    // while a body comes
constexpr std::size_t kSkippedBodyMax = 256 * 1024;  // of refused requests, to keep the connection
constexpr std::uint64_t kLingerMs = 2'000;
constexpr int kPullsMax = 8;  // in a row, before others have their turn
// Of every body and answer, whatever others hold: a signed request and its answer fit.
constexpr std::size_t kUncountedBytes = 64 * 1024;

}  // namespace

Connection::Connection(IoThread& thread, PlainSocket socket, std::string peer_address)
    : thread_(thread),
      socket_(std::move(socket)),
      peer_address_(std::move(peer_address)),
      send_pace_(thread.shared().options.answer_bytes_min, thread.shared().options.transfer_timeout_ms),
      input_(kInputBytes),
      parser_({thread.shared().options.header_bytes_max, thread.shared().options.headers_max}) {}

Connection::Connection(IoThread& thread, Tcp::socket socket, std::string peer_address)
    : Connection(thread, PlainSocket(), std::move(peer_address)) {
  tls_ = std::make_unique<asio::ssl::stream<Tcp::socket>>(std::move(socket), *thread.shared().tls);
}

Connection::~Connection() {
  if (exchange_) exchange_->detach();
}

void Connection::enter(State state) {
  state_ = state;
  state_since_ms_ = progress_ms_ = thread_.now_ms();
}

void Connection::start() {
  error_code error;
  if (!tls_) {
    const int on = 1;
    ::setsockopt(socket_.descriptor(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    enter(State::kIdle);
    if (!thread_.loop().watch(socket_.descriptor(), *this)) return close();
    return read();
  }
  tls_->next_layer().set_option(Tcp::no_delay(true), error);
  tls_->next_layer().non_blocking(true, error);
  enter(State::kHandshake);
  tls_->async_handshake(asio::ssl::stream_base::server,
                        [self = shared_from_this()](const error_code& failed) {
                          if (failed || self->state_ == State::kClosed) return self->close();
                          self->enter(State::kIdle);
                          if (self->thread_.is_draining()) return self->close();
                          self->read();
                        });
}

void Connection::read() {
  if (is_reading_ || is_input_ended_ || state_ == State::kClosed) return;
  if (input_begin_ == input_end_) {
    input_begin_ = input_end_ = 0;
  } else if (input_begin_ > 0) {
    std::copy(input_.begin() + static_cast<std::ptrdiff_t>(input_begin_),
              input_.begin() + static_cast<std::ptrdiff_t>(input_end_), input_.begin());
    input_end_ -= input_begin_;
    input_begin_ = 0;
  }
  const std::size_t most = std::max(kInputBytes, thread_.shared().options.header_bytes_max * 2);
  if (input_end_ == input_.size()) {
    if (input_.size() >= most) return;  // pipelined requests wait in the socket
    input_.resize(most);
  } else if (state_ == State::kBody && input_.size() < kInputBytesMax) {
    input_.resize(kInputBytesMax);
  }
  is_reading_ = true;
  if (!tls_) return pull_later();
  tls_->async_read_some(asio::buffer(input_.data() + input_end_, input_.size() - input_end_),
                        [self = shared_from_this()](const error_code& error, std::size_t bytes) {
                          self->on_read(error, bytes);
                        });
}

void Connection::on_ready(std::uint32_t events) {
  if (state_ == State::kClosed) return;
  const auto self = shared_from_this();
  const bool is_broken = (events & (EPOLLERR | EPOLLHUP)) != 0;
  if (is_broken || (events & EPOLLRDHUP) != 0) is_hung_up_ = true;
  if (is_writing_ && (is_broken || (events & EPOLLOUT) != 0)) on_write({}, 0);
  if (!is_hung_up_ && (events & EPOLLIN) == 0) return;
  is_readable_ = true;
  pull();
}

// Reads while somebody waits for it and something may be there. Less than there was room for is all there
// was: the next bytes make an event, and no call is needed to learn that there are none.
void Connection::pull() {
  if (is_pulling_) return;
  is_pulling_ = true;
  for (int pulls = 0; is_reading_ && is_readable_ && state_ != State::kClosed; ++pulls) {
    if (pulls == kPullsMax) {
      is_pulling_ = false;
      return pull_later();
    }
    const std::size_t room = input_.size() - input_end_;
    const ssize_t count = socket_.receive(input_.data() + input_end_, room);
    if (count < 0 && PlainSocket::would_block()) {
      is_readable_ = false;
      break;
    }
    if (count < static_cast<ssize_t>(room) && !is_hung_up_) is_readable_ = false;
    if (count < 0)
      on_read(asio::error::connection_reset, 0);
    else
      on_read(count == 0 ? error_code(asio::error::eof) : error_code(), static_cast<std::size_t>(count));
  }
  is_pulling_ = false;
}

void Connection::pull_later() {
  if (is_pulling_ || !is_readable_) return;
  thread_.post([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->pull();
  });
}

void Connection::on_read(const error_code& error, std::size_t bytes) {
  is_reading_ = false;
  if (state_ == State::kClosed) return;
  if (error == asio::error::eof || error == asio::ssl::error::stream_truncated) return on_end_of_input();
  if (error) return close();
  progress_ms_ = thread_.now_ms();
  if (state_ == State::kLingering) {
    input_begin_ = input_end_ = 0;
    return read();
  }
  input_end_ += bytes;
  process();
}

// The client sends no more: it has gone, or it only waits for its answer.
void Connection::on_end_of_input() {
  is_input_ended_ = true;
  const bool is_last = input_begin_ == input_end_;  // else more requests wait for their answers
  if (state_ == State::kHandling && exchange_) {
    closes_after_answer_ = closes_after_answer_ || is_last;
    exchange_->cancel();
    return;
  }
  if (live_) return close();
  if (stream_) return;
  if (is_writing_ || !output_.empty()) {
    closes_after_answer_ = closes_after_answer_ || is_last;
    return;
  }
  close();
}

// Input is only read where somebody waits for it; while a handler works one read stays open to see the
// client go.
bool Connection::wants_input() const {
  return state_ != State::kClosed && !is_upload_paused_ && output_.size() < kOutputHigh;
}

void Connection::process() {
  if (is_processing_) return;
  is_processing_ = true;
  const auto self = shared_from_this();
  bool was_high = false;
  do {
    while (process_step()) {
    }
    was_high = output_.size() >= kOutputHigh;
    if (state_ != State::kClosed) write();
    // What was too much may be sent by now: requests that wait in the input go on.
  } while (state_ != State::kClosed && was_high && output_.size() < kOutputHigh);
  is_processing_ = false;
  if (wants_input()) read();
}

// One step of the parser. False: nothing to do until more bytes, an answer or room in the output.
bool Connection::process_step() {
  const bool takes_requests = state_ == State::kIdle || state_ == State::kHead || state_ == State::kBody;
  if (!takes_requests || is_upload_paused_ || output_.size() >= kOutputHigh) return false;
  if (state_ == State::kIdle && closes_after_answer_) return false;
  const std::string_view bytes(input_.data() + input_begin_, input_end_ - input_begin_);
  if (state_ == State::kIdle) {
    if (bytes.empty() || bytes == "\r") return false;
    // One empty line is passed over: some clients end a body with it, and it begins no request (RFC
    // 9112, 2.2).
    if (bytes.starts_with("\r\n") && !std::exchange(is_empty_line_over_, true)) {
      input_begin_ += 2;
      return true;
    }
    is_empty_line_over_ = false;
    begin_request();
  }
  const RequestParser::Fed fed = parser_.feed(bytes);
  input_begin_ += fed.consumed;
  if (state_ == State::kBody) {
    body_bytes_ += fed.consumed;
    if (!hold_body()) {
      parser_.refuse_body(Error(kMemoryInUse));
      fail_request();
      return false;
    }
  }
  switch (fed.step) {
    case RequestParser::Step::kNeedMore:
      if (state_ == State::kBody && input_end_ - input_begin_ > thread_.shared().options.header_bytes_max) {
        parser_.refuse_line();
        fail_request();
      }
      return false;
    case RequestParser::Step::kHead:
      on_head();
      return true;
    case RequestParser::Step::kDone:
      on_request_complete();
      return true;
    case RequestParser::Step::kFailed:
      fail_request();
      return false;
  }
  return false;
}

void Connection::begin_request() {
  enter(State::kHead);
  // Detached before this connection lets go of it.
  exchange_ =
      std::make_shared<Exchange>(thread_, [this](Response&& response) { on_response(std::move(response)); });
  Request& request = exchange_->request();
  request.peer_address = peer_address_;
  request.is_tls = tls_ != nullptr;
  body_bytes_ = 0;
  is_skipping_body_ = false;
  parser_.begin(request);
}

void Connection::on_head() {
  enter(State::kBody);
  const auto exchange = exchange_;
  const auto length = parser_.content_length();
  if (!parser_.keeps_alive() || thread_.is_draining()) closes_after_answer_ = true;
  is_skipping_body_ = length != 0;  // an answer that comes now waits until the body is skipped
  if (!thread_.shared().dispatcher->admit(exchange, length) || !begin_upload()) return refuse_body(length);
  is_skipping_body_ = false;
  parser_.set_body_max(exchange->request().route->body_bytes_max);
  if (parser_.expects_continue() && length != 0) output_.append("HTTP/1.1 100 Continue\r\n\r\n");
}

// The request is answered already; what is left of it is read away when that is cheap.
void Connection::refuse_body(std::optional<std::uint64_t> length) {
  if (!early_answer_) return;
  if (length && *length <= kSkippedBodyMax && !parser_.expects_continue()) {
    parser_.set_body_max(kSkippedBodyMax);
    parser_.set_body_sink([](ByteView) { return Result<void>(); });
    return;
  }
  is_body_unread_ = closes_after_answer_ = true;
  send_early_answer();
}

void Connection::send_early_answer() {
  is_skipping_body_ = false;
  Response answer = std::move(*early_answer_);
  early_answer_.reset();
  on_response(std::move(answer));
}

// False: the upload was refused and the request is answered. True also for routes that take no upload.
bool Connection::begin_upload() {
  if (!exchange_->request().route->open_upload) return true;
  upload_ = thread_.shared().dispatcher->open_upload(exchange_);
  if (!upload_) return false;
  if (Dispatcher::needs_body_hash(exchange_->request())) upload_hash_.emplace();
  parser_.set_body_sink([this](ByteView bytes) -> Result<void> {
    if (upload_hash_) upload_hash_->update(bytes);
    ICN_TRY(upload_->write(bytes));
    is_upload_paused_ = upload_->wants_pause(waker(&Connection::resume_upload));
    return {};
  });
  return true;
}

// Counts memory of callers without credentials: else a few who send or read slowly could hold all there is.
// False: they hold all they may; nothing is counted then.
bool Connection::hold(std::size_t& held, std::size_t more) {
  ServerShared& shared = thread_.shared();
  if (more == 0) return true;
  if (shared.anonymous_bytes.fetch_add(more) + more > shared.options.anonymous_bytes_max) {
    shared.anonymous_bytes.fetch_sub(more);
    return false;
  }
  held += more;
  return true;
}

void Connection::release(std::size_t& held) {
  thread_.shared().anonymous_bytes.fetch_sub(std::exchange(held, 0));
}

bool Connection::hold_body() {
  const bool is_kept = !upload_ && !is_skipping_body_ && exchange_->request().caller.is_anonymous();
  if (!is_kept || body_bytes_ <= kUncountedBytes + held_body_) return true;
  return hold(held_body_, static_cast<std::size_t>(body_bytes_) - kUncountedBytes - held_body_);
}

bool Connection::hold_answer(const Response& response) {
  const auto* text = std::get_if<std::string>(&response.body);
  if (text == nullptr || text->size() <= kUncountedBytes || !exchange_->request().caller.is_anonymous())
    return true;
  return hold(held_answer_, text->size() - kUncountedBytes);
}

// A function for any thread that runs `task` on the io thread; nothing once connection or server are gone.
std::function<void()> Connection::waker(void (Connection::*task)()) {
  return [task, weak = weak_from_this(), weak_thread = thread_.weak_from_this()] {
    const auto thread = weak_thread.lock();
    if (!thread) return;
    thread->post([task, weak] {
      if (const auto self = weak.lock()) ((*self).*task)();
    });
  };
}

void Connection::resume_upload() {
  if (state_ == State::kClosed || !is_upload_paused_) return;
  is_upload_paused_ = false;
  progress_ms_ = thread_.now_ms();
  process();
}

void Connection::on_request_complete() {
  enter(State::kHandling);
  is_upload_paused_ = false;  // whatever it waited for with its last bytes, there are no more to hold back
  const auto exchange = exchange_;
  const Dispatcher& dispatcher = *thread_.shared().dispatcher;
  if (early_answer_) return send_early_answer();
  if (!upload_) return dispatcher.run(exchange);
  const crypto::Hash hash = upload_hash_ ? upload_hash_->finish() : crypto::Hash{};
  upload_hash_.reset();
  dispatcher.finish_upload(exchange, std::move(upload_), hash);
}

void Connection::fail_request() {
  upload_.reset();
  upload_hash_.reset();
  early_answer_.reset();
  is_skipping_body_ = false;
  is_body_unread_ = closes_after_answer_ = true;
  if (exchange_) thread_.shared().dispatcher->identify(*exchange_);
  on_response(parser_.failure());
}

void Connection::drain() {
  closes_after_answer_ = true;
  if (live_) {
    const std::string farewell = live_->farewell();
    if (!farewell.empty()) append_chunk(farewell);
    end_stream();
    return write();
  }
  if (state_ == State::kIdle && output_.empty()) close();
}

void Connection::close() {
  if (state_ == State::kClosed) return;
  state_ = State::kClosed;
  const auto self = shared_from_this();
  upload_.reset();
  live_.reset();
  stream_.reset();
  if (exchange_) {
    exchange_->cancel();
    exchange_->detach();
    exchange_.reset();
  }
  release(held_body_);
  release(held_answer_);
  if (socket_.is_open()) thread_.loop().forget(socket_.descriptor());
  socket_.close();
  error_code ignored;
  if (tls_) tls_->next_layer().close(ignored);
  thread_.forget(self);
}

bool Connection::body_is_too_slow(std::uint64_t now_ms) const {
  const ServerOptions& options = thread_.shared().options;
  if (is_upload_paused_) return false;
  if (now_ms - progress_ms_ > options.transfer_timeout_ms) return true;
  const std::uint64_t elapsed_ms = now_ms - state_since_ms_;
  return elapsed_ms > options.transfer_timeout_ms &&
         body_bytes_ * 1000 / elapsed_ms < options.body_bytes_per_second_min;
}

void Connection::check(std::uint64_t now_ms) {
  const ServerOptions& options = thread_.shared().options;
  if (is_writing_) {
    if (now_ms - progress_ms_ > options.transfer_timeout_ms || send_pace_.is_too_slow(now_ms)) close();
    return;
  }
  const std::uint64_t age_ms = now_ms - state_since_ms_;
  switch (state_) {
    case State::kHandshake:
      if (age_ms > options.header_timeout_ms) close();
      return;
    case State::kIdle:
      if (age_ms > options.idle_timeout_ms) close();
      return;
    case State::kHead:
    case State::kBody:
      if (state_ == State::kHead ? age_ms > options.header_timeout_ms : body_is_too_slow(now_ms)) {
        upload_.reset();
        early_answer_.reset();
        is_skipping_body_ = false;
        is_body_unread_ = closes_after_answer_ = true;
        on_response(problem(408, "request_timeout", "the request came too slowly",
                            "the request came too slowly", exchange_->request()));
      }
      return;
    case State::kStreaming:
      if (live_ && now_ms - progress_ms_ > options.heartbeat_ms) {
        progress_ms_ = now_ms;
        const std::string beat = live_->heartbeat();
        if (!beat.empty()) append_chunk(beat);
        write();
      }
      return;
    case State::kLingering:
      if (age_ms > kLingerMs) close();
      return;
    case State::kHandling:
    case State::kClosed:
      return;
  }
}

}  // namespace icn::http
