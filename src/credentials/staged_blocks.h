#pragma once

#include "codec/cid.h"
#include "codec/records.h"
#include "dag/block_store.h"
#include "ledger/ledger.h"

// Blocks on their way into the block store while the ledger already names them. The ledger and the blocks are
// two stores, and a credential would wait for both to be synced, one after the other. Instead its block is
// first written, unsynced, into the ledger's own store; then both are synced at the same time. A sync of the
// ledger's store makes everything that was written there before durable too (Store::flush), so that an anchor
// which has survived a crash has its block beside it: recover() puts it where it belongs.
// Of a ledger that this node writes by itself: where engines agree, an anchor may be durable at others first.
namespace icn::credentials {

// Table 214 of the ledger's store, outside the agreed state. Key: the bytes of the CID.
struct StagedBlock {
  std::uint64_t codec = 0;
  Bytes bytes;
  Did author;
  Did reader;
  TimestampSecs time = 0;
  bool is_public = false;
  static constexpr auto fields() {
    using codec::field;
    return described(field("codec", &StagedBlock::codec), field("bytes", &StagedBlock::bytes),
                     field("author", &StagedBlock::author), field("reader", &StagedBlock::reader),
                     field("time", &StagedBlock::time), field("is_public", &StagedBlock::is_public));
  }
};

class StagedBlocks {
 public:
  static const storage::TableSchema& table();

  // Both outlive this.
  StagedBlocks(const ledger::Ledger& ledger, dag::BlockStore& blocks) : ledger_(ledger), blocks_(blocks) {}

  // Puts what a crash left into the block store and forgets it; answers how many. Waits for the disk; before
  // anybody is served.
  Result<std::size_t> recover();

  // Written when it returns, durable with the next block of the ledger. Errors: those of the ledger's store.
  Result<void> stage(const codec::Cid& cid, const StagedBlock& block);
  // It is in the block store, durably. What cannot be forgotten now is put once more at the next start.
  void forget(const codec::Cid& cid);

  static dag::PutOptions options_of(const StagedBlock& block);

 private:
  const ledger::Ledger& ledger_;
  dag::BlockStore& blocks_;
};

}  // namespace icn::credentials
