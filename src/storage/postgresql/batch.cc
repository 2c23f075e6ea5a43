#include "storage/postgresql/batch.h"

#include <algorithm>
#include <charconv>
#include <functional>

namespace icn::storage::postgresql {
namespace {

// Of one statement: the server and libpq hold it in memory several times.
constexpr std::size_t kPartBytesMax = 8 << 20;
constexpr std::size_t kPushedBytesMin = 4 << 10;

// jsonb knows no NUL: U+FFFD stands in its place.
std::string without_nul(std::string json) {
  constexpr std::string_view kNul = "\\u0000";
  for (std::size_t at = json.find('\\'); at != std::string::npos; at = json.find('\\', at)) {
    if (std::string_view(json).substr(at).starts_with(kNul)) json.replace(at, kNul.size(), "\\ufffd");
    at += 2;  // the character that it escapes
  }
  return json;
}

ReadableRow readable_text(const TableSql& table, const Row& row) {
  ReadableRow out = table.readable(row.key, *row.record);
  return {without_nul(std::move(out.key)), without_nul(std::move(out.record))};
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

Batch::Batch(const std::vector<Row>& rows, const Tables& tables, const Growth& growth) {
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
    if (!is_followed) add(*order[i], tables.of(*order[i]->table), growth);
  }
}

void Batch::add(const Row& row, const TableSql& table, const Growth& growth) {
  const bool is_erase = !row.record.has_value();
  std::vector<Part>& parts = is_erase && table.is_spread ? later_ : parts_;
  // A table has one part for puts and one for erasures under way.
  const auto open = std::find_if(parts.rbegin(), parts.rend(), [&](const Part& part) {
    return part.table == &table && part.is_erase == is_erase && part.size_bytes < kPartBytesMax;
  });
  Part* part = open != parts.rend() ? &*open : nullptr;
  if (part == nullptr) {
    parts.push_back({&table, is_erase, !is_erase && growth.is_likely(table.schema.id), {}, 0});
    part = &parts.back();
  }
  part->rows.push_back(&row);
  part->size_bytes += row.key.size() + (row.record ? row.record->size() : 0);
}

// One row is cheaper without arrays.
Use Batch::Part::use() const {
  if (is_erase) return Use::kErase;
  if (table->is_spread) return Use::kAdd;
  if (rows.size() == 1) return Use::kPutOne;
  return is_growth ? Use::kInsert : Use::kPut;
}

std::string Batch::Part::sql() const {
  switch (use()) {
    case Use::kErase:
      return table->erase();
    case Use::kPutOne:
      return table->put_one();
    case Use::kInsert:
      return table->insert();
    case Use::kAdd:
      return table->add();
    default:
      return table->put();
  }
}

Parameters Batch::Part::parameters_of_one() const {
  const Row& row = *rows.front();
  Parameters out;
  out.bytes(row.key);
  out.bytes(*row.record);
  for (std::size_t index = 0; index < table->columns.size(); ++index) {
    if (row.indexes[index]) {
      out.bytes(*row.indexes[index]);
    } else {
      out.null();
    }
  }
  if (table->readable == nullptr) return out;
  const ReadableRow text = readable_text(*table, row);
  out.owned(to_bytes(as_bytes(text.key)));
  out.owned(to_bytes(as_bytes(text.record)));
  return out;
}

Parameters Batch::Part::parameters() const {
  if (use() == Use::kPutOne) return parameters_of_one();
  Parameters out;
  add_array(out, rows, kByteaType, [](const Row& row) { return ByteView(row.key); });
  if (is_erase) return out;
  add_array(out, rows, kByteaType, [](const Row& row) { return ByteView(*row.record); });
  for (std::size_t index = 0; index < table->columns.size(); ++index) {
    add_array(out, rows, kByteaType, [index](const Row& row) -> std::optional<ByteView> {
      if (!row.indexes[index]) return std::nullopt;
      return ByteView(*row.indexes[index]);
    });
  }
  if (table->readable == nullptr) return out;
  Items keys;
  Items records;
  std::vector<ReadableRow> texts;
  texts.reserve(rows.size());
  for (const Row* row : rows) {
    texts.push_back(readable_text(*table, *row));
    keys.push_back(as_bytes(texts.back().key));
    records.push_back(as_bytes(texts.back().record));
  }
  out.owned(array_of(keys, kTextType));
  out.owned(array_of(records, kTextType));
  return out;
}

Result<void> Batch::prepare(Connection& connection) const {
  for (const auto* parts : {&parts_, &later_}) {
    for (const Part& part : *parts)
      ICN_TRY(connection.prepare(part.table->statement_id(part.use()), [&] { return part.sql(); }));
  }
  return {};
}

Result<void> Batch::send(Connection& connection) const {
  for (const Part& part : parts_) {
    ICN_TRY(connection.send(part.table->statement_id(part.use()), part.parameters()));
    // The server works on it while the next one is encoded.
    if (part.size_bytes >= kPushedBytesMin) ICN_TRY(connection.push());
  }
  return {};
}

Result<void> Batch::send_later(Connection& connection) const {
  for (const Part& part : later_)
    ICN_TRY(connection.send(part.table->statement_id(part.use()), part.parameters()));
  return {};
}

std::int64_t Batch::rows_erased_later(const std::vector<Answer>& answers) const {
  std::int64_t out = 0;
  for (std::size_t i = 0; i < later_.size() && i < answers.size(); ++i)
    out -= rows_added(later_[i], answers[i]);
  return out;
}

const Row* Batch::single() const {
  const bool is_single = parts_.size() == 1 && later_.empty() && parts_[0].use() == Use::kPutOne;
  return is_single ? parts_[0].rows[0] : nullptr;
}

std::int64_t Batch::rows_added(const Part& part, const Answer& answer) {
  if (part.use() == Use::kInsert) return static_cast<std::int64_t>(part.rows.size());
  if (part.is_erase || part.use() == Use::kAdd) {
    const std::string changed = PQcmdTuples(answer.get());
    std::int64_t count = 0;
    std::from_chars(changed.data(), changed.data() + changed.size(), count);
    return part.is_erase ? -count : count;
  }
  std::uint64_t count = 0;
  for (const std::uint8_t byte : answer_bytes(answer, 0, 0)) count = count << 8 | byte;
  return static_cast<std::int64_t>(count);
}

std::int64_t Batch::rows_added(const std::vector<Answer>& answers, std::size_t first) const {
  std::int64_t out = 0;
  for (std::size_t i = 0; i < parts_.size() && first + i < answers.size(); ++i)
    out += rows_added(parts_[i], answers[first + i]);
  return out;
}

void Batch::teach(Growth& growth, const std::vector<Answer>& answers, std::size_t first) const {
  for (std::size_t i = 0; i < parts_.size() && first + i < answers.size(); ++i) {
    const Part& part = parts_[i];
    if (part.is_erase) continue;
    const auto added = static_cast<std::size_t>(rows_added(part, answers[first + i]));
    growth.note(part.table->schema.id, added == part.rows.size());
  }
}

void Batch::teach_mistake(Growth& growth) const {
  for (const Part& part : parts_) {
    if (part.is_growth) growth.note_mistake(part.table->schema.id);
  }
}

}  // namespace icn::storage::postgresql
