#pragma once

#include <mutex>
#include <unordered_map>

#include "network/transport.h"

namespace icn::network {

// What an answer can carry.
struct Answer {
  Bytes data;
  PeerId peer;
  std::vector<std::string> lines;
  std::uint64_t time_us = 0;
};

struct Pending {
  const ErrorKind* failure = nullptr;  // the kind of its failures
  Done<Answer> done;
  Answer so_far;
  std::uint64_t deadline_ms = 0;  // 0: somebody else watches the time
};

// Calls that wait for their answer, by a number. Thread: any.
class PendingAnswers {
 public:
  // 0 once closed; `done` is then not called.
  std::uint64_t add(const ErrorKind& failure, Done<Answer> done, std::uint64_t deadline_ms);
  // Nothing: it was answered already.
  std::optional<Pending> take(std::uint64_t id);
  // Adds to what the answer will carry.
  void add_data(std::uint64_t id, ByteView data);
  void add_lines(std::uint64_t id, std::vector<std::string> lines);
  std::vector<std::uint64_t> late(std::uint64_t now_ms) const;
  // Takes no more; answers what was still waiting.
  std::vector<Pending> close();

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::uint64_t, Pending> waiting_;
  std::uint64_t next_id_ = 1;
  bool is_closed_ = false;
};

// `done` may be empty.
Done<Answer> without_value(Done<void> done);

}  // namespace icn::network
