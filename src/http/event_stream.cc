#include "http/event_stream.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <deque>
#include <mutex>

#include "codec/json.h"
#include "http/connection_counts.h"
#include "http/errors.h"
#include "http/input.h"

namespace icn::http {

struct StoredEvent {
  std::uint64_t seq;
  std::string type;
  std::string data;
  TimestampSecs at;
};

// The events that are kept and the readers who wait. Readers hold it, so it outlives the stream.
class EventStream::Hub {
 public:
  Hub(const Clock& its_clock, const EventStreamOptions& its_options)
      : clock(its_clock),
        options(its_options),
        newest(its_clock.now_ms() * 1000),
        addresses(std::max<std::size_t>(1, its_options.clients_max / 4)) {}

  const Clock& clock;
  const EventStreamOptions options;
  mutable std::mutex mutex;
  std::deque<StoredEvent> kept;  // consecutive numbers, the newest last
  std::uint64_t newest;
  std::vector<std::weak_ptr<Client>> clients;
  std::atomic<std::size_t> client_count = 0;
  ConnectionCounts addresses;  // a quarter of the places each: else one client has them all
};

namespace {

// Made for who reads: most events are read by nobody.
void append_frame(std::string& frame, std::uint64_t seq, std::string_view type, std::string_view data,
                  TimestampSecs at) {
  const std::string number = std::to_string(seq);
  frame.append("id: ").append(number).append("\nevent: ");
  frame.append(type).append("\ndata: {\"seq\":").append(number).append(",\"type\":");
  codec::append_json_string(frame, type);
  frame.append(",\"data\":").append(data).append(",\"at\":").append(std::to_string(at)).append("}\n\n");
}

}  // namespace

class EventStream::Client final : public LiveBody {
 public:
  // The hub's `addresses` has counted `address`.
  Client(std::shared_ptr<Hub> hub, std::uint64_t after, std::vector<std::string> types, std::string address)
      : hub_(std::move(hub)), position_(after), types_(std::move(types)), address_(std::move(address)) {
    hub_->client_count.fetch_add(1);
  }
  ~Client() override {
    hub_->client_count.fetch_sub(1);
    hub_->addresses.close(address_);
  }

  void attach(std::function<void()> wake) override {
    const std::lock_guard lock(hub_->mutex);
    wake_ = std::move(wake);
  }

  State pull(std::string& out, std::size_t bytes_max) override {
    if (!has_begun_) out += "retry: 2000\n\n";
    has_begun_ = true;
    const std::lock_guard lock(hub_->mutex);
    is_waiting_ = false;
    const std::uint64_t oldest = hub_->newest + 1 - hub_->kept.size();
    if (position_ + 1 < oldest) {
      // Only who resumes may have missed events; who reads too slowly is dropped.
      if (has_caught_up_) return drop(out);
      append_gap(out, oldest - 1);
    }
    if (has_caught_up_ && hub_->newest - position_ > hub_->options.lag_events_max) return drop(out);
    while (position_ < hub_->newest && out.size() < bytes_max) {
      const StoredEvent& event = hub_->kept[position_ + 1 - oldest];
      position_ = event.seq;
      if (wants(event.type)) append_frame(out, event.seq, event.type, event.data, event.at);
    }
    if (position_ == hub_->newest) has_caught_up_ = is_waiting_ = true;
    return State::kOpen;
  }

  std::string heartbeat() const override { return ":\n\n"; }
  std::string farewell() const override { return ": the node is stopping; resume with Last-Event-ID\n\n"; }

  // Under the hub's lock. True: `wake` is to be called.
  bool take_wake(std::function<void()>& wake) {
    if (!is_waiting_ || !wake_) return false;
    is_waiting_ = false;
    wake = wake_;
    return true;
  }

 private:
  bool wants(const std::string& type) const {
    return types_.empty() || std::find(types_.begin(), types_.end(), type) != types_.end();
  }

  static State drop(std::string& out) {
    out += ": too slow; resume with Last-Event-ID\n\n";
    return State::kEnded;
  }

  void append_gap(std::string& out, std::uint64_t last_lost) {
    const std::string data =
        "{\"from\":" + std::to_string(position_ + 1) + ",\"to\":" + std::to_string(last_lost) + "}";
    append_frame(out, last_lost, "Gap", data, hub_->clock.now_secs());
    position_ = last_lost;
  }

  std::shared_ptr<Hub> hub_;
  std::uint64_t position_;  // the last event that was looked at
  std::vector<std::string> types_;
  std::string address_;
  std::function<void()> wake_;
  bool has_begun_ = false;
  bool has_caught_up_ = false;
  bool is_waiting_ = false;
};

EventStream::EventStream(const Clock& clock, const EventStreamOptions& options)
    : hub_(std::make_shared<Hub>(clock, options)) {}
EventStream::~EventStream() = default;

std::uint64_t EventStream::publish(std::string_view type, std::string_view data) {
  std::vector<std::function<void()>> wakes;
  std::uint64_t seq = 0;
  {
    const std::lock_guard lock(hub_->mutex);
    seq = ++hub_->newest;
    hub_->kept.push_back({seq, std::string(type), std::string(data), hub_->clock.now_secs()});
    if (hub_->kept.size() > hub_->options.kept_events) hub_->kept.pop_front();
    std::erase_if(hub_->clients, [&](const std::weak_ptr<Client>& each) {
      const auto client = each.lock();
      std::function<void()> wake;
      if (client && client->take_wake(wake)) wakes.push_back(std::move(wake));
      return client == nullptr;
    });
  }
  for (const auto& wake : wakes) wake();
  return seq;
}

Result<Response> EventStream::open(const Request& request) {
  if (hub_->client_count >= hub_->options.clients_max)
    return Error(errors::kUnavailable, "too many clients read this stream");
  const auto header = request.headers.find("last-event-id");
  const std::string since = header ? std::string(*header) : request.query_parameter("since").value_or("");
  std::vector<std::string> types = split_commas(request.query_parameter("types").value_or(""));
  const std::lock_guard lock(hub_->mutex);
  std::uint64_t after = hub_->newest;
  if (!since.empty()) {
    const auto [end, error] = std::from_chars(since.data(), since.data() + since.size(), after);
    if (error != std::errc() || end != since.data() + since.size())
      return Error(errors::kMalformed, "Last-Event-ID and since take the seq of an event");
    after = std::min(after, hub_->newest);
  }
  if (!hub_->addresses.open(request.peer_address))
    return Error(errors::kUnavailable, "too many clients of this address read this stream");
  auto client = std::make_shared<Client>(hub_, after, std::move(types), request.peer_address);
  hub_->clients.push_back(client);
  Response response = Response::live("text/event-stream", std::move(client));
  response.headers.emplace_back("cache-control", "no-store");
  return response;
}

std::uint64_t EventStream::newest() const {
  const std::lock_guard lock(hub_->mutex);
  return hub_->newest;
}

std::size_t EventStream::client_count() const { return hub_->client_count; }

}  // namespace icn::http
