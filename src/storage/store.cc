#include "storage/store.h"

namespace icn::storage {

Result<std::vector<std::optional<Bytes>>> Reader::get_several(const TableSchema& table,
                                                              const std::vector<ByteView>& keys) const {
  std::vector<std::optional<Bytes>> records;
  records.reserve(keys.size());
  for (const ByteView key : keys) {
    ICN_TRY_ASSIGN(record, get(table, key));
    records.push_back(std::move(record));
  }
  return records;
}

}  // namespace icn::storage
