#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

#include "storage/postgresql/postgresql_engine.h"

// Inside this folder only.
namespace icn::storage::postgresql {

using SteadyClock = std::chrono::steady_clock;

struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Answer = std::unique_ptr<PGresult, ClearResult>;

inline ByteView answer_bytes(const Answer& answer, int row, int column) {
  return as_bytes(std::string_view(PQgetvalue(answer.get(), row, column),
                                   static_cast<std::size_t>(PQgetlength(answer.get(), row, column))));
}
inline std::string answer_text(const Answer& answer, int row, int column) {
  return to_text(answer_bytes(answer, row, column));
}

// Parameters in binary form. The bytes given to bytes() are the caller's until they were sent.
class Parameters {
 public:
  void bytes(ByteView value);
  void owned(Bytes value);
  void number(std::int64_t value);
  void null();

  int count() const { return static_cast<int>(values_.size()); }
  const char* const* values() const { return values_.data(); }
  const int* sizes() const { return sizes_.data(); }
  std::vector<int> formats() const { return std::vector<int>(values_.size(), 1); }

 private:
  std::vector<const char*> values_;
  std::vector<int> sizes_;
  std::vector<std::unique_ptr<Bytes>> owned_;
};

// The binary form of a one-dimensional array; none is a null.
inline constexpr std::uint32_t kByteaType = 17;
inline constexpr std::uint32_t kTextType = 25;
Bytes array_of(const std::vector<std::optional<ByteView>>& items, std::uint32_t type);

// Thread: one at a time (mutex).
class Connection {
 public:
  // Within connection_timeout_ms. Its searches are in options.schema. Errors: kAway with what libpq says.
  static Result<std::unique_ptr<Connection>> open(const std::string& url, const PostgresqlOptions& options);

  // One or several statements without parameters; the answer of the last one, as text.
  Result<Answer> run(const std::string& sql);
  // Prepares the statement `id` when it is not yet.
  template <typename MakeSql>
  Result<void> prepare(std::uint32_t id, const MakeSql& make_sql) {
    return prepared_.contains(id) ? Result<void>() : prepare_sql(id, make_sql());
  }
  // A prepared statement; the answer in binary form.
  Result<Answer> execute(std::uint32_t id, const Parameters& parameters);

  // The same sent one after the other without waiting for each. Then answers() gives those of all, or the
  // first error: what follows it was not executed.
  Result<void> send(std::uint32_t id, const Parameters& parameters);
  // What was sent is on its way before more is made.
  Result<void> push();
  Result<std::vector<Answer>> answers();

  // For a connection that listens: waits up to `wait_ms` until something has arrived, and reads it.
  Result<void> wait_for_input(int wait_ms);
  // The payload of the next notification that was read.
  std::optional<std::string> notification();

  // SQLSTATE of the newest error of a statement; empty: there was none.
  const std::string& state() const { return state_; }
  // Whether it was cut: of no use any more.
  bool is_lost() const { return is_lost_ || PQstatus(connection_.get()) == CONNECTION_BAD; }
  int process() const { return PQbackendPID(connection_.get()); }

  SteadyClock::time_point opened = SteadyClock::now();
  SteadyClock::time_point used = SteadyClock::now();
  std::mutex mutex;

 private:
  struct Close {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };
  Result<void> prepare_sql(std::uint32_t id, const std::string& sql);
  Result<void> enter_pipeline();
  Result<void> wait_for_answer();
  Result<Answer> checked(Answer answer);
  Error lost();

  std::unique_ptr<PGconn, Close> connection_;
  std::unordered_set<std::uint32_t> prepared_;
  std::uint64_t query_timeout_ms_ = 0;
  std::string state_;
  bool is_lost_ = false;
};

}  // namespace icn::storage::postgresql
