#pragma once

#include <vector>

#include "storage/postgresql/connection.h"
#include "storage/postgresql/growth.h"
#include "storage/postgresql/tables.h"

// Inside this folder only.
namespace icn::storage::postgresql {

// What rows come to, as few statements: of each key the last row, table by table, in key order. A statement
// takes many rows as arrays. Holds pointers into the rows.
class Batch {
 public:
  Batch(const std::vector<Row>& rows, const Tables& tables, const Growth& growth);

  Result<void> prepare(Connection& connection) const;
  Result<void> send(Connection& connection) const;
  // Erasures in tables on several servers, which commit one after the other: apart, once all else is
  // committed. What is cut off between leaves rows there that nothing names.
  bool has_later() const { return !later_.empty(); }
  Result<void> send_later(Connection& connection) const;
  std::int64_t rows_erased_later(const std::vector<Answer>& answers) const;
  // The row, if it is one alone and put; null: it is not.
  const Row* single() const;
  // From the answers to what was sent, which begin at `first`.
  std::int64_t rows_added(const std::vector<Answer>& answers, std::size_t first) const;
  // What the answers teach; what there is to learn from their absence, since a row was there already.
  void teach(Growth& growth, const std::vector<Answer>& answers, std::size_t first) const;
  void teach_mistake(Growth& growth) const;

 private:
  struct Part {
    const TableSql* table;
    bool is_erase;
    bool is_growth;  // of a table that is likely to grow only
    std::vector<const Row*> rows;
    std::size_t size_bytes = 0;

    Use use() const;
    std::string sql() const;
    Parameters parameters() const;
    Parameters parameters_of_one() const;
  };
  void add(const Row& row, const TableSql& table, const Growth& growth);

  static std::int64_t rows_added(const Part& part, const Answer& answer);

  std::vector<Part> parts_;
  std::vector<Part> later_;
};

}  // namespace icn::storage::postgresql
