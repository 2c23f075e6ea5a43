#include "storage/postgresql/connection.h"

#include <poll.h>

#include "storage/errors.h"
#include "storage/postgresql/errors.h"
#include "storage/sql/columns.h"

namespace icn::storage::postgresql {
namespace {

// How long after the server should have given a statement up we take the connection for dead.
constexpr std::uint64_t kGraceMs = 5'000;

std::string trimmed(const char* text) {
  std::string out = text != nullptr ? text : "";
  while (!out.empty() && (out.back() == '\n' || out.back() == ' ')) out.pop_back();
  return out;
}

std::string state_of(const PGresult* result) {
  const char* const field = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  return field != nullptr ? field : "";
}

// By SQLSTATE: https://www.postgresql.org/docs/15/errcodes-appendix.html
Error error_of(const PGresult* result, const std::string& state) {
  const std::string text = trimmed(PQresultErrorMessage(result));
  if (state == "53100") return Error(kFull, text);
  if (state == "XX001" || state == "XX002") return Error(kCorrupt, text);
  if (state == "42501" || state == "25006") return Error(kNotWritable, text);
  // What is said of a connection the server itself wants tells where to: that is for its own log.
  if (state.starts_with("08"))
    return Error(kAway, "a server that keeps a part of the tables does not answer (" + state + ")");
  // It goes down or comes up, has no connection left, or ran into its time limit.
  if (state.starts_with("57P") || state == "53300" || state == "57014") return Error(kAway, text);
  return Error(kInputOutput, text);
}

std::string statement_name(std::uint32_t id) { return "icn" + std::to_string(id); }

}  // namespace

void Parameters::bytes(ByteView value) {
  // A null pointer would be a null.
  values_.push_back(value.empty() ? "" : reinterpret_cast<const char*>(value.data()));
  sizes_.push_back(static_cast<int>(value.size()));
}

void Parameters::owned(Bytes value) {
  owned_.push_back(std::make_unique<Bytes>(std::move(value)));
  bytes(*owned_.back());
}

void Parameters::number(std::int64_t value) {
  Bytes out;
  append_u64(out, static_cast<std::uint64_t>(value));
  owned(std::move(out));
}

void Parameters::null() {
  values_.push_back(nullptr);
  sizes_.push_back(0);
}

Bytes array_of(const std::vector<std::optional<ByteView>>& items, std::uint32_t type) {
  std::size_t size = 20;
  for (const auto& item : items) size += 4 + (item ? item->size() : 0);
  Bytes out;
  out.reserve(size);
  append_u32(out, items.empty() ? 0 : 1);  // dimensions
  append_u32(out, 1);                      // may hold nulls
  append_u32(out, type);
  if (items.empty()) return out;
  append_u32(out, static_cast<std::uint32_t>(items.size()));
  append_u32(out, 1);  // number of the first
  for (const auto& item : items) {
    append_u32(out, item ? static_cast<std::uint32_t>(item->size()) : ~std::uint32_t{0});
    if (item) append(out, *item);
  }
  return out;
}

Result<std::unique_ptr<Connection>> Connection::open(const std::string& url,
                                                     const PostgresqlOptions& options) {
  auto out = std::make_unique<Connection>();
  out->query_timeout_ms_ = options.query_timeout_ms;
  const std::string connect_secs =
      std::to_string(std::max<std::uint64_t>(2, options.connection_timeout_ms / 1000));
  const std::string silence_ms = std::to_string(options.query_timeout_ms + kGraceMs);
  // What the connection string says stands last and wins.
  const char* const names[] = {"connect_timeout", "tcp_user_timeout", "fallback_application_name",
                               "client_encoding", "dbname",           nullptr};
  const char* const values[] = {
      connect_secs.c_str(), silence_ms.c_str(), "icn", "UTF8", url.c_str(), nullptr};
  out->connection_.reset(PQconnectdbParams(names, values, 1));
  PGconn* const connection = out->connection_.get();
  if (PQstatus(connection) != CONNECTION_OK) {
    return Error(kAway, "PostgreSQL: " + trimmed(PQerrorMessage(connection)));
  }
  PQsetNoticeProcessor(
      connection, [](void*, const char*) {}, nullptr);
  constexpr int kVersionMin = 120'000;
  const char* const encoding = PQparameterStatus(connection, "server_encoding");
  if (PQserverVersion(connection) < kVersionMin || encoding == nullptr ||
      std::string_view(encoding) != "UTF8") {
    return Error(kInputOutput,
                 "PostgreSQL: a server of version 12 or newer and a database of encoding UTF8 are needed");
  }
  // All we ask for stands in an index; a plan that was made while a table was small would say otherwise. No
  // statement gains by a plan of its own for each array or range, and making one costs more than a row.
  ICN_TRY(out->run("SET search_path = " + sql::quoted(options.schema) +
                   ", pg_catalog; SET statement_timeout = " + std::to_string(options.query_timeout_ms) +
                   "; SET enable_seqscan = off; SET enable_bitmapscan = off; SET jit = off"
                   "; SET plan_cache_mode = force_generic_plan"));
  return out;
}

Error Connection::lost() {
  is_lost_ = true;
  return Error(kAway, "PostgreSQL: the connection was lost: " + trimmed(PQerrorMessage(connection_.get())));
}

Result<Answer> Connection::checked(Answer answer) {
  if (answer == nullptr) return lost();
  switch (PQresultStatus(answer.get())) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_PIPELINE_SYNC:
      return answer;
    default:
      break;
  }
  if (PQstatus(connection_.get()) == CONNECTION_BAD) return lost();
  state_ = state_of(answer.get());
  return error_of(answer.get(), state_).within("PostgreSQL");
}

