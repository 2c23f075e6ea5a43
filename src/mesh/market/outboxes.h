#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <limits>
#include <map>

#include "base/ids.h"

namespace icn::mesh {

// What waits to be sent to other nodes: one request at a time to each, so that what comes meanwhile goes
// together. What comes for one for which `waiting_max` wait is dropped. Thread: one.
template <typename Item>
class Outboxes {
 public:
  // Takes from the front of `waiting` what one request carries and asks; `done` is called once when that is
  // answered. False: nothing of it is left to be sent, and `done` is not called.
  using Send = std::function<bool(const Did& node, std::deque<Item>& waiting, std::function<void()> done)>;

  explicit Outboxes(Send send, std::size_t waiting_max = std::numeric_limits<std::size_t>::max())
      : send_(std::move(send)), waiting_max_(waiting_max) {}

  void add(const Did& node, Item item) {
    std::deque<Item>& waiting = boxes_[node].waiting;
    if (waiting.size() >= waiting_max_) return;
    waiting.push_back(std::move(item));
    send_more(node);
  }

 private:
  struct Box {
    std::deque<Item> waiting;
    bool is_sending = false;
  };

  void send_more(const Did& node) {
    Box& box = boxes_[node];
    if (box.is_sending) return;
    box.is_sending = true;
    const bool is_sent = send_(node, box.waiting, [this, node] {
      boxes_[node].is_sending = false;
      send_more(node);
    });
    if (!is_sent) boxes_.erase(node);
  }

  const Send send_;
  const std::size_t waiting_max_;
  std::map<Did, Box> boxes_;
};

}  // namespace icn::mesh
