#include "http/plain_socket.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace icn::http {

ssize_t PlainSocket::receive(char* to, std::size_t size) {
  while (true) {
    const ssize_t count = ::recv(descriptor_, to, size, 0);
    if (count >= 0 || errno != EINTR) return count;
  }
}

ssize_t PlainSocket::send(const std::vector<boost::asio::const_buffer>& buffers) {
  std::array<iovec, 16> pieces;
  const std::size_t count = std::min(buffers.size(), pieces.size());
  for (std::size_t i = 0; i < count; ++i)
    pieces[i] = {const_cast<void*>(buffers[i].data()), buffers[i].size()};
  msghdr message{};
  message.msg_iov = pieces.data();
  message.msg_iovlen = count;
  while (true) {
    const ssize_t sent = count == 1 ? ::send(descriptor_, pieces[0].iov_base, pieces[0].iov_len, MSG_NOSIGNAL)
                                    : ::sendmsg(descriptor_, &message, MSG_NOSIGNAL);
    if (sent >= 0 || errno != EINTR) return sent;
  }
}

bool PlainSocket::would_block() { return errno == EAGAIN || errno == EWOULDBLOCK; }

bool PlainSocket::end_sending() { return ::shutdown(descriptor_, SHUT_WR) == 0; }

void PlainSocket::close() {
  if (is_open()) ::close(std::exchange(descriptor_, -1));
}

}  // namespace icn::http
