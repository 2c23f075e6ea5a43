#include "storage/postgresql/gets.h"

#include <algorithm>

#include "storage/postgresql/reader.h"

namespace icn::storage::postgresql {
namespace {

// Of one table. With more the questions are smaller; with one the others wait while the server works.
constexpr int kAskingMax = 4;
// Large records cost more than the way there, and two connections copy them at the same time.
constexpr std::size_t kLargeBytesMin = 8 << 10;
constexpr std::size_t kTogetherMax = 32;  // an answer is held in memory as a whole

Result<Answer> rows_of(Connection& connection, const TableSql& table,
                       const std::vector<std::optional<ByteView>>& keys) {
  const std::uint32_t id = table.statement_id(Use::kGetSeveral);
  ICN_TRY(connection.prepare(id, [&] { return table.get_several(); }));
  Parameters parameters;
  parameters.owned(array_of(keys, kByteaType));
  return connection.execute(id, parameters);
}

}  // namespace

Gets::Gets(Pool& pool, const PostgresqlOptions& options, const Tables& tables)
    : pool_(pool), options_(options) {
  for (const auto& [id, table] : tables) queues_[id];
}

Gets::Found Gets::get(const TableSql& table, ByteView key) {
  if (key.size() > kKeySizeMax) return std::optional<Bytes>();
  Queue& queue = queues_.find(table.schema.id)->second;
  Question mine(key);
  if (queue.is_large) {
    Found found = ask_alone(table, mine);
    queue.is_large = found.ok() && *found && (*found)->size() >= kLargeBytesMin;
    return found;
  }
  std::unique_lock lock(queue.mutex);
  if (queue.asking == kAskingMax) {
    queue.waiting.push_back(&mine);
    lock.unlock();
    mine.told.wait();
  } else {
    ++queue.asking;
    lock.unlock();
    mine.is_leader = true;
  }
  if (mine.is_leader) lead(table, queue, mine);
  return mine.is_alone ? ask_alone(table, mine) : std::move(mine.found);
}

void Gets::lead(const TableSql& table, Queue& queue, Question& mine) {
  std::vector<Question*> questions{&mine};
  std::unique_lock lock(queue.mutex);
  while (!queue.waiting.empty() && questions.size() < kTogetherMax) {
    questions.push_back(queue.waiting.front());
    queue.waiting.pop_front();
  }
  lock.unlock();
  ask(table, questions);
  queue.is_large = mine.found.ok() && *mine.found && (*mine.found)->size() >= kLargeBytesMin;
  lock.lock();
  Question* next = nullptr;
  if (queue.waiting.empty()) {
    --queue.asking;
  } else {
    next = queue.waiting.front();
    queue.waiting.pop_front();
  }
  lock.unlock();
  if (next != nullptr) {
    next->is_leader = true;
    next->told.give();
  }
  // A question is gone once it was told.
  for (std::size_t i = 1; i < questions.size(); ++i) questions[i]->told.give();
}

void Gets::ask(const TableSql& table, const std::vector<Question*>& questions) {
  if (questions.size() == 1) {
    questions.front()->found = ask_alone(table, *questions.front());
    return;
  }
  std::vector<ByteView> keys;
  keys.reserve(questions.size());
  for (const Question* each : questions) keys.push_back(each->key);
  // Those who wait arrived later than who leads.
  const SteadyClock::time_point since = questions.front()->arrived;
  auto found = ask_several(table, keys, since);
  // A row that cannot be read is no error of those who ask for others. Who waited long waits no second time.
  const auto limit_ms = std::min(options_.query_timeout_ms, options_.connection_timeout_ms) / 2;
  const bool is_late = SteadyClock::now() - since > std::chrono::milliseconds(limit_ms);
  for (std::size_t i = 0; i < questions.size(); ++i) {
    questions[i]->is_alone = !found.ok() && !is_late;
    questions[i]->found = found.ok() ? Found(std::move((*found)[i])) : Found(found.error());
  }
}

Result<std::vector<std::optional<Bytes>>> Gets::get_several(const TableSql& table,
                                                            const std::vector<ByteView>& keys) {
  return ask_several(table, keys, SteadyClock::now());
}

Result<std::vector<std::optional<Bytes>>> Gets::ask_several(const TableSql& table,
                                                            const std::vector<ByteView>& keys,
                                                            SteadyClock::time_point since) {
  std::vector<std::optional<ByteView>> items;
  items.reserve(keys.size());
  for (const ByteView key : keys) items.push_back(key);
  ICN_TRY_ASSIGN(answer, on_connection(pool_, options_, since, [&](Connection& connection) {
                   return rows_of(connection, table, items);
                 }));
  std::unordered_map<std::string_view, int> rows;
  for (int row = 0; row < PQntuples(answer.get()); ++row) rows[as_text(answer_bytes(answer, row, 0))] = row;
  std::vector<std::optional<Bytes>> out(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto row = rows.find(as_text(keys[i]));
    if (row != rows.end()) out[i] = to_bytes(answer_bytes(answer, row->second, 1));
  }
  return out;
}

Gets::Found Gets::ask_alone(const TableSql& table, const Question& question) {
  return on_connection(pool_, options_, question.arrived,
                       [&](Connection& connection) { return get_from(connection, table, question.key); });
}

}  // namespace icn::storage::postgresql
