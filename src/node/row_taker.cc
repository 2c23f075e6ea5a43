#include "node/row_taker.h"

#include "backup/chunk.h"
#include "backup/errors.h"

namespace icn::node {

void RowTaker::add(const KeptStore& kept, storage::Store& store) {
  copiers_.emplace_back(kept.name, std::make_unique<backup::Copier>(store, kept.tables, indexers_));
}

Result<void> RowTaker::take(backup::Entry& entry) {
  if (!entry.problem.empty()) return Error(backup::kDamaged, entry.problem);
  if (entry.kind == backup::Kind::kEnd) {
    ICN_TRY_ASSIGN(end, backup::read_json_entry<backup::End>(entry));
    end_ = std::move(end);
    for (auto& [name, copier] : copiers_) {
      if (!copier) continue;
      ICN_TRY_ASSIGN(counts, copier->finish());
      counts_.rows += counts.rows;
      counts_.written += counts.written;
      counts_.erased += counts.erased;
    }
    return {};
  }
  if (entry.kind != backup::Kind::kChunk) return {};
  for (auto& named : copiers_) {
    if (named.first != entry.name) continue;
    if (!named.second) return {};
    backup::Copier& copier = *named.second;
    return backup::read_chunk(entry.payload, entry.rows, [&](ByteView key, ByteView record) {
      return copier.add(entry.table, key, record);
    });
  }
  return Error(backup::kNewer, "rows of a store \"" + entry.name + "\", which this version does not know");
}

}  // namespace icn::node
