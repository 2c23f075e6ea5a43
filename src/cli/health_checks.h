#pragma once

#include <string>
#include <vector>

#include "cli/session.h"
#include "codec/json.h"
#include "config/settings.h"

// What `icn doctor` looks at, one function a concern. They change nothing.
namespace icn::cli {

enum class Verdict {
  kOk,
  kHint,
  kProblem
};  // a hint is worth knowing, a problem keeps a node from working well

struct Finding {
  std::string what;  // "disk"
  Verdict verdict;
  std::string detail;  // what was found
  std::string remedy;  // what to do; empty when ok
};

Finding check_disk(const std::string& data_path);
// Folder 0700, secret files 0600.
std::vector<Finding> check_permissions(const config::Settings& settings);
Finding check_open_files(std::uint64_t connections_max);
// Whether something keeps the machine's clock right; `node_secs` is the node's time or 0.
std::vector<Finding> check_clock(TimestampSecs own_secs, TimestampSecs node_secs);
// Whether the node's API keys (the items of GET /system/api-keys) are younger than key_rotation_days; one
// that has expired opens nothing and is not counted.
Finding check_key_age(const codec::Json::Array& keys, std::uint64_t days_max, TimestampSecs now_secs);
// By the items of GET /system/invariants.
Finding check_invariants(const codec::Json::Array& items);
// Whether a node could listen there.
Finding check_port(const config::ListenAddress& address);

}  // namespace icn::cli
