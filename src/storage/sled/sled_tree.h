#pragma once

#include <array>
#include <memory>

#include "icn_sled.h"
#include "storage/layout.h"
#include "storage/ordered_bytes.h"
#include "storage/sled/sled_engine.h"
#include "storage/sled/sled_files.h"
#include "storage/sled/stuck_watch.h"

// Inside this folder only.
namespace icn::storage {

// The tree of icn_sled.h with our errors. Reads show every applied change; a range is not of one moment.
class SledTree final : public OrderedBytes {
 public:
  // Once it is open, all it shows is durable. Errors: kCorrupt, kInputOutput, kFull.
  static Result<std::unique_ptr<SledTree>> open(const std::filesystem::path& folder,
                                                const SledOptions& options);

  SledTree(const SledTree&) = delete;
  SledTree& operator=(const SledTree&) = delete;
  ~SledTree() override;

  Result<std::optional<Bytes>> get(ByteView key) const override;
  Result<Chunk> read(ByteView from, ByteView to, bool reverse, std::size_t limit) const override;
  // One writer at a time.
  Result<void> apply(const std::vector<Change>& changes);
  // Writes `number` to the tree and makes it and all that was applied before durable. What went wrong; empty:
  // nothing. One at a time.
  std::string sync(std::uint64_t number);
  // Hands to the kernel what was applied. One at a time, apart from sync().
  std::string hand_over();
  // After a failed apply(), or from another thread when a sync does not end: sled 0.34 can lose count of who
  // writes to its buffer when a write fails for want of room, and then waits for ever. Takes its log file
  // away from it for writing, after which all that wait come to an end with an error. What was handed over
  // stays as it is; no change is taken any more, reads go on.
  void cut_off();
  // The number of the newest sync() that the tree holds; 0: none.
  Result<std::uint64_t> synced_number() const;
  // Closes the tree and has sled note where each page lies, which it does only when it opens: damage of a
  // page that is noted is an error, that of any other looks like one that never was. To be called last.
  void close_noted();
  std::uint64_t bytes() const { return icn_sled_size(tree_.get()); }

 private:
  struct Close {
    void operator()(icn_sled* tree) const { icn_sled_close(tree); }
  };
  using Opened = std::unique_ptr<icn_sled, Close>;
  SledTree(std::filesystem::path folder, const SledOptions& options, Opened tree, SledFiles files)
      : folder_(std::move(folder)),
        options_(options),
        tree_(std::move(tree)),
        files_(std::move(files)),
        watch_(options.sync_timeout, [this] { cut_off(); }) {}
  static Result<Opened> open_tree(const std::filesystem::path& folder, const SledOptions& options);

  const std::filesystem::path folder_;
  const SledOptions options_;
  Opened tree_;
  SledFiles files_;
  std::vector<icn_sled_change> changes_;  // of the writer, kept for its memory
  StuckWatch watch_;
};

}  // namespace icn::storage
