#include "wasm/run_context.h"

#include <algorithm>

namespace icn::wasm {

bool RunContext::set_result(ByteView bytes) {
  if (bytes.size() > request_.capture.result_bytes) return false;
  result_ = to_bytes(bytes);
  return true;
}

bool RunContext::write_output(ByteView bytes) {
  if (bytes.size() > request_.capture.result_bytes - output_.size()) return false;
  append(output_, bytes);
  return true;
}

void RunContext::write_log(ByteView text) {
  const std::size_t room =
      request_.capture.log_bytes - std::min<std::size_t>(request_.capture.log_bytes, log_.size());
  const ByteView kept = text.first(std::min(room, text.size()));
  log_truncated_ |= kept.size() < text.size();
  log_ += as_text(kept);
  if (request_.observer && !kept.empty()) request_.observer->on_log(as_text(kept));
}

bool RunContext::emit(std::string_view name, std::string_view json) {
  if (events_.size() >= kEventsMax) return false;
  events_.push_back({std::string(name), std::string(json)});
  std::string line = "event: ";
  line.append(name).append(" ").append(json).append("\n");
  write_log(as_bytes(line));
  return true;
}

void RunContext::random(std::span<std::uint8_t> out) {
  if (!random_) random_.emplace(request_.random_seed);
  random_->fill(out);
}

void RunContext::hand_over(RunOutcome& outcome) {
  outcome.log = std::move(log_);
  outcome.log_truncated = log_truncated_;
  outcome.events = std::move(events_);
  if (outcome.end == End::kTrap) return;
  if (result_) {
    outcome.result = *std::move(result_);
    outcome.standard_output = std::move(output_);
  } else if (!output_.empty()) {
    outcome.result = std::move(output_);
  } else {
    std::string text;
    for (const Value& value : outcome.values) text += (text.empty() ? "" : " ") + value_text(value);
    outcome.result = to_bytes(as_bytes(text));
  }
}

}  // namespace icn::wasm
