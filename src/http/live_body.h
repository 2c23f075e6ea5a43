#pragma once

#include <functional>
#include <string>

namespace icn::http {

// A body without a known end: server-sent events, a followed log.
// All calls but `wake` come from the io thread of the exchange that sends it.
class LiveBody {
 public:
  enum class State { kOpen, kEnded, kBroken };

  virtual ~LiveBody() = default;
  // Called once, first. Call `wake` from any thread when there is something to pull; calls after the
  // client has gone do nothing.
  virtual void attach(std::function<void()> wake) = 0;
  // Appends what there is, about `bytes_max` at most. kEnded: these are the last bytes. kBroken: more should
  // have come and will not; the connection is cut, so that the client sees it.
  virtual State pull(std::string& out, std::size_t bytes_max) = 0;
  // Sent after each 15 s of silence; empty: nothing.
  virtual std::string heartbeat() const { return ""; }
  // Sent when the server stops, before the connection closes.
  virtual std::string farewell() const { return ""; }
};

}  // namespace icn::http
