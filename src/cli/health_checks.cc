#include "cli/health_checks.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <optional>

#include "node/open_files.h"

namespace icn::cli {
namespace {

constexpr std::uint64_t kDiskFreeMin = 1ull << 30;
constexpr TimestampSecs kSkewMax = 5;
constexpr TimestampSecs kBuiltAfter = 1'735'689'600;  // 2025-01-01

Finding check_mode(const std::string& what, const std::string& path, mode_t wanted) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return {what, Verdict::kOk, path + " is not there yet", ""};
  char mode[8];
  std::snprintf(mode, sizeof mode, "%04o", status.st_mode & 07777u);
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    char command[16];
    std::snprintf(command, sizeof command, "chmod %o ", wanted);
    return {what, Verdict::kProblem, path + " has mode " + mode + ": others may read it", command + path};
  }
  if (status.st_uid != ::geteuid()) {
    return {what, Verdict::kHint, path + " belongs to another user", "run this as the user the node runs as"};
  }
  return {what, Verdict::kOk, path + " has mode " + mode, ""};
}

// 0: free; else errno of bind.
int try_bind(const config::ListenAddress& address) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICHOST;
  addrinfo* found = nullptr;
  if (::getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &found) != 0)
    return EADDRNOTAVAIL;
  const int handle = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int failure = handle < 0 ? errno : 0;
  if (handle >= 0) {
    const int yes = 1;
    ::setsockopt(handle, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (::bind(handle, found->ai_addr, found->ai_addrlen) != 0) failure = errno;
    ::close(handle);
  }
  ::freeaddrinfo(found);
  return failure;
}

}  // namespace

Finding check_disk(const std::string& data_path) {
  std::filesystem::path at = std::filesystem::absolute(data_path);
  while (!std::filesystem::exists(at) && at.has_parent_path() && at != at.root_path()) at = at.parent_path();
  struct statvfs status {};
  if (::statvfs(at.c_str(), &status) != 0)
    return {"disk", Verdict::kProblem, at.string() + " cannot be read", "check the path"};
  const std::uint64_t free = status.f_bavail * status.f_frsize;
  const std::string detail = std::to_string(free >> 20) + " MiB free at " + at.string();
  if (free < kDiskFreeMin)
    return {"disk", Verdict::kProblem, detail, "free some: a full disk stops writes (1 GiB at least)"};
  return {"disk", Verdict::kOk, detail, ""};
}

std::vector<Finding> check_permissions(const config::Settings& settings) {
  return {check_mode("data folder", settings.data_path, 0700),
          check_mode("key store", config::key_store_file(settings), 0600),
          check_mode("operator key", settings.data_path + "/operator-api-key", 0600),
          check_mode("passphrase",
                     settings.key_passphrase_file.empty() ? settings.data_path + "/passphrase"
                                                          : settings.key_passphrase_file,
                     0600)};
}

Finding check_open_files(std::uint64_t connections_max) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const std::uint64_t wanted = connections_max + node::kOtherFiles;
  // A node raises its limit to the hard one.
  const std::string detail = std::to_string(limit.rlim_max) + " open files allowed";
  if (limit.rlim_max < wanted) {
    return {"open files", Verdict::kHint, detail,
            "allow " + std::to_string(wanted) +
                " for http.connections_max connections (ulimit -n, LimitNOFILE=)"};
  }
  return {"open files", Verdict::kOk, detail, ""};
}

Finding check_key_age(const codec::Json::Array& keys, std::uint64_t days_max, TimestampSecs now_secs) {
  constexpr TimestampSecs kDay = 86'400;
  const auto secs_at = [](const codec::Json& key, std::string_view name) -> std::optional<TimestampSecs> {
    const codec::Json* const value = key.find(name);
    if (value == nullptr || value->number() == nullptr) return std::nullopt;
    const auto secs = codec::read_uint64(*value->number());
    return secs.ok() ? std::optional(*secs) : std::nullopt;
  };
  std::size_t old = 0;
  for (const codec::Json& key : keys) {
    const auto expires_at = secs_at(key, "expires_at");
    const bool is_over = expires_at && *expires_at <= now_secs;
    if (!is_over && secs_at(key, "created_at").value_or(now_secs) + days_max * kDay <= now_secs) ++old;
  }
  if (days_max == 0 || old == 0)
    return {"API keys", Verdict::kOk, std::to_string(keys.size()) + ", none of them too old", ""};
  return {
      "API keys", Verdict::kHint,
      std::to_string(old) + " of " + std::to_string(keys.size()) + " are older than " +
          std::to_string(days_max) + " days (key_rotation_days)",
      "icn keys create, then icn keys revoke the old one; the operator's own: revoke it and start the node"};
}

Finding check_invariants(const codec::Json::Array& items) {
  const auto text_of = [](const codec::Json& item, std::string_view name) {
    const codec::Json* const text = item.find(name);
    return text != nullptr && text->string() != nullptr ? *text->string() : "(no " + std::string(name) + ")";
  };
  std::string broken;
  for (const codec::Json& item : items) {
    const codec::Json* const ok = item.find("ok");
    if (ok != nullptr && ok->boolean() != nullptr && *ok->boolean()) continue;
    broken += (broken.empty() ? "" : "; ") + text_of(item, "name") + ": " + text_of(item, "detail");
  }
  if (broken.empty()) return {"ledger", Verdict::kOk, std::to_string(items.size()) + " invariants hold", ""};
  return {"ledger", Verdict::kProblem, broken, "stop the node and run icn ledger verify"};
}

std::vector<Finding> check_clock(TimestampSecs own_secs, TimestampSecs node_secs) {
  std::vector<Finding> out;
  if (own_secs < kBuiltAfter) {
    out.push_back({"clock", Verdict::kProblem, "the clock of this machine is years behind",
                   "set it; signatures expire by it"});
    return out;
  }
  timex state{};
  if (::adjtimex(&state) == TIME_ERROR) {
    out.push_back(
        {"clock", Verdict::kHint, "nothing keeps the clock right", "install chrony or systemd-timesyncd"});
  } else {
    out.push_back({"clock", Verdict::kOk, "kept right by a time service", ""});
  }
  if (node_secs != 0) {
    const TimestampSecs skew = own_secs > node_secs ? own_secs - node_secs : node_secs - own_secs;
    const std::string detail = std::to_string(skew) + " s between the node's clock and this machine's";
    out.push_back(skew > kSkewMax
                      ? Finding{"node's clock", Verdict::kProblem, detail, "set both by a time service"}
                      : Finding{"node's clock", Verdict::kOk, detail, ""});
  }
  return out;
}

Finding check_port(const config::ListenAddress& address) {
  const std::string at = address.host + ":" + std::to_string(address.port);
  const int failure = try_bind(address);
  if (failure == 0) return {"port", Verdict::kOk, at + " is free", ""};
  if (failure == EADDRINUSE) {
    return {"port", Verdict::kProblem, at + " is taken by another program",
            "stop it, or choose another with http_listen_addr (ICN_HTTP_LISTEN_ADDR)"};
  }
  return {"port", Verdict::kProblem, at + ": " + std::strerror(failure),
          "choose another address with http_listen_addr"};
}

}  // namespace icn::cli
