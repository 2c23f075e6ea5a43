#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "http/message.h"

namespace icn::http {

struct EventStreamOptions {
  std::size_t kept_events = 4096;     // for who resumes
  std::size_t lag_events_max = 1024;  // a client further behind is dropped and may resume
  std::size_t clients_max = 1000;
};

// Server-sent events for any number of readers: `id: SEQ`, `event: TYPE`,
// `data: {"seq","type","data","at"}`. Sequence numbers start at the time of creation, so they go on
// rising over restarts. Thread: any. Readers may outlive the stream.
class EventStream {
 public:
  EventStream(const Clock& clock, const EventStreamOptions& options = {});
  ~EventStream();

  // `data`: one JSON value. Returns its sequence number. Never waits for a reader.
  std::uint64_t publish(std::string_view type, std::string_view data);

  // Answers a request: resumes after Last-Event-ID or ?since=, only ?types=A,B when given. What is no
  // longer kept is told by one event of type "Gap" {from, to}. Unavailable: too many clients.
  Result<Response> open(const Request& request);

  std::uint64_t newest() const;  // sequence number of the last event
  std::size_t client_count() const;

 private:
  class Hub;
  class Client;
  std::shared_ptr<Hub> hub_;
};

}  // namespace icn::http
