#pragma once

#include <atomic>
#include <memory>
#include <span>
#include <vector>

#include "dag/block_cache.h"
#include "dag/block_rows.h"
#include "dag/group_writer.h"
#include "dag/reader_cache.h"

namespace icn::dag {

// More to do in the change that puts blocks, when it is known which of them are new: pins, fees.
using AlsoPut = std::function<Result<void>(Batch&, std::span<const std::size_t> new_blocks)>;

struct BlockStoreOptions {
  GroupWriterOptions writer;
  std::size_t cache_bytes_max = std::size_t{32} << 20;
};

// The blocks this node holds, in tables of dag/tables.h. Writes are gathered into durable groups
// (group_writer.h says how they can fail); reads never wait for them. CIDs of version 0 are taken as their
// version 1; an identity CID is always held, public, and never stored.
// Who may read what is asked elsewhere (access.h): this class serves the node itself.
// Thread: any, but the calls that wait (put, put_many, erase) not on an io thread.
class BlockStore {
 public:
  // Reads the totals. The store holds dag::tables() and outlives this.
  static Result<std::unique_ptr<BlockStore>> open(storage::Store& store, BlockStoreOptions options = {});

  // Hashes and stores `bytes`. Again the same bytes: nothing happens but that the more public visibility
  // stays. Errors of make_block(), E003.
  Result<Cid> put(std::uint64_t codec, Bytes bytes, const PutOptions& options);
  // All or none, in one write.
  Result<void> put_many(std::vector<NewBlock> blocks, const PutOptions& options, AlsoPut also = {});
  // The same, answered on `executor` when durable.
  void put_later(Executor& executor, std::vector<NewBlock> blocks, PutOptions options, AlsoPut also,
                 GroupWriter::Done done);

  // E001; E002: the stored bytes are not what the CID names.
  Result<BlockPtr> get(const Cid& cid) const;
  // None: not held.
  Result<std::optional<BlockMeta>> meta(const Cid& cid) const;
  Result<bool> has(const Cid& cid) const;

  // Removes the block whatever links to it or pins it.   E001
  Result<void> erase(const Cid& cid);

  // Lets `did` read these private blocks; those not held are left out.
  Result<void> share(std::vector<Cid> cids, const Did& did);
  Result<bool> is_shared_with(const Cid& cid, const Did& did) const;

  // As of the newest durable group.
  Totals totals() const;
  GroupWriter& writer() { return *writer_; }
  bool is_writing() const { return writer_->is_writing(); }
  const storage::Store& store() const { return store_; }

  // An upload was committed and its blocks have no rows yet, or they have them now (uploads.h).
  void upload_committed() { unsettled_uploads_.fetch_add(1); }
  void upload_settled() { unsettled_uploads_.fetch_sub(1); }

 private:
  BlockStore(storage::Store& store, BlockStoreOptions options, Totals totals);

  Result<void> finish(ledger::View& view, const Delta& delta);
  void committed(const Delta& delta);
  Result<BlockPtr> load(const Cid& cid) const;

  storage::Store& store_;
  mutable BlockCache cache_;
  mutable ReaderCache readers_;
  std::atomic<std::uint64_t> unsettled_uploads_{0};
  mutable std::mutex totals_mutex_;
  Totals totals_;
  Totals next_totals_;                   // writer thread: what the group being written makes of them
  std::unique_ptr<GroupWriter> writer_;  // last: its thread uses all the others
};

}  // namespace icn::dag
