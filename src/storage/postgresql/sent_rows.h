#pragma once

#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "storage/store.h"

// Inside this folder only.
namespace icn::storage::postgresql {

// The rows of a batch that is on its way to the server. Immutable.
class SentRows {
 public:
  explicit SentRows(std::vector<Row> rows);
  SentRows(const SentRows&) = delete;
  SentRows& operator=(const SentRows&) = delete;

  const std::vector<Row>& rows() const { return rows_; }
  // What the batch makes of the row: null, it leaves it as it is; without a record, it erases it.
  const Row* find(const TableSchema& table, ByteView key) const;

 private:
  struct Place {
    std::uint16_t table;
    std::string_view key;
    bool operator==(const Place&) const = default;
  };
  struct PlaceHash {
    std::size_t operator()(const Place& place) const {
      return std::hash<std::string_view>()(place.key) * 31 + place.table;
    }
  };

  std::vector<Row> rows_;
  std::unordered_map<Place, const Row*, PlaceHash> newest_;
};

}  // namespace icn::storage::postgresql
