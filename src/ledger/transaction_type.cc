#include "ledger/transaction_type.h"

#include <algorithm>

namespace icn::ledger {

TransactionTypes::TransactionTypes(std::vector<TransactionType> rows) : rows_(std::move(rows)) {
  for (const auto& row : rows_) {
    ICN_ASSERT(std::ranges::count(rows_, row.number, &TransactionType::number) == 1);
    ICN_ASSERT(std::ranges::count(rows_, row.name, &TransactionType::name) == 1);
  }
}

const TransactionType* TransactionTypes::find(std::string_view name) const {
  const auto found = std::ranges::find(rows_, name, &TransactionType::name);
  return found == rows_.end() ? nullptr : &*found;
}

std::string TransactionTypes::names() const {
  std::string out;
  for (const auto& row : rows_) out += (out.empty() ? "" : ", ") + std::string(row.name);
  return out;
}

}  // namespace icn::ledger
