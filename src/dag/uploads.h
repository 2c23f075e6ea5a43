#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>

#include "dag/block_store.h"

namespace icn::dag {

// What an upload came to.
struct UploadTotals {
  std::uint64_t blocks = 0;
  std::uint64_t bytes = 0;
  std::uint64_t new_blocks = 0;  // those that were not held before
  std::uint64_t new_bytes = 0;
  Millimana price;  // of the new ones
};

struct UploadOptions {
  PutOptions put;
  // The price of a block that was not held before; none: nothing.
  std::function<Millimana(std::uint64_t size)> price;
  std::size_t batch_bytes_max = std::size_t{2} << 20;
  std::size_t batch_blocks_max = 512;
};

class Uploads;

// A file or archive on its way in. Its blocks are written in batches as they come and become visible together
// at commit(); without that, or after a crash before it, none of them is ever visible and their space is
// taken back. Holds at most one batch beside those that wait for the writer. Thread: that of the executor,
// where callbacks run too.
class UploadRun {
 public:
  // In the change that makes the upload visible: pins, fees.
  using Finish = std::function<Result<void>(Batch&, const UploadTotals&)>;
  using Done = std::function<void(const Result<UploadTotals>&)>;

  UploadRun(Uploads& uploads, Executor& executor, UploadOptions options);
  ~UploadRun();  // abandons what was not committed
  UploadRun(const UploadRun&) = delete;
  UploadRun& operator=(const UploadRun&) = delete;

  // An error of an earlier batch comes back from the next call.
  Result<void> add(NewBlock block);
  // Batches wait for the writer: add no more until `resume` was called.
  bool is_busy() const;
  void when_ready(std::function<void()> resume);
  // The last call.
  void commit(Finish finish, Done done);

 private:
  friend class Uploads;
  struct State;

  Result<void> flush();
  void commit_at_once(Finish finish, Done done);
  static void commit_staged(Uploads& uploads, const std::shared_ptr<State>& state, Finish finish, Done done);

  Uploads& uploads_;
  std::shared_ptr<State> state_;
};

// All uploads of a node. tidy() is for one thread at a time, the rest for any.
class Uploads {
 public:
  // Blocks of uploads with more than this get their rows after the commit, in slices.
  static constexpr std::size_t kSettledAtOnceMax = 512;

  // Finds what an earlier process left: committed uploads go on, others are taken back.
  static Result<std::unique_ptr<Uploads>> open(BlockStore& blocks);

  std::unique_ptr<UploadRun> begin(Executor& executor, UploadOptions options) {
    return std::make_unique<UploadRun>(*this, executor, std::move(options));
  }

  // Does one slice of what is left to do, on the calling thread (not an io thread). False: nothing was left.
  Result<bool> tidy();
  bool is_tidy() const;

 private:
  friend class UploadRun;
  struct Leftover {
    std::uint64_t number = 0;
    bool is_committed = false;
  };

  explicit Uploads(BlockStore& blocks) : blocks_(blocks) {}
  void add_leftover(Leftover leftover);

  BlockStore& blocks_;
  std::atomic<std::uint64_t> next_number_{1};
  mutable std::mutex mutex_;
  std::deque<Leftover> leftovers_;
};

}  // namespace icn::dag
