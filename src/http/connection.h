#pragma once

// Inside http only: this header brings in Boost.Asio.

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "http/io_thread.h"
#include "http/plain_socket.h"
#include "http/request_parser.h"
#include "http/send_pace.h"

namespace icn::http {

// Bytes on their way out, sent in order: text of our own and bodies others hold.
class OutputQueue {
 public:
  void append(std::string_view text);
  void append_shared(std::shared_ptr<const std::string> text);
  std::string& tail();  // to append to; tell add_size() how much
  void add_size(std::size_t bytes) { size_ += bytes; }
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  // At most 16 pieces.
  void fill(std::vector<boost::asio::const_buffer>& buffers) const;
  // What is in the queue now is being sent: it must not move until it is consumed.
  void seal() { is_sealed_ = true; }
  void consume(std::size_t bytes);

 private:
  struct Piece {
    std::string own;
    std::shared_ptr<const std::string> shared;
    std::string_view view() const { return shared ? std::string_view(*shared) : std::string_view(own); }
  };
  std::deque<Piece> pieces_;
  std::string spare_;       // an empty string that has room
  std::size_t offset_ = 0;  // bytes of the first piece that are sent
  std::size_t size_ = 0;
  bool is_sealed_ = false;
};

// One client. Everything runs on its io thread. Requests of a pipeline are answered one after another:
// the next one starts when the one before has its answer in the output queue.
class Connection final : public EventLoop::Watcher, public std::enable_shared_from_this<Connection> {
 public:
  using Tcp = boost::asio::ip::tcp;

  Connection(IoThread& thread, PlainSocket socket, std::string peer_address);
  Connection(IoThread& thread, Tcp::socket socket, std::string peer_address);  // TLS
  ~Connection() override;

  void start();
  // Without TLS.
  void on_ready(std::uint32_t events) override;
  // Called every tick: enforces the time limits, sends heartbeats.
  void check(std::uint64_t now_ms);
  // The server stops: finish what runs, then close.
  void drain();
  void close();
  const std::string& peer_address() const { return peer_address_; }

 private:
  enum class State {
    kHandshake,
    kIdle,       // between requests
    kHead,       // part of a head is here
    kBody,       // the head is admitted, its body comes
    kHandling,   // a handler has the request
    kStreaming,  // a streamed or live body is on its way
    kLingering,  // answered before the whole request was read: wait for the client to see it
    kClosed,
  };

  void read();
  void pull();
  void pull_later();
  void on_read(const boost::system::error_code& error, std::size_t bytes);
  void on_end_of_input();
  void process();
  bool process_step();
  void begin_request();
  void on_head();
  bool begin_upload();
  bool hold(std::size_t& held, std::size_t more);
  void release(std::size_t& held);
  bool hold_body();
  bool hold_answer(const Response& response);
  void refuse_body(std::optional<std::uint64_t> length);
  void send_early_answer();
  void resume_upload();
  std::function<void()> waker(void (Connection::*task)());
  void on_request_complete();
  void fail_request();

  void on_response(Response&& response);
  void append_head(const Response& response, const Request& request, std::optional<std::uint64_t> length,
                   bool is_chunked);
  void append_body(Response& response, const Request& request);
  void finish_exchange();
  void pump_later();
  void pump_stream();
  void pump_live();
  void append_chunk(std::string_view bytes);
  void end_stream();

  void write();
  bool send_plain();
  void on_write(const boost::system::error_code& error, std::size_t bytes);
  void on_drained();
  void close_gracefully();
  void linger();
  bool body_is_too_slow(std::uint64_t now_ms) const;
  bool wants_input() const;
  void enter(State state);

  static constexpr std::size_t kOutputHigh = 256 * 1024;  // no further request is read above this

  IoThread& thread_;
  PlainSocket socket_;
  std::unique_ptr<boost::asio::ssl::stream<Tcp::socket>> tls_;  // in place of socket_
  std::string peer_address_;

  State state_ = State::kHandshake;
  std::uint64_t state_since_ms_ = 0;
  std::uint64_t progress_ms_ = 0;  // last time bytes moved
  SendPace send_pace_;
  bool is_readable_ = false;  // without TLS: more may be there
  bool is_hung_up_ = false;   // its end can be read without another event
  bool is_pulling_ = false;
  bool is_reading_ = false;
  bool is_writing_ = false;
  bool is_processing_ = false;
  bool is_input_ended_ = false;
  bool closes_after_answer_ = false;
  bool is_empty_line_over_ = false;  // one has come while this is idle
  bool is_body_unread_ = false;      // answered before the whole request was read
  bool is_upload_paused_ = false;

  std::vector<char> input_;
  std::size_t input_begin_ = 0;
  std::size_t input_end_ = 0;
  OutputQueue output_;
  std::vector<boost::asio::const_buffer> buffers_;

  RequestParser parser_;
  ExchangePtr exchange_;                  // of the request being read or handled
  std::optional<Response> early_answer_;  // sent once the rest of the request is skipped
  bool is_skipping_body_ = false;
  std::uint64_t body_bytes_ = 0;
  std::size_t held_body_ = 0;    // bytes of it, and of answers in the output, that are counted in
  std::size_t held_answer_ = 0;  // ServerShared::anonymous_bytes
  std::unique_ptr<UploadSession> upload_;
  std::optional<crypto::Sha256> upload_hash_;

  std::optional<StreamedBody> stream_;
  std::uint64_t stream_left_ = 0;
  std::shared_ptr<LiveBody> live_;
  bool is_stream_chunked_ = false;
  bool is_pump_posted_ = false;
};

}  // namespace icn::http
