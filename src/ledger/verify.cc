#include "ledger/verify.h"

#include <algorithm>
#include <map>

#include "ledger/errors.h"
#include "ledger/restore.h"
#include "ledger/state.h"
#include "ledger/state_digest.h"

namespace icn::ledger {
namespace {

std::string describe_row(const storage::TableSchema& table, ByteView key) {
  return "state differs from what the blocks say: table " + table.name + ", key " + hex_encode(key);
}

// The first row that one of the two states has and the other has not, or has otherwise.
Result<std::optional<std::string>> compare_table(const storage::TableSchema& table, const Reader& left,
                                                 const Reader& right) {
  ICN_TRY_ASSIGN(a, left.scan(table, {}));
  ICN_TRY_ASSIGN(b, right.scan(table, {}));
  while (true) {
    ICN_TRY_ASSIGN(has_a, a->next());
    ICN_TRY_ASSIGN(has_b, b->next());
    if (!has_a && !has_b) return std::optional<std::string>();
    if (!has_a || !has_b) return std::optional(describe_row(table, has_a ? a->key() : b->key()));
    ICN_TRY_ASSIGN(record_a, a->record());
    ICN_TRY_ASSIGN(record_b, b->record());
    if (!std::ranges::equal(a->key(), b->key()) || record_a != record_b) {
      return std::optional(describe_row(table, BytesLess()(b->key(), a->key()) ? b->key() : a->key()));
    }
  }
}

std::string describe_header(const BlockHeader& stored, const BlockHeader& replayed) {
  const std::string at = "block " + std::to_string(stored.height) + ": ";
  if (stored.previous != replayed.previous) return at + "does not name the block before it";
  if (stored.time != replayed.time) return at + "its time goes back";
  if (stored.transactions_root != replayed.transactions_root) return at + "transactions_root differs";
  if (stored.outcomes_root != replayed.outcomes_root) return at + "outcomes_root differs";
  if (stored.state_delta_hash != replayed.state_delta_hash) return at + "state_delta_hash differs";
  if (stored.checkpoint_root != replayed.checkpoint_root) return at + "checkpoint_root differs";
  return at + "header differs";
}

class Replay {
 public:
  Replay(const Rules& rules, const Reader& store, const std::vector<storage::TableSchema>& tables,
         storage::Store& scratch)
      : rules_(rules),
        store_(store),
        tables_(tables),
        scratch_(scratch),
        executor_(rules, [this](std::uint64_t height) -> Result<crypto::Hash> {
          const auto found = roots_.find(height);
          if (found == roots_.end()) return Error(kDamagedChain, "no checkpoint was made");
          return found->second;
        }) {}

  // The scratch store holds the state of this checkpoint; its header is `head`.
  void begin_after(const Head& head, const CheckpointSummary& summary) {
    head_ = head;
    first_ = summary.height + 1;
    roots_.emplace(summary.height, checkpoint_root(summary));
  }

  // The first difference; none: all blocks replay.
  Result<std::optional<std::string>> run(VerifyReport& report) {
    ICN_TRY_ASSIGN(headers, kHeaders.scan(store_, {.index = {}, .from = key_of(first_), .to = {}}));
    for (std::uint64_t height = first_;; ++height) {
      ICN_TRY_ASSIGN(header, headers.next());
      if (!header) return std::optional<std::string>();
      if (header->height != height)
        return std::optional("block " + std::to_string(height) + " is missing; begin at a checkpoint");
      if (header->version > kBlockVersion)
        return std::optional("block " + std::to_string(height) + " has an unknown version");
      ICN_TRY_ASSIGN(body, kBodies.get(store_, height));
      if (!body) {
        return std::optional("the body of block " + std::to_string(height) +
                             " is missing; begin at a checkpoint");
      }
      ICN_TRY_ASSIGN(difference, replay(*header, *body, report));
      if (difference) return std::move(difference);
      report.height = height;
      report.transactions += body->transactions.size();
      report.head_hash = head_.hash;
    }
  }

 private:
  Result<std::optional<std::string>> replay(const BlockHeader& header, const BlockBody& body,
                                            VerifyReport& report) {
    std::vector<std::shared_ptr<const CheckedTransaction>> transactions;
    for (const StoredTransaction& stored : body.transactions) {
      auto transaction = admit_stored(rules_, scratch_, stored);
      if (!transaction.ok()) {
        return std::optional("block " + std::to_string(header.height) + ", transaction " +
                             std::to_string(transactions.size()) + ": " + transaction.error().detail());
      }
      transactions.push_back(std::move(transaction).value());
    }
    Result<ExecutedBlock> block = Error(kDamagedChain);
    if (header.height == 0) {
      ICN_TRY_ASSIGN(json, codec::parse_json(body.genesis));
      ICN_TRY_ASSIGN(genesis, codec::from_json<Genesis>(json));
      block = executor_.genesis(genesis, scratch_);
    } else {
      block = executor_.execute(head_, scratch_, header.time, transactions, body.misconduct);
    }
    if (!block.ok())
      return std::optional("block " + std::to_string(header.height) + ": " + block.error().detail());
    head_ = block->head;
    if (head_.hash != header_hash(header)) return std::optional(describe_header(header, head_.header));
    ICN_TRY(scratch_.write(block->rows, storage::Durability::kBuffered));
    ICN_TRY(note_checkpoint(*block, report));
    return std::optional<std::string>();
  }

