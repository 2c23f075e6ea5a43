#include "credentials/staged_blocks.h"

#include "credentials/tables.h"

namespace icn::credentials {
namespace {

const ledger::Table<Bytes, StagedBlock> kStaged{214, "credential_staged_blocks"};

}  // namespace

const storage::TableSchema& StagedBlocks::table() { return kStaged.schema(); }

dag::PutOptions StagedBlocks::options_of(const StagedBlock& block) {
  dag::PutOptions put;
  put.author = block.author;
  put.reader = block.reader;
  put.time = block.time;
  put.type = dag::BlockType::kIdentity;
  put.visibility = block.is_public ? dag::Visibility::kPublic : dag::Visibility::kPrivate;
  return put;
}

Result<std::size_t> StagedBlocks::recover() {
  ICN_TRY_ASSIGN(store, ledger_.store());
  std::vector<StagedBlock> left;
  storage::RowBuffer forgotten(*store);
  {
    ICN_TRY_ASSIGN(rows, kStaged.scan(*store, {}));
    while (true) {
      ICN_TRY_ASSIGN(staged, rows.next());
      if (!staged) break;
      Bytes key;
      if (!storage::parse_key(rows.key(), key))
        return Error(errors::kInternal, "the key of a staged block cannot be read");
      ICN_TRY(kStaged.erase(forgotten, key));
      left.push_back(std::move(*staged));
    }
  }
  for (StagedBlock& each : left) {
    const dag::PutOptions put = options_of(each);
    ICN_TRY(blocks_.put(each.codec, std::move(each.bytes), put));
  }
  if (!left.empty()) ICN_TRY(store->write(forgotten.take(), storage::Durability::kBuffered));
  return left.size();
}

Result<void> StagedBlocks::stage(const codec::Cid& cid, const StagedBlock& block) {
  ICN_TRY_ASSIGN(store, ledger_.store());
  storage::RowBuffer rows(*store);
  ICN_TRY(kStaged.put(rows, cid_key(cid), block));
  return store->write(rows.take(), storage::Durability::kBuffered);
}

void StagedBlocks::forget(const codec::Cid& cid) {
  const auto store = ledger_.store();
  if (!store.ok()) return;
  storage::RowBuffer rows(**store);
  if (!kStaged.erase(rows, cid_key(cid)).ok()) return;
  if (auto written = (*store)->write(rows.take(), storage::Durability::kBuffered); !written.ok()) return;
}

}  // namespace icn::credentials
