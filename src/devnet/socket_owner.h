#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

namespace icn::devnet {

// The socket that is the other end of a TCP connection of this machine, by its inode: the one that is bound
// to `its_port` and connected to `our_port`. Reads /proc/net/tcp. None: there is no such connection (any
// more).
std::optional<std::uint64_t> other_end(std::uint16_t our_port, std::uint16_t its_port);

// Whether a process or one of its children has this socket. Needs no privilege for processes of one's own.
bool holds_socket(pid_t pid, std::uint64_t inode);

}  // namespace icn::devnet