  // A checkpoint's root is computed before later blocks change the state.
  Result<void> note_checkpoint(const ExecutedBlock& block, VerifyReport& report) {
    if (block.checkpoint_epoch == 0) return {};
    ICN_TRY_ASSIGN(summary, summarise(rules_, scratch_, tables_, block.head.header, {}));
    roots_.insert_or_assign(summary.height, checkpoint_root(summary));
    ++report.checkpoints;
    // Whoever goes on from the replayed ledger cannot compute it any more.
    storage::StoreSpace space(scratch_, storage::Durability::kBuffered);
    return kCheckpointSummaries.put(space, block.checkpoint_epoch, summary);
  }

  const Rules& rules_;
  const Reader& store_;
  const std::vector<storage::TableSchema>& tables_;
  storage::Store& scratch_;
  BlockExecutor executor_;
  std::map<std::uint64_t, crypto::Hash> roots_;  // of checkpoints, by height
  std::uint64_t first_ = 0;
  Head head_;
};

Result<VerifyReport> finish(const Reader& store, const std::vector<storage::TableSchema>& tables,
                            const Reader& scratch, VerifyReport report) {
  for (const storage::TableSchema* table : agreed_tables(tables)) {
    if (report.difference) break;
    ICN_TRY_ASSIGN(found, compare_table(*table, store, scratch));
    report.difference = std::move(found);
  }
  ICN_TRY_ASSIGN(hash, state_hash(store, tables));
  report.state_hash = hash;
  return report;
}

}  // namespace

Result<crypto::Hash> state_hash(const Reader& state, const std::vector<storage::TableSchema>& tables) {
  crypto::Sha256 hash;
  for (const storage::TableSchema* table : agreed_tables(tables)) {
    ICN_TRY_ASSIGN(rows, state.scan(*table, {}));
    while (true) {
      ICN_TRY_ASSIGN(more, rows->next());
      if (!more) break;
      ICN_TRY_ASSIGN(record, rows->record());
      hash.update(state_item(table->id, rows->key(), record));
    }
  }
  return hash.finish();
}

// What the gateway does before a transaction reaches the log.
Result<std::shared_ptr<const CheckedTransaction>> admit_stored(const Rules& rules, const Reader& state,
                                                               const StoredTransaction& stored) {
  ICN_TRY_ASSIGN(transaction,
                 CheckedTransaction::from_stored(rules.types, stored.canonical, stored.signature));
  const Transaction& envelope = transaction->envelope();
  auto key = rules.resolve_key(state, envelope.sender, envelope.key);
  // A key changed earlier in the same block: the executor records the refusal, as it did then.
  if (!key.ok()) return std::shared_ptr<const CheckedTransaction>(std::move(transaction));
  transaction->set_verified_key(*key);
  ICN_TRY_ASSIGN(signature, crypto::Signature::from_bytes(envelope.signature.bytes));
  if (!crypto::verify(*key, transaction->signing_bytes(), signature)) return Error(kBadSignature);
  return std::shared_ptr<const CheckedTransaction>(std::move(transaction));
}

Result<VerifyReport> verify_ledger(const Rules& rules, const Reader& store,
                                   const std::vector<storage::TableSchema>& tables, storage::Store& scratch) {
  VerifyReport report;
  ICN_TRY_ASSIGN(difference, Replay(rules, store, tables, scratch).run(report));
  report.difference = std::move(difference);
  return finish(store, tables, scratch, std::move(report));
}

Result<VerifyReport> verify_from_checkpoint(const Rules& rules, const Reader& store,
                                            const std::vector<storage::TableSchema>& tables,
                                            storage::Store& scratch, const std::string& folder,
                                            std::uint64_t epoch) {
  VerifyReport report;
  ICN_TRY_ASSIGN(manifest, read_manifest(folder, epoch));
  const CheckpointSummary& summary = manifest.summary;
  report.from_height = report.height = summary.height;
  if (auto loaded = load_rows(folder, manifest, rules, tables, scratch); !loaded.ok()) {
    report.difference = "checkpoint " + std::to_string(epoch) + ": " + loaded.error().detail();
    return report;
  }
  ICN_TRY_ASSIGN(header, kHeaders.get(store, summary.height));
  if (!header || to_bytes(header_hash(*header)) != summary.header.bytes) {
    report.difference = "block " + std::to_string(summary.height) + " is not the one the checkpoint is of";
    return report;
  }
  ICN_TRY_ASSIGN(head, load_head(store));
  if (!head || head->header.height < summary.height + kCheckpointDelay) {
    report.difference = "no header names the root of checkpoint " + std::to_string(epoch) + " yet";
    return report;
  }
  Replay replay(rules, store, tables, scratch);
  replay.begin_after({*header, header_hash(*header)}, summary);
  ICN_TRY_ASSIGN(difference, replay.run(report));
  report.difference = std::move(difference);
  return finish(store, tables, scratch, std::move(report));
}

Result<std::optional<std::string>> replay_blocks(const Rules& rules, const Reader& blocks,
                                                 const std::vector<storage::TableSchema>& tables,
                                                 storage::Store& into, VerifyReport& report) {
  return Replay(rules, blocks, tables, into).run(report);
}

}  // namespace icn::ledger
