#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <vector>

#include "base/log.h"
#include "http/client.h"
#include "http/exchange.h"
#include "http/forward_seal.h"

namespace icn::http {

struct ForwarderOptions {
  std::string url;      // of the node that answers, "https://node.example:7845"
  std::string ca_file;  // PEM; empty: the system's
  // Under way at a time; more are refused. Of answers without an end, or of more than 1 MiB, three quarters
  // of that: those who follow events must not keep writes away.
  std::size_t requests_max = 64;
  std::uint32_t connect_timeout_ms = 2'000;
  std::uint32_t timeout_ms = 120'000;  // without any progress
};

// Passes requests on to another node and its answers back, with the caller's own headers and body: Host,
// credentials and Idempotency-Key come through, so that the other one decides about all of them. Bodies and
// answers of any length are streamed. Each request has a thread of its own while it is under way.
//
// What cannot be passed on is answered 503 with Retry-After:
//   leader_unreachable  nothing was sent; nothing happened
//   outcome_unknown     it was sent and not answered; the same request with its Idempotency-Key or
//                       transaction may be sent again
//   gateway_busy        requests_max are under way, or as many long answers as there may be
// Thread: the io threads, but stop().
class Forwarder {
 public:
  // malformed: the URL.
  static Result<std::unique_ptr<Forwarder>> make(ForwarderOptions options, const ForwardSeal& seal,
                                                 std::shared_ptr<Log> log);
  ~Forwarder();  // stop()

  // Whether it is this node that must answer, also when the route is answered here: a session or a signature
  // of a request is known to the other one alone.
  static bool must_take(const Request& request);
  // Whether it is passed on.
  bool takes(const Request& request) const;

  void forward(const ExchangePtr& exchange);
  std::unique_ptr<UploadSession> open_upload(Exchange& exchange);

  // What is known of the other node beside what is passed on. Both before the first request; any thread.
  struct Knowledge {
    std::function<bool()> is_reachable;            // false: nothing is tried
    std::function<void(bool is_reachable)> heard;  // a request was answered, or nobody took the connection
  };
  void set_knowledge(Knowledge knowledge) { knowledge_ = std::move(knowledge); }

  // Cuts what is under way and ends the threads. After the server has stopped.
  void stop();

 private:
  struct Work;
  class Upload;
  Forwarder(ForwarderOptions options, const ForwardSeal& seal, std::shared_ptr<Log> log);
  ClientRequest request_of(const Request& request) const;
  // Else the error that the caller gets.
  Result<void> enqueue(std::unique_ptr<Work> work);
  void serve();
  bool begin_stream();  // false: there are as many as there may be
  void end_stream();
  // None: the answer has gone out as it came.
  std::optional<Response> run(Work& work, std::optional<Client>& client);

  const ForwarderOptions options_;
  const ForwardSeal& seal_;
  const std::shared_ptr<Log> log_;
  Knowledge knowledge_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::unique_ptr<Work>> queue_;
  std::size_t idle_ = 0;
  std::size_t streams_ = 0;
  bool is_stopping_ = false;
  std::vector<std::thread> threads_;
  std::set<std::shared_ptr<std::atomic<bool>>> running_;  // to be cut when the forwarder stops
};

}  // namespace icn::http
