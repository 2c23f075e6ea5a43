#include "telemetry/tracer.h"

#include <algorithm>

namespace icn::telemetry {

Tracer::Tracer(Export send, const Clock& clock, Random& random, Options options)
    : send_(std::move(send)), clock_(clock), random_(random), options_(options), thread_([this] { run(); }) {}

Tracer::~Tracer() { stop(); }

std::optional<Span> Tracer::begin(std::string_view name, SpanKind kind, std::string_view parent) const {
  return begin_earlier(name, kind, parent, 0);
}

bool Tracer::is_drawn() const {
  std::array<std::uint8_t, 8> chance{};
  random_.fill(chance);
  return read_u64(chance) % 1'000'000 < options_.sample_ppm;
}

bool Tracer::may_follow_caller() const {
  const std::uint64_t now = clock_.monotonic_ns() / 1'000'000'000;
  const std::lock_guard lock(callers_mutex_);
  if (now != second_) {
    second_ = now;
    followed_ = 0;
  }
  return followed_++ < options_.callers_per_sec;
}

std::optional<Span> Tracer::begin_asked(std::string_view name, SpanKind kind, std::string_view parent) const {
  const auto above = parse_traceparent(parent);
  const bool is_asked = above && above->sampled();
  if (is_asked && !may_follow_caller() && !is_drawn()) return std::nullopt;
  return begin(name, kind, parent);
}

std::optional<Span> Tracer::begin_earlier(std::string_view name, SpanKind kind, std::string_view parent,
                                          std::uint64_t age_ns) const {
  Span span;
  if (const auto above = parse_traceparent(parent)) {
    if (!above->sampled()) return std::nullopt;
    span.context = above->child(random_);
    span.parent = above->span_id;
  } else {
    span.context = make_trace(random_, true);
    const std::uint64_t draw = read_u64(ByteView(span.context.trace_id).last(8)) % 1'000'000;
    if (draw >= options_.sample_ppm) return std::nullopt;
  }
  span.name = name;
  span.kind = kind;
  span.begun_ns = clock_.monotonic_ns() - age_ns;
  span.start_ns = clock_.now_ms() * 1'000'000 - age_ns;
  return span;
}

void Tracer::end(Span span) {
  span.end_ns = span.start_ns + (clock_.monotonic_ns() - span.begun_ns);
  const std::lock_guard lock(mutex_);
  if (is_stopping_ || waiting_.size() >= options_.waiting_max) {
    ++dropped_;
    return;
  }
  waiting_.push_back(std::move(span));
  if (waiting_.size() == options_.batch_max) wake_.notify_one();
}

std::uint64_t Tracer::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

void Tracer::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Tracer::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait_for(lock, std::chrono::milliseconds(options_.gather_ms),
                   [this] { return is_stopping_ || waiting_.size() >= options_.batch_max; });
    while (!waiting_.empty()) {
      const auto count = static_cast<std::ptrdiff_t>(std::min(waiting_.size(), options_.batch_max));
      std::vector<Span> batch(std::make_move_iterator(waiting_.begin()),
                              std::make_move_iterator(waiting_.begin() + count));
      waiting_.erase(waiting_.begin(), waiting_.begin() + count);
      lock.unlock();
      send_(batch);
      lock.lock();
    }
    if (is_stopping_) return;
  }
}

}  // namespace icn::telemetry
