#include "storage/tables.h"

#include <algorithm>

namespace icn::storage {

namespace {
constexpr std::size_t kIndexesPerTableMax = 255;

bool has_index(const std::vector<TableSchema>& schemas, const std::string& name) {
  return std::any_of(schemas.begin(), schemas.end(), [&](const TableSchema& schema) {
    return std::find(schema.indexes.begin(), schema.indexes.end(), name) != schema.indexes.end();
  });
}
}  // namespace

void TableSet::add(const TableSchema& schema) {
  ICN_ASSERT(!schema.name.empty());
  ICN_ASSERT(schema.indexes.size() <= kIndexesPerTableMax);
  for (const TableSchema& other : schemas_) {
    ICN_ASSERT(other.id != schema.id);
    ICN_ASSERT(other.name != schema.name);
  }
  for (auto index = schema.indexes.begin(); index != schema.indexes.end(); ++index) {
    ICN_ASSERT(!has_index(schemas_, *index));
    ICN_ASSERT(std::find(schema.indexes.begin(), index, *index) == index);
  }
  schemas_.push_back(schema);
}

}  // namespace icn::storage
