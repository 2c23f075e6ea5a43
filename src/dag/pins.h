#pragma once

#include "dag/block_rows.h"

// Pins keep blocks from being pruned. One for each (block, owner); a new one takes the place of the old.
namespace icn::dag {

// E001: the block is not held. Called in a change of the group writer, as are the next two.
Result<void> put_pin(Batch& batch, const Pin& pin);
// pin_not_found
Result<void> erase_pin(Batch& batch, const Cid& cid, const Did& owner);
// Removes up to `count_max` pins whose time has passed; returns how many.
Result<std::size_t> expire_pins(Batch& batch, TimestampSecs now, std::size_t count_max);

enum class Pinned { kNo, kDirect, kRecursive };
// By anybody, at `now`.
Result<Pinned> pinned(const Reader& reader, const Cid& cid, TimestampSecs now);

// Of one owner, newest first. `after`: the place of the last pin of the page before; empty: from the start.
struct PinPage {
  std::vector<Pin> pins;
  Bytes next;  // empty: no more
};
Result<PinPage> list_pins(const Reader& reader, const Did& owner, Bytes after, std::size_t limit);
Result<std::uint64_t> count_pins(const Reader& reader, const Did& owner);

}  // namespace icn::dag
