#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "storage/layout.h"
#include "storage/ordered_bytes.h"

// Inside this folder only.
namespace icn::storage {

class SledTree;

// What the keys of a batch held before it. sled 0.34 keeps the changes of a batch together only when it ends
// well or the process ends within it: one that fails on the way, as for want of room, leaves in the log what
// it had done in buffers that were written meanwhile. So this is noted in the tree before a batch of several
// changes and taken away after it; whoever finds it when a store is opened puts it back. The order of sled's
// log is enough for that: no sync is needed.
class FormerEntries {
 public:
  // Of the keys of `changes`, which are in order. Errors as of `entries`.
  static Result<FormerEntries> read(const OrderedBytes& entries, const std::vector<Change>& changes);

  // Of a key that was read.
  const std::optional<Bytes>& at(ByteView key) const;
  // What puts them back; views into this.
  std::vector<Change> changes() const;
  std::uint64_t size_bytes() const { return size_bytes_; }

  // Writes it to the tree, behind the entries of every table: in how many parts. Thread: the writer.
  //   note  := part*                      under 0xFF 0xFF 0xFF 0x01 number, numbers from 0
  //   part  := count bytes                at most 32 KiB, so that none goes to a file of its own
  //   bytes of all parts := (key-size key 0x00 | key-size key 0x01 value-size value)*
  // Numbers, counts and sizes are u32, big-endian.
  Result<std::uint32_t> note(SledTree& tree) const;
  // Takes so many parts away, or whatever parts there are.
  static Result<void> drop(SledTree& tree, std::uint32_t parts);
  static Result<void> drop_all(SledTree& tree);
  // None: no batch was under way. A note of which parts are missing is none: either the batch had not begun,
  // or it was over. Errors: kCorrupt, kInputOutput.
  static Result<std::optional<FormerEntries>> noted(const SledTree& tree);

 private:
  using Held = std::pair<Bytes, std::optional<Bytes>>;
  void add(Bytes key, std::optional<Bytes> value);

  std::vector<Held> entries_;  // in key order, each key once
  std::uint64_t size_bytes_ = 0;
};

}  // namespace icn::storage
