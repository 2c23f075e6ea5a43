#pragma once

#include <vector>

#include "storage/postgresql/connection.h"
#include "storage/postgresql/tables.h"

// Inside this folder only.
namespace icn::storage::postgresql {

// What rows come to, as few statements: of each key the last row, table by table, in key order. A statement
// takes many rows as arrays. Holds pointers into the rows.
class Batch {
 public:
  Batch(const std::vector<Row>& rows, const Tables& tables);

  Result<void> prepare(Connection& connection) const;
  Result<void> send(Connection& connection) const;
  // From the answers to what was sent, which begin at `first`.
  std::int64_t rows_added(const std::vector<Answer>& answers, std::size_t first) const;

 private:
  struct Part {
    const TableSql* table;
    bool is_erase;
    std::vector<const Row*> rows;
    std::size_t size_bytes = 0;
  };
  void add(const Row& row, const TableSql& table);

  std::vector<Part> parts_;
};

}  // namespace icn::storage::postgresql
