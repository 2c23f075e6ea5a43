#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "codec/json.h"
#include "http/client.h"

namespace icn::bench {

// A node under load: a process of its own of the same program, profile `development`, RocksDB, on a free
// port of 127.0.0.1. Ends with its owner, also when that one is killed.
class NodeProcess {
 public:
  enum class Caller { kNobody, kOperator };

  // `executable`: the program icn. Everything the node keeps lies in `folder`, its log in `folder`.log.
  // `settings` as flags ("--mesh.parallel=2"). Returns when /system/ready answers 200.
  // Errors: unavailable, with the end of what the node said.
  static Result<std::unique_ptr<NodeProcess>> start(const std::string& executable,
                                                    const std::filesystem::path& folder,
                                                    const std::vector<std::string>& settings = {});
  ~NodeProcess();
  NodeProcess(const NodeProcess&) = delete;
  NodeProcess& operator=(const NodeProcess&) = delete;

  std::uint16_t port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  // From the start of the process until it was ready.
  double start_secs() const { return start_secs_; }
  const std::string& operator_key() const { return operator_key_; }
  // User and system time so far.
  double cpu_secs() const;
  std::uint64_t resident_bytes() const;
  http::Client client() const { return std::move(http::Client::make(url()).value()); }
  // A member of the answer of GET /system/info or another path; empty when there is none.
  Result<std::string> ask(const std::string& path, const std::string& member) const;
  // What it answers to POST.
  //   conflict   it answered 409
  //   internal   it refused otherwise
  Result<codec::Json> post(const std::string& path, std::string json,
                           Caller caller = Caller::kOperator) const;

 private:
  NodeProcess() = default;
  Result<void> wait_until_ready(int output, const std::filesystem::path& log);

  pid_t pid_ = -1;
  std::uint16_t port_ = 0;
  double start_secs_ = 0;
  std::string operator_key_;
};

}  // namespace icn::bench
