#include "devnet/socket_owner.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "devnet/process_usage.h"

namespace icn::devnet {
namespace {

namespace fs = std::filesystem;

// "0100007F:1F90": the port is what stands behind the colon.
std::optional<std::uint16_t> port_of(const std::string& address) {
  const std::size_t colon = address.find(':');
  if (colon == std::string::npos) return std::nullopt;
  return static_cast<std::uint16_t>(std::strtoul(address.c_str() + colon + 1, nullptr, 16));
}

}  // namespace

std::optional<std::uint64_t> other_end(std::uint16_t our_port, std::uint16_t its_port) {
  std::ifstream table("/proc/net/tcp");
  std::string line;
  std::getline(table, line);  // the head
  while (std::getline(table, line)) {
    std::istringstream fields(line);
    std::string number, local, remote, state, queues, timer, retries, user, timeout;
    std::uint64_t inode = 0;
    fields >> number >> local >> remote >> state >> queues >> timer >> retries >> user >> timeout >> inode;
    if (inode != 0 && port_of(local) == its_port && port_of(remote) == our_port) return inode;
  }
  return std::nullopt;
}

bool holds_socket(pid_t pid, std::uint64_t inode) {
  const std::string wanted = "socket:[" + std::to_string(inode) + "]";
  std::error_code ignored;
  for (const auto& file : fs::directory_iterator("/proc/" + std::to_string(pid) + "/fd", ignored)) {
    if (fs::read_symlink(file.path(), ignored) == wanted) return true;
  }
  for (const pid_t child : children_of(pid)) {
    if (holds_socket(child, inode)) return true;
  }
  return false;
}

}  // namespace icn::devnet