Result<Answer> Connection::run(const std::string& sql) {
  used = SteadyClock::now();
  return checked(Answer(PQexec(connection_.get(), sql.c_str())));
}

Result<void> Connection::prepare_sql(std::uint32_t id, const std::string& sql) {
  const auto done =
      checked(Answer(PQprepare(connection_.get(), statement_name(id).c_str(), sql.c_str(), 0, nullptr)));
  if (!done.ok()) return done.error().within(sql);
  prepared_.insert(id);
  return {};
}

Result<Answer> Connection::execute(std::uint32_t id, const Parameters& parameters) {
  used = SteadyClock::now();
  const std::vector<int> formats = parameters.formats();
  return checked(Answer(PQexecPrepared(connection_.get(), statement_name(id).c_str(), parameters.count(),
                                       parameters.values(), parameters.sizes(), formats.data(), 1)));
}

Result<void> Connection::enter_pipeline() {
  if (PQpipelineStatus(connection_.get()) != PQ_PIPELINE_OFF) return {};
  used = SteadyClock::now();
  if (PQenterPipelineMode(connection_.get()) != 1 || PQsetnonblocking(connection_.get(), 1) != 0)
    return lost();
  return {};
}

Result<void> Connection::send(std::uint32_t id, const Parameters& parameters) {
  ICN_TRY(enter_pipeline());
  const std::vector<int> formats = parameters.formats();
  if (PQsendQueryPrepared(connection_.get(), statement_name(id).c_str(), parameters.count(),
                          parameters.values(), parameters.sizes(), formats.data(), 1) != 1) {
    return lost();
  }
  return {};
}

Result<void> Connection::push() {
  return PQflush(connection_.get()) < 0 ? Result<void>(lost()) : Result<void>();
}

// Sends what waits and reads what comes: both at once, or two full buffers would wait for each other.
Result<void> Connection::wait_for_answer() {
  const auto deadline = SteadyClock::now() + std::chrono::milliseconds(query_timeout_ms_ + kGraceMs);
  while (true) {
    const int unsent = PQflush(connection_.get());
    if (unsent < 0) return lost();
    if (unsent == 0 && PQisBusy(connection_.get()) == 0) return {};
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - SteadyClock::now()).count();
    pollfd socket{PQsocket(connection_.get()), static_cast<short>(unsent > 0 ? POLLIN | POLLOUT : POLLIN), 0};
    const int ready = left > 0 ? ::poll(&socket, 1, static_cast<int>(left)) : 0;
    if (ready == 0) return lost();
    if (ready < 0) continue;
    if ((socket.revents & ~POLLOUT) != 0 && PQconsumeInput(connection_.get()) != 1) return lost();
  }
}

Result<void> Connection::wait_for_input(int wait_ms) {
  pollfd socket{PQsocket(connection_.get()), POLLIN, 0};
  if (::poll(&socket, 1, wait_ms) > 0 && PQconsumeInput(connection_.get()) != 1) return lost();
  return {};
}

std::optional<std::string> Connection::notification() {
  const std::unique_ptr<PGnotify, decltype(&PQfreemem)> notified(PQnotifies(connection_.get()), &PQfreemem);
  return notified == nullptr ? std::optional<std::string>() : std::string(notified->extra);
}

Result<std::vector<Answer>> Connection::answers() {
  if (PQpipelineSync(connection_.get()) != 1) return lost();
  std::vector<Answer> out;
  std::optional<Error> failure;
  while (true) {
    ICN_TRY(wait_for_answer());
    Answer answer(PQgetResult(connection_.get()));
    if (answer == nullptr) {  // between two statements
      if (PQstatus(connection_.get()) == CONNECTION_BAD) return lost();
      continue;
    }
    const ExecStatusType status = PQresultStatus(answer.get());
    if (status == PGRES_PIPELINE_SYNC) break;
    if (status == PGRES_PIPELINE_ABORTED) continue;
    auto one = checked(std::move(answer));
    if (is_lost()) return lost();
    if (!one.ok()) {
      if (!failure) failure = one.error();
    } else {
      out.push_back(std::move(*one));
    }
  }
  if (PQexitPipelineMode(connection_.get()) != 1 || PQsetnonblocking(connection_.get(), 0) != 0)
    return lost();
  if (failure) return *failure;
  return out;
}

}  // namespace icn::storage::postgresql
