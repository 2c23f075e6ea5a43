#include "http/connection.h"

#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream_base.hpp>
#include <cstdio>

#include "http/dispatcher.h"
#include "http/errors.h"

namespace icn::http {
namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t kInputBytes = 8 * 1024;
constexpr std::size_t kInputBytesMax = 64 * 1024;    // while a body comes
constexpr std::size_t kOutputHigh = 256 * 1024;      // no further request is read above this
constexpr std::size_t kSkippedBodyMax = 256 * 1024;  // of refused requests, to keep the connection
constexpr std::uint64_t kLingerMs = 2'000;

}  // namespace

Connection::Connection(IoThread& thread, Tcp::socket socket)
    : thread_(thread),
      socket_(std::move(socket)),
      input_(kInputBytes),
      parser_({thread.shared().options.header_bytes_max, thread.shared().options.headers_max}) {}

Connection::~Connection() = default;

void Connection::enter(State state) {
  state_ = state;
  state_since_ms_ = progress_ms_ = thread_.now_ms();
}

void Connection::start() {
  error_code error;
  socket_.set_option(Tcp::no_delay(true), error);
  socket_.non_blocking(true, error);
  const Tcp::endpoint peer = socket_.remote_endpoint(error);
  if (error) return close();
  peer_address_ = peer.address().to_string();
  if (!thread_.shared().tls) {
    enter(State::kIdle);
    return read();
  }
  enter(State::kHandshake);
  tls_ = std::make_unique<asio::ssl::stream<Tcp::socket&>>(socket_, *thread_.shared().tls);
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
  const auto buffer = asio::buffer(input_.data() + input_end_, input_.size() - input_end_);
  auto done = [self = shared_from_this()](const error_code& error, std::size_t bytes) {
    self->on_read(error, bytes);
  };
  if (tls_)
    tls_->async_read_some(buffer, std::move(done));
  else
    socket_.async_read_some(buffer, std::move(done));
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
  if (state_ == State::kHandling && exchange_) {
    closes_after_answer_ = true;
    exchange_->cancel();
    return;
  }
  if (live_) return close();
  if (stream_) return;
  if (is_writing_ || !output_.empty()) {
    closes_after_answer_ = true;
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
  while (process_step()) {
  }
  is_processing_ = false;
  if (state_ == State::kClosed) return;
  write();
  if (wants_input()) read();
}

// One step of the parser. False: nothing to do until more bytes, an answer or room in the output.
bool Connection::process_step() {
  const bool takes_requests = state_ == State::kIdle || state_ == State::kHead || state_ == State::kBody;
  if (!takes_requests || is_upload_paused_ || output_.size() >= kOutputHigh) return false;
  if (state_ == State::kIdle && closes_after_answer_) return false;
  const std::string_view bytes(input_.data() + input_begin_, input_end_ - input_begin_);
  if (state_ == State::kIdle) {
    if (bytes.empty()) return false;
    begin_request();
  }
  const RequestParser::Fed fed = parser_.feed(bytes);
  input_begin_ += fed.consumed;
  if (state_ == State::kBody) body_bytes_ += fed.consumed;
  switch (fed.step) {
    case RequestParser::Step::kNeedMore:
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
  exchange_ = std::make_shared<Exchange>(thread_, [weak = weak_from_this()](Response response) {
    if (const auto self = weak.lock()) self->on_response(std::move(response));
  });
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
    is_upload_paused_ = upload_->wants_pause([weak = weak_from_this(), &thread = thread_] {
      thread.post([weak] {
        if (const auto self = weak.lock()) self->resume_upload();
      });
    });
    return {};
  });
  return true;
}

void Connection::resume_upload() {
  if (state_ == State::kClosed || !is_upload_paused_) return;
  is_upload_paused_ = false;
  progress_ms_ = thread_.now_ms();
  process();
}

void Connection::on_request_complete() {
  enter(State::kHandling);
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
  on_response(parser_.failure());
}

// --- The way out

void Connection::on_response(Response response) {
  if (state_ == State::kClosed || !exchange_) return;
  if (is_skipping_body_) {
    early_answer_ = std::move(response);
    return;
  }
  append_body(response, exchange_->request());
  if (!stream_ && !live_) finish_exchange();
  // Inside process() the loop goes on by itself.
  if (!is_processing_) process();
}

void Connection::append_head(const Response& response, const Request& request,
                             std::optional<std::uint64_t> length, bool is_chunked) {
  std::string& out = output_.tail();
  const std::size_t before = out.size();
  out += "HTTP/1.1 ";
  out += std::to_string(response.status);
  out += ' ';
  out += status_reason(response.status);
  out += "\r\n";
  if (!response.content_type.empty()) {
    out += "content-type: ";
    out += response.content_type;
    out += "\r\n";
  }
  const bool has_no_body = response.status == 204 || response.status == 304;
  if (is_chunked) {
    out += "transfer-encoding: chunked\r\n";
  } else if (length && !has_no_body) {
    out += "content-length: ";
    out += std::to_string(*length);
    out += "\r\n";
  }
  for (const auto& [name, value] : response.headers) {
    out.append(name).append(": ").append(value).append("\r\n");
  }
  if (!request.correlation_id.empty()) {
    out += "x-correlation-id: ";
    out += request.correlation_id;
    out += "\r\n";
  }
  out += "x-content-type-options: nosniff\r\n";
  out += thread_.date_line();
  if (closes_after_answer_)
    out += "connection: close\r\n";
  else if (!request.is_http11)
    out += "connection: keep-alive\r\n";
  out += "\r\n";
  output_.add_size(out.size() - before);
}

