#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <string>
#include <thread>

#include "base/clock.h"
#include "codec/dag_cbor.h"
#include "dag/pins.h"
#include "dag/pruner.h"
#include "dag/salted_text.h"
#include "dag/tables.h"
#include "dag/uploads.h"
#include "storage/fault/fault_engine.h"
#include "storage/memory/memory_engine.h"

// For the tests of this folder: a block store in memory whose disk fails as told.
namespace icn::dag::testing {

inline Bytes text(std::string_view value) { return to_bytes(as_bytes(value)); }

inline PutOptions by(std::string_view author, Visibility visibility = Visibility::kPrivate) {
  PutOptions options;
  options.author = Did(std::string(author));
  options.time = 1'700'000'000;
  options.visibility = visibility;
  return options;
}

// A DAG-CBOR list of links and a number that makes it its own.
inline Bytes node_of(const std::vector<Cid>& links, int number = 0) {
  codec::Value::List list{codec::Value(number)};
  for (const Cid& link : links) list.emplace_back(link);
  return codec::encode_dag_cbor(codec::Value(std::move(list))).value();
}

// The salted texts that are held, once all that waits is written.
inline std::vector<std::string> held_texts(BlockStore& blocks) {
  ICN_ASSERT(blocks.writer().run(1, [](Batch&) { return Result<void>(); }).ok());
  std::vector<std::string> texts;
  const auto rows = blocks.store().scan(kBlocks, {}).value();
  while (rows->next().value()) {
    auto read = read_salted_text(rows->record().value());
    if (read.ok()) texts.push_back(std::move(read).value());
  }
  return texts;
}

// Runs what was posted on the thread of the test, when it waits.
class WaitingExecutor final : public Executor {
 public:
  void post(std::function<void()> task) override {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
    posted_.notify_one();
  }
  bool is_current() const override { return std::this_thread::get_id() == thread_; }
  std::size_t index() const override { return 0; }

  template <typename Condition>
  void run_until(Condition&& is_met) {
    while (!is_met()) {
      std::unique_lock lock(mutex_);
      ICN_ASSERT(posted_.wait_for(lock, std::chrono::seconds(20), [this] { return !tasks_.empty(); }));
      const auto task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      task();
    }
  }

 private:
  const std::thread::id thread_ = std::this_thread::get_id();
  std::mutex mutex_;
  std::condition_variable posted_;
  std::deque<std::function<void()>> tasks_;
};

class TestBlocks {
 public:
  TestBlocks() { open(); }

  void open() {
    uploads.reset();
    blocks.reset();
    store.reset();
    store = engine.open(tables()).value();
    blocks = BlockStore::open(*store).value();
    uploads = Uploads::open(*blocks).value();
  }

  Cid put(Bytes bytes, const PutOptions& options, std::uint64_t codec = codec::kRaw) {
    auto cid = blocks->put(codec, std::move(bytes), options);
    ICN_ASSERT(cid.ok());
    return *cid;
  }
  Result<void> pin(const Cid& cid, bool recursive, std::optional<TimestampSecs> expires_at = {},
                   std::string_view owner = "did:key:a") {
    return blocks->writer().run(1, [&](Batch& batch) {
      return put_pin(batch, {cid, Did(std::string(owner)), recursive, expires_at, "", clock.now_secs()});
    });
  }
  // Puts these as one upload of small batches.
  Result<UploadTotals> upload(const std::vector<Bytes>& contents, UploadOptions options,
                              bool commits = true) {
    auto run = uploads->begin(executor, std::move(options));
    for (const Bytes& content : contents) {
      executor.run_until([&] { return !run->is_busy(); });
      if (auto added = run->add(*make_block(codec::kRaw, content)); !added.ok()) return added.error();
    }
    return commits ? commit(*run) : UploadTotals();
  }
  Result<UploadTotals> commit(UploadRun& run) {
    std::optional<Result<UploadTotals>> answer;
    run.commit({}, [&](const Result<UploadTotals>& totals) { answer.emplace(totals); });
    executor.run_until([&] { return answer.has_value(); });
    return *answer;
  }
  std::uint64_t stored_rows(const storage::TableSchema& table) const {
    auto cursor = store->scan(table, {}).value();
    std::uint64_t count = 0;
    while (*cursor->next()) ++count;
    return count;
  }

  ManualClock clock{1'700'000'000'000};
  WaitingExecutor executor;
  std::shared_ptr<storage::FaultScript> script = std::make_shared<storage::FaultScript>();
  storage::FaultEngine engine{std::make_unique<storage::MemoryEngine>(), script};
  std::unique_ptr<storage::Store> store;
  std::unique_ptr<BlockStore> blocks;
  std::unique_ptr<Uploads> uploads;
};

}  // namespace icn::dag::testing
