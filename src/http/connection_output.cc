// What a connection sends: answers, streamed and live bodies, and the end.

#include <boost/asio/ssl/stream.hpp>
#include <cstdio>

#include "http/connection.h"
#include "http/dispatcher.h"
#include "http/errors.h"

namespace icn::http {
namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t kLiveBytesMax = 64 * 1024;  // pulled at once

}  // namespace

void Connection::on_response(Response&& response) {
  if (state_ == State::kClosed || !exchange_) return;
  if (is_skipping_body_) {
    early_answer_ = std::move(response);
    return;
  }
  if (!hold_answer(response)) response = problem(Error(kMemoryInUse), exchange_->request());
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
    live_->attach(waker(&Connection::pump_later));
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
  if (exchange_) exchange_->detach();
  exchange_.reset();
  release(held_body_);
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
  if (is_pump_posted_ || (!stream_ && !live_)) return;
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
  const auto live_state = live_->pull(bytes, kLiveBytesMax);
  if (!bytes.empty()) append_chunk(bytes);
  if (live_state == LiveBody::State::kBroken) return close();
  if (live_state == LiveBody::State::kEnded) {
    end_stream();
    return process();
  }
  if (!output_.empty()) write();
}

void Connection::write() {
  if (is_writing_ || state_ == State::kClosed) return;
  if (!tls_ && !send_plain()) return close();
  if (output_.empty()) return on_drained();
  is_writing_ = true;
  progress_ms_ = thread_.now_ms();
  send_pace_.begin_wait(progress_ms_);
  if (!tls_) return;  // until on_ready()
  output_.fill(buffers_);
  output_.seal();
  tls_->async_write_some(buffers_, [self = shared_from_this()](const error_code& error, std::size_t bytes) {
    self->on_write(error, bytes);
  });
}

// As much as the socket takes now; most answers fit at once. False: the connection is broken.
bool Connection::send_plain() {
  while (!output_.empty()) {
    output_.fill(buffers_);
    const ssize_t sent = socket_.send(buffers_);
    if (sent < 0) return PlainSocket::would_block();
    send_pace_.add_sent(static_cast<std::size_t>(sent));
    output_.consume(static_cast<std::size_t>(sent));
  }
  return true;
}

void Connection::on_write(const error_code& error, std::size_t bytes) {
  is_writing_ = false;
  if (state_ == State::kClosed) return;
  if (error) return close();
  progress_ms_ = thread_.now_ms();
  send_pace_.end_wait(progress_ms_);
  send_pace_.add_sent(bytes);
  output_.consume(bytes);
  process();  // sends what is left; requests wait while it is too much
}

// Everything is sent.
void Connection::on_drained() {
  release(held_answer_);
  if (!stream_) send_pace_.restart();  // of a streamed answer the rest is still to come
  if (stream_ || live_) return pump_later();
  if (state_ == State::kIdle) enter(State::kIdle);  // a long answer was no idleness
  const bool is_no_more = closes_after_answer_ || (is_input_ended_ && input_begin_ == input_end_);
  const bool is_at_rest = state_ == State::kIdle && is_no_more;
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
  if (tls_) tls_->next_layer().shutdown(Tcp::socket::shutdown_send, error);
  if (error || (!tls_ && !socket_.end_sending())) return close();
  input_begin_ = input_end_ = 0;
  read();
}

}  // namespace icn::http
