#include "wasm/wasmtime/ticker.h"

#include <chrono>

namespace icn::wasm {
namespace {

constexpr std::chrono::milliseconds kTick{2};
constexpr int kIdleTicksMax = 500;

}  // namespace

Ticker::Ticker(std::function<void()> tick) : tick_(std::move(tick)), thread_([this] { loop(); }) {}

Ticker::~Ticker() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

// Either this sees `asleep_`, or the loop, which sets it first, sees `inside_`: both are ordered.
void Ticker::enter() {
  inside_.fetch_add(1);
  if (!asleep_.load()) return;
  const std::lock_guard lock(mutex_);
  wake_.notify_all();
}

void Ticker::loop() {
  std::unique_lock lock(mutex_);
  int idle_ticks = 0;
  while (!stop_) {
    idle_ticks = inside_.load() > 0 ? 0 : idle_ticks + 1;
    if (idle_ticks > kIdleTicksMax) {
      asleep_.store(true);
      wake_.wait(lock, [this] { return stop_ || inside_.load() > 0; });
      asleep_.store(false);
      continue;
    }
    wake_.wait_for(lock, kTick, [this] { return stop_; });
    tick_();
  }
}

}  // namespace icn::wasm
