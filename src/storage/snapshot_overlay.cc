#include "storage/snapshot_overlay.h"

#include <algorithm>

namespace icn::storage {

class FrozenBytes final : public OrderedBytes {
 public:
  explicit FrozenBytes(const OrderedBytes& below) : below_(below) {}

  Result<std::optional<Bytes>> get(ByteView key) const override {
    auto now = below_.get(key);
    const std::shared_lock lock(mutex_);
    const auto found = old_.find(to_bytes(key));
    if (found != old_.end()) return found->second;  // also where the newer form cannot be read
    return now;
  }

  Result<Chunk> read(ByteView from, ByteView to, bool reverse, std::size_t limit) const override {
    ICN_TRY_ASSIGN(chunk, below_.read(from, to, reverse, limit));
    // What this chunk covers, and so where old forms belong into it.
    Bytes first = chunk.resume && reverse ? *chunk.resume : to_bytes(from);
    const Bytes end = chunk.resume && !reverse ? *chunk.resume : to_bytes(to);
    const std::shared_lock lock(mutex_);
    auto old = old_.lower_bound(first);
    const auto old_end = old_.lower_bound(end);
    if (old == old_end) return std::move(chunk);
    if (reverse) std::reverse(chunk.entries.begin(), chunk.entries.end());
    merge(chunk.entries, old, old_end);
    if (reverse) std::reverse(chunk.entries.begin(), chunk.entries.end());
    return std::move(chunk);
  }

  bool knows(const Bytes& key) const {
    const std::shared_lock lock(mutex_);
    return old_.contains(key);
  }
  void keep(const Bytes& key, std::optional<Bytes> old) {
    const std::unique_lock lock(mutex_);
    old_.try_emplace(key, std::move(old));
  }

 private:
  using OldForms = std::map<Bytes, std::optional<Bytes>>;

  static void merge(std::vector<Entry>& entries, OldForms::const_iterator old,
                    OldForms::const_iterator old_end) {
    std::vector<Entry> merged;
    merged.reserve(entries.size());
    auto entry = entries.begin();
    for (; old != old_end; ++old) {
      while (entry != entries.end() && entry->key < old->first) merged.push_back(std::move(*entry++));
      if (entry != entries.end() && entry->key == old->first) ++entry;
      if (old->second) merged.push_back({old->first, *old->second});
    }
    std::move(entry, entries.end(), std::back_inserter(merged));
    entries = std::move(merged);
  }

  const OrderedBytes& below_;
  mutable std::shared_mutex mutex_;
  OldForms old_;
};

std::shared_ptr<const OrderedBytes> SnapshotOverlay::open(const OrderedBytes& below) {
  auto frozen = std::make_shared<FrozenBytes>(below);
  const std::lock_guard lock(mutex_);
  std::erase_if(open_, [](const auto& each) { return each.expired(); });
  open_.push_back(frozen);
  return frozen;
}

bool SnapshotOverlay::is_open() {
  if (open_.empty()) return false;  // nobody adds one meanwhile
  const std::lock_guard lock(mutex_);
  std::erase_if(open_, [](const auto& each) { return each.expired(); });
  return !open_.empty();
}

Result<void> SnapshotOverlay::before_write(const std::vector<Change>& changes, const OldForm& old_form) {
  if (!is_open()) return {};
  std::vector<std::shared_ptr<FrozenBytes>> open;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& each : open_) {
      if (auto frozen = each.lock()) open.push_back(std::move(frozen));
    }
  }
  for (const Change& change : changes) {
    std::optional<std::optional<Bytes>> old;
    for (const auto& frozen : open) {
      if (frozen->knows(change.key)) continue;
      if (!old) {
        ICN_TRY_ASSIGN(read, old_form(change.key));
        old = std::move(read);
      }
      frozen->keep(change.key, *old);
    }
  }
  return {};
}

}  // namespace icn::storage
