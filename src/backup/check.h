#pragma once

#include "backup/copier.h"

namespace icn::backup {

struct TableFigures {
  std::string name;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;  // of keys and records
};

struct StoreCheck {
  std::vector<TableFigures> tables;  // in order of their ids
  std::string rows_hash;             // hex; SHA-256 over table, key and record of every row
  std::vector<std::string> problems;  // each names its table; empty: none
};

// Reads every row of a frozen view and, `with_indexes`, every index entry: each record must be readable where
// its table has indexes, and the entries must be exactly those of the rows. What the engine says of damaged
// files is a problem of the table it was met in. Memory: constant. Thread: any.
StoreCheck check_store(const storage::Reader& store, const std::vector<storage::TableSchema>& tables,
                       const Indexers& indexers, bool with_indexes);

}  // namespace icn::backup
