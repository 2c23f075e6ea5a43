#include "http/exchange.h"

#include "base/assert.h"
#include "http/dispatcher.h"

namespace icn::http {

void Exchange::reply(Response response) {
  const bool was_replied = is_replied_.exchange(true);
  ICN_ASSERT(!was_replied);
  if (executor_.is_current()) return deliver(std::move(response));
  executor_.post([self = shared_from_this(), response = std::move(response)]() mutable {
    self->deliver(std::move(response));
  });
}

void Exchange::deliver(Response&& response) {
  cancel_task_ = nullptr;
  if (!before_send_.empty()) {
    const auto tasks = std::move(before_send_);
    for (auto task = tasks.rbegin(); task != tasks.rend(); ++task) (*task)(response);
  }
  if (!hold_) return send_out(std::move(response));
  const auto hold = std::move(hold_);
  hold_ = nullptr;
  hold(std::move(response), [self = shared_from_this()](Response held) { self->send_out(std::move(held)); });
}

void Exchange::send_out(Response&& response) {
  if (dispatcher_) dispatcher_->finish(*this, response);
  const Send send = std::move(send_);
  send_ = nullptr;
  if (send) send(std::move(response));
}

void Exchange::cancel() {
  is_cancelled_.store(true, std::memory_order_relaxed);
  const auto task = std::move(cancel_task_);
  cancel_task_ = nullptr;
  if (task) task();
}

}  // namespace icn::http
