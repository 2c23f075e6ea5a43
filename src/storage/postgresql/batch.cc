#include "storage/postgresql/batch.h"

#include <algorithm>
#include <charconv>
#include <functional>

namespace icn::storage::postgresql {
namespace {

// Of one statement: the server and libpq hold it in memory several times.
constexpr std::size_t kPartBytesMax = 8 << 20;

// jsonb knows no NUL: U+FFFD stands in its place.
std::string without_nul(std::string json) {
  constexpr std::string_view kNul = "\\u0000";
  for (std::size_t at = json.find('\\'); at != std::string::npos; at = json.find('\\', at)) {
    if (std::string_view(json).substr(at).starts_with(kNul)) json.replace(at, kNul.size(), "\\ufffd");
    at += 2;  // the character that it escapes
  }
  return json;
}

using Items = std::vector<std::optional<ByteView>>;

void add_array(Parameters& out, const std::vector<const Row*>& rows, std::uint32_t type,
               const std::function<std::optional<ByteView>(const Row&)>& item) {
  Items items;
  items.reserve(rows.size());
  for (const Row* row : rows) items.push_back(item(*row));
  out.owned(array_of(items, type));
}

}  // namespace

Batch::Batch(const std::vector<Row>& rows, const Tables& tables) {
  std::vector<const Row*> order;
  order.reserve(rows.size());
  for (const Row& row : rows) order.push_back(&row);
  const auto is_before = [](const Row* left, const Row* right) {
    if (left->table->id != right->table->id) return left->table->id < right->table->id;
    return as_text(left->key) < as_text(right->key);
  };
  std::stable_sort(order.begin(), order.end(), is_before);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const bool is_followed = i + 1 < order.size() && !is_before(order[i], order[i + 1]);
    if (!is_followed) add(*order[i], tables.of(*order[i]->table));
  }
}

void Batch::add(const Row& row, const TableSql& table) {
  const bool is_erase = !row.record.has_value();
  // A table has one part for puts and one for erasures under way.
  const auto open = std::find_if(parts_.rbegin(), parts_.rend(), [&](const Part& part) {
    return part.table == &table && part.is_erase == is_erase && part.size_bytes < kPartBytesMax;
  });
  Part* part = open != parts_.rend() ? &*open : nullptr;
  if (part == nullptr) {
    parts_.push_back({&table, is_erase, {}, 0});
    part = &parts_.back();
  }
  part->rows.push_back(&row);
  part->size_bytes += row.key.size() + (row.record ? row.record->size() : 0);
}

Result<void> Batch::prepare(Connection& connection) const {
  for (const Part& part : parts_) {
    const TableSql& table = *part.table;
    ICN_TRY(connection.prepare(table.statement_id(part.is_erase ? Use::kErase : Use::kPut),
                               [&] { return part.is_erase ? table.erase() : table.put(); }));
  }
  return {};
}

Result<void> Batch::send(Connection& connection) const {
  for (const Part& part : parts_) {
    const TableSql& table = *part.table;
    Parameters parameters;
    add_array(parameters, part.rows, kByteaType, [](const Row& row) { return ByteView(row.key); });
    if (!part.is_erase) {
      add_array(parameters, part.rows, kByteaType, [](const Row& row) { return ByteView(*row.record); });
      for (std::size_t index = 0; index < table.columns.size(); ++index) {
        add_array(parameters, part.rows, kByteaType, [index](const Row& row) -> std::optional<ByteView> {
          if (!row.indexes[index]) return std::nullopt;
          return ByteView(*row.indexes[index]);
        });
      }
    }
    if (!part.is_erase && table.readable != nullptr) {
      Items keys;
      Items records;
      std::vector<ReadableRow> texts;
      texts.reserve(part.rows.size());
      for (const Row* row : part.rows) {
        ReadableRow text = table.readable(row->key, *row->record);
        texts.push_back({without_nul(std::move(text.key)), without_nul(std::move(text.record))});
        keys.push_back(as_bytes(texts.back().key));
        records.push_back(as_bytes(texts.back().record));
      }
      parameters.owned(array_of(keys, kTextType));
      parameters.owned(array_of(records, kTextType));
    }
    ICN_TRY(connection.send(table.statement_id(part.is_erase ? Use::kErase : Use::kPut), parameters));
  }
  return {};
}

std::int64_t Batch::rows_added(const std::vector<Answer>& answers, std::size_t first) const {
  std::int64_t out = 0;
  for (std::size_t i = 0; i < parts_.size() && first + i < answers.size(); ++i) {
    const Answer& answer = answers[first + i];
    if (parts_[i].is_erase) {
      const std::string erased = PQcmdTuples(answer.get());
      std::int64_t count = 0;
      std::from_chars(erased.data(), erased.data() + erased.size(), count);
      out -= count;
    } else {
      std::uint64_t count = 0;
      for (const std::uint8_t byte : answer_bytes(answer, 0, 0)) count = count << 8 | byte;
      out += static_cast<std::int64_t>(count);
    }
  }
  return out;
}

}  // namespace icn::storage::postgresql
