#include "network/libp2p/pending.h"

namespace icn::network {

std::uint64_t PendingAnswers::add(const ErrorKind& failure, Done<Answer> done, std::uint64_t deadline_ms) {
  const std::lock_guard lock(mutex_);
  if (is_closed_) return 0;
  waiting_.emplace(next_id_, Pending{&failure, std::move(done), {}, deadline_ms});
  return next_id_++;
}

std::optional<Pending> PendingAnswers::take(std::uint64_t id) {
  const std::lock_guard lock(mutex_);
  const auto at = waiting_.find(id);
  if (at == waiting_.end()) return std::nullopt;
  Pending out = std::move(at->second);
  waiting_.erase(at);
  return out;
}

void PendingAnswers::add_data(std::uint64_t id, ByteView data) {
  const std::lock_guard lock(mutex_);
  const auto at = waiting_.find(id);
  if (at != waiting_.end()) at->second.so_far.data = to_bytes(data);
}

void PendingAnswers::add_lines(std::uint64_t id, std::vector<std::string> lines) {
  const std::lock_guard lock(mutex_);
  const auto at = waiting_.find(id);
  if (at == waiting_.end()) return;
  for (std::string& line : lines) at->second.so_far.lines.push_back(std::move(line));
}

std::vector<std::uint64_t> PendingAnswers::late(std::uint64_t now_ms) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::uint64_t> out;
  for (const auto& [id, pending] : waiting_) {
    if (pending.deadline_ms != 0 && pending.deadline_ms <= now_ms) out.push_back(id);
  }
  return out;
}

std::vector<Pending> PendingAnswers::close() {
  const std::lock_guard lock(mutex_);
  is_closed_ = true;
  std::vector<Pending> out;
  for (auto& [id, pending] : waiting_) out.push_back(std::move(pending));
  waiting_.clear();
  return out;
}

Done<Answer> without_value(Done<void> done) {
  return [done = std::move(done)](const Result<Answer>& answer) {
    if (done) done(answer.ok() ? Result<void>() : answer.error());
  };
}

}  // namespace icn::network
