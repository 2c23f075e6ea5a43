#include "bench/bare_epoll_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <unordered_map>

#include "http/errors.h"

namespace icn::bench {

Result<std::unique_ptr<BareEpollServer>> BareEpollServer::start(std::string response, std::size_t threads) {
  auto server = std::unique_ptr<BareEpollServer>(new BareEpollServer(std::move(response)));
  for (std::size_t i = 0; i < threads; ++i) {
    ICN_TRY_ASSIGN(listener, server->listen());
    server->threads_.emplace_back([raw = server.get(), fd = listener] { raw->serve(fd); });
  }
  return server;
}

BareEpollServer::~BareEpollServer() {
  is_stopping_ = true;
  for (std::thread& thread : threads_) thread.join();
}

Result<int> BareEpollServer::listen() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  const bool is_listening = fd >= 0 && ::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0 &&
                            ::bind(fd, generic, size) == 0 && ::listen(fd, 4096) == 0 &&
                            ::getsockname(fd, generic, &size) == 0;
  if (!is_listening) {
    const Error error(http::kListenFailed, std::strerror(errno));
    if (fd >= 0) ::close(fd);
    return error;
  }
  port_ = ntohs(address.sin_port);
  return fd;
}

// Answers what is there. False: the client has gone.
bool BareEpollServer::answer(int client, std::string& unfinished) {
  std::array<char, 16384> buffer;
  const ssize_t count = ::recv(client, buffer.data(), buffer.size(), 0);
  if (count <= 0) return count < 0 && errno == EAGAIN;
  unfinished.append(buffer.data(), static_cast<std::size_t>(count));
  std::string answers;
  std::size_t from = 0;
  for (std::size_t end = unfinished.find("\r\n\r\n"); end != std::string::npos;
       end = unfinished.find("\r\n\r\n", from)) {
    answers += response_;
    from = end + 4;
  }
  unfinished.erase(0, from);
  return answers.empty() || ::send(client, answers.data(), answers.size(), MSG_NOSIGNAL) >= 0;
}

void BareEpollServer::serve(int listener) {
  const int poller = ::epoll_create1(EPOLL_CLOEXEC);
  epoll_event interest{};
  interest.events = EPOLLIN;
  interest.data.fd = listener;
  ::epoll_ctl(poller, EPOLL_CTL_ADD, listener, &interest);
  std::unordered_map<int, std::string> clients;
  std::array<epoll_event, 256> events;
  while (!is_stopping_) {
    const int ready = ::epoll_wait(poller, events.data(), static_cast<int>(events.size()), 50);
    for (int i = 0; i < ready; ++i) {
      const int fd = events[static_cast<std::size_t>(i)].data.fd;
      if (fd != listener) {
        if (answer(fd, clients[fd])) continue;
        ::close(fd);
        clients.erase(fd);
        continue;
      }
      const int client = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (client < 0) continue;
      const int on = 1;
      ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      interest.data.fd = client;
      ::epoll_ctl(poller, EPOLL_CTL_ADD, client, &interest);
      clients[client];
    }
  }
  for (const auto& [client, unfinished] : clients) ::close(client);
  ::close(listener);
  ::close(poller);
}

}  // namespace icn::bench
