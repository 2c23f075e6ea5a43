#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace icn::consensus {

// A file descriptor that closes itself.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();
  int get() const { return number_; }
  bool is_open() const { return number_ >= 0; }
  int release() {
    const int number = number_;
    number_ = -1;
    return number;
  }

 private:
  int number_ = -1;
};

// "unix:///path/of/socket", "tcp://127.0.0.1:26658". A path of 1 to 107 bytes, an IPv4 or bracketed IPv6
// address; connect_to() takes a name too, and waits for its look-up. Errors of all: engine_failed, with the
// system's reason; malformed: the address.
struct Listening {
  Descriptor socket;
  std::string address;  // with the port that was taken when it was 0
};
// A Unix socket replaces a socket of that path, is for its owner alone (mode 0600).
Result<Listening> listen_at(const std::string& address);
Result<Descriptor> connect_to(const std::string& address, int timeout_ms);

// Writes all of `bytes`. False: the other side is gone, reads nothing for `timeout_ms`, or not all in ten
// times that.
bool send_all(int socket, std::string_view bytes, int timeout_ms);
// False also after `timeout_ms`. True when the other side has closed.
bool is_readable(int socket, int timeout_ms);
// Bytes read into `out` (appended, at most 64 KiB); 0: the other side has closed; -1: error or timeout.
int receive_some(int socket, std::string& out, int timeout_ms);

}  // namespace icn::consensus
