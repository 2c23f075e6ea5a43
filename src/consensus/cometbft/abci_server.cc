#include "consensus/cometbft/abci_server.h"

#include <poll.h>
#include <sys/socket.h>

#include "abci.pb.h"
#include "consensus/cometbft/errors.h"
#include "consensus/cometbft/frame.h"

namespace icn::consensus {

struct AbciSession::State {
  explicit State(AbciHandler& answering) : application(answering) {}

  void append(const abci::Response& response, std::string& out) {
    response.SerializeToString(&text);
    append_frame(out, text);
  }

  // CheckTx requests gather until something else comes, so that their signatures are one batch.
  void answer_checks(std::string& out) {
    if (checks.empty()) return;
    std::vector<abci::Response> responses(checks.size());
    std::vector<const abci::RequestCheckTx*> asked;
    std::vector<abci::ResponseCheckTx*> answered;
    for (std::size_t i = 0; i < checks.size(); ++i) {
      asked.push_back(&checks[i].check_tx());
      answered.push_back(responses[i].mutable_check_tx());
    }
    application.check(asked, answered);
    for (const abci::Response& each : responses) append(each, out);
    checks.clear();
  }

  AbciHandler& application;
  FrameReader frames;
  std::vector<abci::Request> checks;
  std::string text;
};

AbciSession::AbciSession(AbciHandler& application) : state_(std::make_unique<State>(application)) {}
AbciSession::~AbciSession() = default;

Result<void> AbciSession::receive(std::string_view bytes, std::string& out) {
  state_->frames.feed(bytes);
  while (true) {
    ICN_TRY_ASSIGN(frame, state_->frames.next());
    if (!frame) break;
    abci::Request request;
    if (!request.ParseFromArray(frame->data(), static_cast<int>(frame->size())))
      return Error(kBadAbci, "a message that is no ABCI request");
    if (request.has_check_tx()) {
      state_->checks.push_back(std::move(request));
      continue;
    }
    state_->answer_checks(out);
    abci::Response response;
    const bool is_answered = state_->application.answer(request, response);
    state_->append(response, out);
    if (!is_answered) return Error(kBadAbci, response.exception().error());
  }
  state_->answer_checks(out);
  return {};
}

Result<std::unique_ptr<AbciServer>> AbciServer::start(const std::string& address, AbciHandler& application,
                                                      std::shared_ptr<Log> log) {
  ICN_TRY_ASSIGN(listening, listen_at(address));
  auto server =
      std::unique_ptr<AbciServer>(new AbciServer(std::move(listening), application, std::move(log)));
  server->acceptor_ = std::thread([raw = server.get()] { raw->accept_all(); });
  return server;
}

AbciServer::~AbciServer() {
  is_stopping_ = true;
  ::shutdown(listening_.socket.get(), SHUT_RDWR);
  acceptor_.join();
}

void AbciServer::drop_finished() {
  for (auto each = connections_.begin(); each != connections_.end();) {
    if (!each->is_done) {
      ++each;
      continue;
    }
    each->thread.join();
    each = connections_.erase(each);
  }
}

void AbciServer::accept_all() {
  while (!is_stopping_) {
    pollfd entry{listening_.socket.get(), POLLIN, 0};
    ::poll(&entry, 1, 1'000);
    drop_finished();
    if (is_stopping_ || (entry.revents & POLLIN) == 0) continue;
    Descriptor socket(::accept4(listening_.socket.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!socket.is_open()) continue;
    if (connections_.size() >= kConnectionsMax) {
      log_->warn("abci: more than {} connections; one was closed", kConnectionsMax);
      continue;
    }
    Connection& connection = connections_.emplace_back();
    connection.socket = std::move(socket);
    connection.thread = std::thread([this, &connection] { serve(connection); });
  }
  for (Connection& each : connections_) ::shutdown(each.socket.get(), SHUT_RDWR);
  for (Connection& each : connections_) each.thread.join();
}

void AbciServer::serve(Connection& connection) {
  constexpr int kSendTimeoutMs = 30'000;
  const int socket = connection.socket.get();
  AbciSession session(application_);
  std::string in, out;
  while (!is_stopping_) {
    in.clear();
    if (receive_some(socket, in, -1) <= 0) break;
    out.clear();
    const Result<void> answered = session.receive(in, out);
    if (!out.empty() && !send_all(socket, out, kSendTimeoutMs)) break;
    if (!answered.ok()) {
      log_->warn("abci: connection closed: {}", answered.error().detail());
      break;
    }
  }
  ::shutdown(socket, SHUT_RDWR);
  connection.is_done = true;
}

}  // namespace icn::consensus
