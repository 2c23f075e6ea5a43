#pragma once

#include <array>
#include <memory>

#include "icn_sled.h"
#include "storage/layout.h"
#include "storage/ordered_bytes.h"
#include "storage/sled/sled_engine.h"

// Inside this folder only.
namespace icn::storage {

// The tree of icn_sled.h with our errors. Reads show every applied change; a range is not of one moment.
class SledTree final : public OrderedBytes {
 public:
  // Errors: kCorrupt, kInputOutput, kFull.
  static Result<std::unique_ptr<SledTree>> open(const std::filesystem::path& folder, const SledOptions& options);

  Result<std::optional<Bytes>> get(ByteView key) const override;
  Result<Chunk> read(ByteView from, ByteView to, bool reverse, std::size_t limit) const override;
  // One writer at a time.
  Result<void> apply(const std::vector<Change>& changes);
  // What went wrong; empty: all that was applied is durable.
  std::string flush();
  std::uint64_t bytes() const { return icn_sled_size(tree_.get()); }

 private:
  struct Close {
    void operator()(icn_sled* tree) const { icn_sled_close(tree); }
  };
  explicit SledTree(icn_sled* tree) : tree_(tree) {}

  std::unique_ptr<icn_sled, Close> tree_;
  std::vector<icn_sled_change> changes_;  // of the writer, kept for its memory
};

}  // namespace icn::storage
