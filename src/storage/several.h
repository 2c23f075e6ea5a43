#pragma once

#include <optional>
#include <vector>

#include "storage/store.h"

namespace icn::storage {

// A reader to which each question is a way there and back, so that several at once cost little more than one.
class SeveralReader {
 public:
  virtual ~SeveralReader() = default;
  // In the order of the keys. All are of one moment. Errors and threads: as Reader::get.
  virtual Result<std::vector<std::optional<Bytes>>> get_several(const TableSchema& table,
                                                                const std::vector<ByteView>& keys) const = 0;
};

// One by one from a reader that is none.
inline Result<std::vector<std::optional<Bytes>>> get_several(const Reader& reader, const TableSchema& table,
                                                             const std::vector<ByteView>& keys) {
  if (const auto* const several = dynamic_cast<const SeveralReader*>(&reader); several != nullptr)
    return several->get_several(table, keys);
  std::vector<std::optional<Bytes>> out;
  out.reserve(keys.size());
  for (const ByteView key : keys) {
    ICN_TRY_ASSIGN(found, reader.get(table, key));
    out.push_back(std::move(found));
  }
  return out;
}

}  // namespace icn::storage
