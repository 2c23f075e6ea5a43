#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

namespace icn::mesh {

// Sends the first item at once and gathers what comes in the pause after each sending: few messages when much
// happens, no delay when little does. Thread: one.
template <typename Item>
class Batcher {
 public:
  using Send = std::function<void(std::vector<Item>)>;
  using Later = std::function<void(std::uint64_t delay_ms, std::function<void()>)>;

  Batcher(std::uint64_t pause_ms, std::size_t items_max, Later later, Send send)
      : pause_ms_(pause_ms), items_max_(items_max), later_(std::move(later)), send_(std::move(send)) {}

  void add(Item item) {
    items_.push_back(std::move(item));
    if (!is_pausing_) flush();
  }

 private:
  void flush() {
    const std::size_t count = std::min(items_.size(), items_max_);
    is_pausing_ = count > 0;
    if (count == 0) return;
    const auto end = items_.begin() + static_cast<std::ptrdiff_t>(count);
    std::vector<Item> batch(std::make_move_iterator(items_.begin()), std::make_move_iterator(end));
    items_.erase(items_.begin(), end);
    later_(pause_ms_, [this] { flush(); });
    send_(std::move(batch));
  }

  const std::uint64_t pause_ms_;
  const std::size_t items_max_;
  const Later later_;
  const Send send_;
  std::vector<Item> items_;
  bool is_pausing_ = false;
};

}  // namespace icn::mesh
