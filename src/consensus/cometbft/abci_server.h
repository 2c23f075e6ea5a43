#pragma once

#include <atomic>
#include <list>
#include <memory>
#include <string>
#include <thread>

#include "base/log.h"
#include "consensus/cometbft/abci_handler.h"
#include "consensus/cometbft/socket.h"

namespace icn::consensus {

// Serves an application over CometBFT's socket protocol: messages with their length in front, answers in the
// order of the requests, sent as soon as what has arrived is answered. Each connection (CometBFT opens four)
// has a thread. A connection that sends anything else is closed with one line in the log.
class AbciServer {
 public:
  // `application` outlives it. Errors: of listen_at().
  static Result<std::unique_ptr<AbciServer>> start(const std::string& address, AbciHandler& application,
                                                   std::shared_ptr<Log> log);
  ~AbciServer();  // closes all connections

  const std::string& address() const { return listening_.address; }

 private:
  struct Connection {
    Descriptor socket;
    std::thread thread;
    std::atomic<bool> is_done = false;
  };

  AbciServer(Listening listening, AbciHandler& application, std::shared_ptr<Log> log)
      : listening_(std::move(listening)), application_(application), log_(std::move(log)) {}

  void accept_all();
  void serve(Connection& connection);
  void drop_finished();

  static constexpr std::size_t kConnectionsMax = 16;

  Listening listening_;
  AbciHandler& application_;
  std::shared_ptr<Log> log_;
  std::atomic<bool> is_stopping_ = false;
  std::list<Connection> connections_;  // of the accepting thread
  std::thread acceptor_;
};

// Answers a stream of requests as a connection does. For tests and the fuzzer.
class AbciSession {
 public:
  explicit AbciSession(AbciHandler& application);
  ~AbciSession();
  // Answers to what is whole by now are appended to `out`. bad_abci: close the connection; an application's
  // exception was appended before.
  Result<void> receive(std::string_view bytes, std::string& out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace icn::consensus
