#include "backup/check.h"

#include <array>

#include "backup/writer.h"
#include "base/assert.h"
#include "crypto/hash.h"

namespace icn::backup {
namespace {

// The sum of the hashes of a set's members: equal for equal sets, whatever the order they come in.
class SetSum {
 public:
  void add(ByteView value, ByteView key) {
    Bytes size;
    append_u32(size, static_cast<std::uint32_t>(value.size()));
    const crypto::Hash hash = crypto::sha256(ByteView(size), value, key);
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < sum_.size(); ++i) {
      const std::uint64_t word = read_u64(ByteView(hash).subspan(i * 8, 8));
      const std::uint64_t before = sum_[i];
      sum_[i] += word + carry;
      carry = sum_[i] < before || (carry != 0 && sum_[i] == before) ? 1 : 0;
    }
    ++count_;
  }
  bool operator==(const SetSum&) const = default;
  std::uint64_t count() const { return count_; }

 private:
  std::array<std::uint64_t, 4> sum_{};
  std::uint64_t count_ = 0;
};

class Checker {
 public:
  Checker(const storage::Reader& store, const Indexers& indexers, StoreCheck& out)
      : store_(store), indexers_(indexers), out_(out) {}

  Result<void> rows(const storage::TableSchema& table, std::vector<SetSum>& sums) {
    TableFigures& figures = out_.tables.emplace_back(TableFigures{table.name, 0, 0});
    ICN_TRY_ASSIGN(cursor, store_.scan(table, {}));
    while (true) {
      ICN_TRY_ASSIGN(more, cursor->next());
      if (!more) return {};
      ICN_TRY_ASSIGN(record, cursor->record());
      ++figures.rows;
      figures.bytes += cursor->key().size() + record.size();
      note(table, cursor->key(), record);
      if (sums.empty()) continue;
      const auto values = indexers_.at(table.id)(record);
      if (!values.ok()) {
        out_.problems.push_back("table " + table.name + ", key " + hex_encode(cursor->key()) +
                                ": the record cannot be read: " + values.error().detail());
        continue;
      }
      for (std::size_t i = 0; i < sums.size(); ++i) {
        if ((*values)[i]) sums[i].add(*(*values)[i], cursor->key());
      }
    }
  }

  Result<void> index(const storage::TableSchema& table, std::size_t number, const SetSum& expected) {
    SetSum found;
    ICN_TRY_ASSIGN(cursor, store_.scan(table, {.index = number, .from = {}, .to = {}}));
    while (true) {
      ICN_TRY_ASSIGN(more, cursor->next());
      if (!more) break;
      found.add(cursor->index_value(), cursor->key());
    }
    if (found == expected) return {};
    out_.problems.push_back("table " + table.name + ": index " + table.indexes[number] + " has " +
                            std::to_string(found.count()) + " entries that are not those of the rows (" +
                            std::to_string(expected.count()) + ")");
    return {};
  }

  crypto::Hash hash() { return hash_.finish(); }

 private:
  void note(const storage::TableSchema& table, ByteView key, ByteView record) {
    head_.clear();
    append_u32(head_, table.id);
    append_u32(head_, static_cast<std::uint32_t>(key.size()));
    append_u32(head_, static_cast<std::uint32_t>(record.size()));
    hash_.update(head_).update(key).update(record);
  }

  const storage::Reader& store_;
  const Indexers& indexers_;
  StoreCheck& out_;
  crypto::Sha256 hash_;
  Bytes head_;
};

}  // namespace

StoreCheck check_store(const storage::Reader& store, const std::vector<storage::TableSchema>& tables,
                       const Indexers& indexers, bool with_indexes) {
  StoreCheck out;
  Checker checker(store, indexers, out);
  const auto note = [&](const storage::TableSchema& table, const Result<void>& done) {
    if (!done.ok()) out.problems.push_back("table " + table.name + ": " + done.error().detail());
    return done.ok();
  };
  for (const storage::TableSchema* table : in_order(tables)) {
    ICN_ASSERT(!with_indexes || table->indexes.empty() || indexers.contains(table->id));
    std::vector<SetSum> sums(with_indexes ? table->indexes.size() : 0);
    if (!note(*table, checker.rows(*table, sums))) continue;
    for (std::size_t i = 0; i < sums.size(); ++i) note(*table, checker.index(*table, i, sums[i]));
  }
  out.rows_hash = hex_encode(checker.hash());
  return out;
}

}  // namespace icn::backup
