#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "bench/program.h"
#include "bench/temporary_folder.h"

namespace icn::bench {

// A PostgreSQL server of its own (fsync on) in a temporary folder, reached by a socket in it; it ends with
// this. As root it runs as `postgres`, else `nobody`, since PostgreSQL refuses root. Errors: unavailable,
// naming what is missing or what failed. `server_options`: further words for the server, as "-c name=value".
class PostgresCluster {
 public:
  static Result<std::unique_ptr<PostgresCluster>> start(const std::string& server_options = {});
  ~PostgresCluster();
  PostgresCluster(const PostgresCluster&) = delete;
  PostgresCluster& operator=(const PostgresCluster&) = delete;

  // What a command of PostgreSQL prints.
  Result<std::string> must(const std::string& command);
  // Transactions a second of pgbench; `settings` are those of its sessions, as "-c name=value".
  Result<double> measure(const std::string& arguments, std::size_t seconds, const std::string& settings = {});
  std::string connection() const;  // a connection string
  std::string folder() const { return folder_.path().string(); }

 private:
  PostgresCluster(std::string programs, std::string user, TemporaryFolder folder)
      : programs_(std::move(programs)), user_(std::move(user)), folder_(std::move(folder)) {}
  Result<void> run_server(const std::string& options);
  std::string data() const;
  ProgramResult run(const std::string& command) const;

  std::string programs_;
  std::string user_;
  TemporaryFolder folder_;
  bool is_running_ = false;
};

// The peer of durable writes: transactions a second of pgbench TPC-B (scale 10, 16 clients) on a cluster of
// its own.
Result<double> measure_tpcb(std::size_t seconds);

}  // namespace icn::bench