void Connection::append_body(Response& response, const Request& request) {
  const bool is_head = request.method == Method::kHead;
  if (auto* streamed = std::get_if<StreamedBody>(&response.body)) {
    if (!streamed->length && !request.is_http11) closes_after_answer_ = true;
    is_stream_chunked_ = !streamed->length && request.is_http11;
    append_head(response, request, streamed->length, is_stream_chunked_);
    if (is_head) return;
    stream_left_ = streamed->length.value_or(0);
    stream_ = std::move(*streamed);
    return enter(State::kStreaming);
  }
  if (auto* live = std::get_if<std::shared_ptr<LiveBody>>(&response.body)) {
    if (!request.is_http11) closes_after_answer_ = true;
    is_stream_chunked_ = request.is_http11;
    append_head(response, request, std::nullopt, is_stream_chunked_);
    if (is_head) return;
    live_ = std::move(*live);
    enter(State::kStreaming);
    live_->attach([weak = weak_from_this(), &thread = thread_] {
      thread.post([weak] {
        const auto self = weak.lock();
        if (self && self->live_) self->pump_later();
      });
    });
    return;
  }
  const std::string_view text = response.body_text();
  append_head(response, request, text.size(), false);
  if (is_head || text.empty() || response.status == 204 || response.status == 304) return;
  if (auto* shared = std::get_if<std::shared_ptr<const std::string>>(&response.body))
    output_.append_shared(std::move(*shared));
  else
    output_.append(text);
}

void Connection::finish_exchange() {
  exchange_.reset();
  stream_.reset();
  live_.reset();
  enter(State::kIdle);
}

void Connection::append_chunk(std::string_view bytes) {
  if (!is_stream_chunked_) return output_.append(bytes);
  char size[24];
  output_.append({size, static_cast<std::size_t>(std::snprintf(size, sizeof size, "%zx\r\n", bytes.size()))});
  output_.append(bytes);
  output_.append("\r\n");
}

void Connection::end_stream() {
  if (is_stream_chunked_) output_.append("0\r\n\r\n");
  finish_exchange();
}

// Posted, so that a long body neither recurses nor keeps other connections waiting.
void Connection::pump_later() {
  if (is_pump_posted_) return;
  is_pump_posted_ = true;
  thread_.post([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    self->is_pump_posted_ = false;
    if (!self->output_.empty() || self->is_writing_) return;  // pumped again when that is sent
    if (self->stream_)
      self->pump_stream();
    else if (self->live_)
      self->pump_live();
  });
}

void Connection::pump_stream() {
  auto next = stream_->next();
  if (!next.ok()) {
    thread_.shared().log->warn("a streamed answer broke off: {}", next.error().detail());
    return close();
  }
  const bool is_sized = stream_->length.has_value();
  if (!*next) {
    if (is_sized && stream_left_ > 0) return close();  // less than was announced: only a cut tells the client
    end_stream();
    return process();
  }
  const std::string_view bytes = as_text(**next);
  if (is_sized) {
    if (bytes.size() > stream_left_) return close();
    stream_left_ -= bytes.size();
  }
  if (!bytes.empty()) append_chunk(bytes);
  write();
}

void Connection::pump_live() {
  std::string bytes;
  const auto live_state = live_->pull(bytes, kInputBytesMax);
  if (!bytes.empty()) append_chunk(bytes);
  if (live_state == LiveBody::State::kEnded) {
    end_stream();
    return process();
  }
  if (!output_.empty()) write();
}

void Connection::write() {
  if (is_writing_ || state_ == State::kClosed) return;
  // Most answers fit into the socket at once.
  while (!tls_ && !output_.empty()) {
    output_.fill(buffers_);
    error_code error;
    const std::size_t bytes = socket_.write_some(buffers_, error);
    if (error == asio::error::would_block || error == asio::error::try_again) break;
    if (error) return close();
    output_.consume(bytes);
  }
  if (output_.empty()) return on_drained();
  is_writing_ = true;
  progress_ms_ = thread_.now_ms();
  output_.fill(buffers_);
  output_.seal();
  auto done = [self = shared_from_this()](const error_code& error, std::size_t bytes) {
    self->on_write(error, bytes);
  };
  if (tls_)
    tls_->async_write_some(buffers_, std::move(done));
  else
    socket_.async_write_some(buffers_, std::move(done));
}

void Connection::on_write(const error_code& error, std::size_t bytes) {
  is_writing_ = false;
  if (state_ == State::kClosed) return;
  if (error) return close();
  progress_ms_ = thread_.now_ms();
  const bool was_high = output_.size() >= kOutputHigh;
  output_.consume(bytes);
  if (was_high && output_.size() < kOutputHigh) return process();
  write();
}

// Everything is sent.
void Connection::on_drained() {
  if (stream_ || live_) return pump_later();
  const bool is_at_rest = state_ == State::kIdle && (closes_after_answer_ || is_input_ended_);
  if (is_at_rest) close_gracefully();
}

void Connection::close_gracefully() {
  if (is_body_unread_ && !is_input_ended_) return linger();
  if (!tls_) return close();
  enter(State::kLingering);
  tls_->async_shutdown([self = shared_from_this()](const error_code&) { self->close(); });
}

// Closing a socket with unread input resets it, and the client may lose the answer. So: say that we are
// done, and take in what still comes for a moment.
void Connection::linger() {
  enter(State::kLingering);
  error_code error;
  socket_.shutdown(Tcp::socket::shutdown_send, error);
  if (error) return close();
  input_begin_ = input_end_ = 0;
  read();
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
    exchange_.reset();
  }
  error_code ignored;
  socket_.close(ignored);
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
    if (now_ms - progress_ms_ > options.transfer_timeout_ms) close();
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
