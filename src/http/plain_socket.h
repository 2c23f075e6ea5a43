#pragma once

#include <sys/types.h>

#include <boost/asio/buffer.hpp>
#include <utility>
#include <vector>

namespace icn::http {

// A connected TCP socket that never blocks, closed at the end. Thread: one at a time.
class PlainSocket {
 public:
  PlainSocket() = default;
  explicit PlainSocket(int descriptor) : descriptor_(descriptor) {}
  PlainSocket(PlainSocket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  PlainSocket& operator=(PlainSocket&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~PlainSocket() { close(); }

  int descriptor() const { return descriptor_; }
  bool is_open() const { return descriptor_ >= 0; }

  // Bytes taken or sent; 0 of receive(): the peer has ended. Below 0: not now (would_block()) or never again.
  ssize_t receive(char* to, std::size_t size);
  // At most 16 buffers.
  ssize_t send(const std::vector<boost::asio::const_buffer>& buffers);
  // After a result below 0.
  static bool would_block();

  bool end_sending();  // false: the connection is broken
  void close();

 private:
  int descriptor_ = -1;
};

}  // namespace icn::http
