#pragma once

#include <atomic>
#include <functional>
#include <memory>

#include "base/executor.h"
#include "http/message.h"

namespace icn::http {

class Dispatcher;

// One request and the way back to its client. Handlers that answer later keep the shared pointer.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  // `send` runs on `executor`, at most once, with the finished response.
  using Send = std::function<void(Response)>;
  Exchange(Executor& executor, Send send) : executor_(executor), send_(std::move(send)) {}

  // Stable from the handler's call on; only the io thread may change it.
  Request& request() { return request_; }
  const Request& request() const { return request_; }

  // Answers. Thread: any, exactly once (a second call aborts). On the io thread it is sent at once,
  // else posted there. No-op when the client has gone. The server must not be destroyed before.
  void reply(Response response);
  void reply(const Error& error) { reply(problem(error, request_)); }

  Executor& executor() const { return executor_; }
  std::size_t thread_index() const { return executor_.index(); }

  // True once the client has gone and nobody will read the answer. Thread: any.
  bool is_cancelled() const { return is_cancelled_.load(std::memory_order_relaxed); }
  // `task` runs on the io thread if the client goes before the reply. Thread: io thread; one task.
  void on_cancel(std::function<void()> task) { cancel_task_ = std::move(task); }
  // The client has gone or half closed; an answer is still sent if that works. Thread: io thread.
  void cancel();
  // Nobody takes an answer any more. Thread: io thread.
  void detach() { send_ = nullptr; }

  // `task` sees the response before it is sent, on the io thread; last added runs first.
  void before_send(std::function<void(Response&)> task) { before_send_.push_back(std::move(task)); }

  // `hold` gets the finished response on the io thread and passes it on, there too, now or later: for what
  // must be done before an answer goes out and takes its time. One; it runs after before_send().
  using PassOn = std::function<void(Response)>;
  void hold_answer(std::function<void(Response, PassOn)> hold) { hold_ = std::move(hold); }

  // The dispatcher this exchange runs under, for handlers that dispatch again (batch).
  const Dispatcher* dispatcher() const { return dispatcher_; }
  void set_dispatcher(const Dispatcher* dispatcher) { dispatcher_ = dispatcher; }
  std::size_t route_index() const { return route_index_; }
  void set_route_index(std::size_t index) { route_index_ = index; }
  bool is_replied() const { return is_replied_.load(std::memory_order_relaxed); }
  // Passed on to the node that writes, which decides about it.
  bool is_forwarded() const { return is_forwarded_; }
  void set_forwarded() { is_forwarded_ = true; }
  bool is_batch_item() const { return is_batch_item_; }
  void set_batch_item() { is_batch_item_ = true; }

 private:
  void deliver(Response&& response);
  void send_out(Response&& response);

  Executor& executor_;
  Send send_;
  Request request_;
  const Dispatcher* dispatcher_ = nullptr;
  std::size_t route_index_ = ~std::size_t{0};
  std::vector<std::function<void(Response&)>> before_send_;
  std::function<void(Response, PassOn)> hold_;
  std::function<void()> cancel_task_;
  std::atomic<bool> is_replied_ = false;
  std::atomic<bool> is_cancelled_ = false;
  bool is_batch_item_ = false;
  bool is_forwarded_ = false;
};

using ExchangePtr = std::shared_ptr<Exchange>;

// Takes a body as it arrives, on the io thread. write() must be quick: the server reads no more from
// the client until it returns. Destroyed without finish(): the client has gone or the body was refused.
class UploadSession {
 public:
  virtual ~UploadSession() = default;
  virtual Result<void> write(ByteView bytes) = 0;
  // True: stop reading until `resume` is called (any thread). Asked after each write().
  virtual bool wants_pause(const std::function<void()>& resume) {
    static_cast<void>(resume);
    return false;
  }
  // The body is complete and its digest, if signed, is right. Answers through `exchange`, now or later.
  virtual void finish(ExchangePtr exchange) = 0;
};

}  // namespace icn::http
