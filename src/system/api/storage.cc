#include "system/api/storage.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "backup/stream.h"
#include "backup/writer.h"

namespace icn::system::api {
namespace {

constexpr std::size_t kHashBytes = 32;
constexpr int kAtOnceMax = 2;
constexpr std::size_t kWaitingBytesMax = 8 << 20;  // made and not yet sent

// One of the backups that may be made at once, as long as it lives.
class Slot {
 public:
  explicit Slot(std::atomic<int>& taken) : taken_(taken), is_ours_(taken.fetch_add(1) < kAtOnceMax) {}
  ~Slot() { taken_.fetch_sub(1); }
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
  bool is_ours() const { return is_ours_; }

 private:
  std::atomic<int>& taken_;
  const bool is_ours_;
};

class BackupBody final : public http::LiveBody {
 public:
  BackupBody(backup::WriterParts parts, backup::KnownPieces known, std::unique_ptr<Slot> slot)
      : slot_(std::move(slot)), known_(std::move(known)), parts_(std::move(parts)) {
    parts_.known = &known_;
  }
  ~BackupBody() override {
    {
      const std::lock_guard lock(mutex_);
      is_cancelled_ = true;
    }
    room_.notify_all();
    if (thread_.joinable()) thread_.join();
  }

  void attach(std::function<void()> wake) override {
    wake_ = std::move(wake);
    thread_ = std::thread([this] { run(); });
  }

  State pull(std::string& out, std::size_t bytes_max) override {
    std::size_t taken = 0;
    bool is_over = false;
    {
      const std::lock_guard lock(mutex_);
      while (!waiting_.empty() && taken < bytes_max) {
        taken += waiting_.front().size();
        out += waiting_.front();
        waiting_.pop_front();
      }
      waiting_bytes_ -= taken;
      is_over = is_done_ && waiting_.empty();
    }
    if (taken > 0) room_.notify_all();
    return is_over ? State::kEnded : State::kOpen;
  }

 private:
  void run() {
    backup::StreamWriter stream;
    Result<void> done = push(stream.begin());
    if (done.ok()) {
      done = backup::write_backup(std::move(parts_),
                                  [&](backup::Entry& entry) { return push(stream.add(entry)); });
    }
    const std::string last =
        done.ok() ? stream.end() : backup::StreamWriter::failed(done.error().detail());
    static_cast<void>(push(last));
    {
      const std::lock_guard lock(mutex_);
      is_done_ = true;
    }
    wake_();
  }

  Result<void> push(std::string bytes) {
    {
      std::unique_lock lock(mutex_);
      room_.wait(lock, [&] { return is_cancelled_ || waiting_bytes_ < kWaitingBytesMax; });
      if (is_cancelled_) return Error(errors::kUnavailable, "the client has gone");
      waiting_bytes_ += bytes.size();
      waiting_.push_back(std::move(bytes));
    }
    wake_();
    return {};
  }

  const std::unique_ptr<Slot> slot_;
  const backup::KnownPieces known_;
  backup::WriterParts parts_;  // its views are let go when all is read
  std::function<void()> wake_;
  std::mutex mutex_;
  std::condition_variable room_;
  std::deque<std::string> waiting_;
  std::size_t waiting_bytes_ = 0;
  bool is_done_ = false;
  bool is_cancelled_ = false;
  std::thread thread_;
};

Result<backup::KnownPieces> known_pieces(ByteView body) {
  if (body.size() % kHashBytes != 0)
    return Error(errors::kMalformed, "body: must be hashes of 32 bytes each, one after another");
  backup::KnownPieces out;
  for (; !body.empty(); body = body.subspan(kHashBytes)) {
    crypto::Hash hash{};
    std::copy_n(body.begin(), kHashBytes, hash.begin());
    out.insert(hash);
  }
  return out;
}

}  // namespace

Result<GetStorage::Output> GetStorage::handle(const Api& api, const http::Call&, const Input&) {
  return Output{api.store_figures()};
}

void PostBackup::handle(const Api& api, http::ExchangePtr exchange) {
  auto known = known_pieces(exchange->request().body);
  if (!known.ok()) return exchange->reply(known.error());
  auto slot = std::make_unique<Slot>(*api.backups);
  if (!slot->is_ours())
    return exchange->reply(Error(errors::kUnavailable, "two backups are being made already; try again later"));
  auto parts = api.backup();
  if (!parts.ok()) return exchange->reply(parts.error());
  exchange->reply(http::Response::live(
      output_content_type, std::make_shared<BackupBody>(std::move(*parts), std::move(*known), std::move(slot))));
}

}  // namespace icn::system::api
