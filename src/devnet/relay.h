#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "consensus/cometbft/socket.h"

namespace icn::devnet {

// What becomes of the bytes one node sends another.
struct Link {
  bool is_cut = false;  // they wait; no connection is made or ended, as with a cable that is out
  std::uint32_t delay_ms = 0;
};

// TCP relays between the nodes of one machine: each port of a node that others dial has one in front, and
// they are told the relay's. Where a connection comes from tells the kernel's table of sockets, so that no
// privileges are needed and no protocol has to help. One thread carries everything.
class Relays {
 public:
  // The node that has a socket, by its inode; none: nobody's, which no link hinders. Called on the relays'
  // thread.
  using FindNode = std::function<std::optional<std::size_t>(std::uint64_t inode)>;
  Relays(std::size_t node_count, FindNode find);
  ~Relays();  // ends all connections

  // The port of 127.0.0.1 where others reach `target_port` of a node. internal: no socket. Before start().
  Result<std::uint16_t> add(std::size_t node, std::uint16_t target_port);
  void start();

  // `links[from][to]`, from now on; those that were cut go on where they were. Thread: any.
  void set(std::vector<std::vector<Link>> links);
  // All links as they are without faults.
  void heal() { set(whole()); }
  std::vector<std::vector<Link>> whole() const;

  struct Figures {
    std::size_t connections = 0;
    std::size_t of_strangers = 0;  // that no node has dialled, as far as could be seen
    std::uint64_t bytes = 0;
  };
  Figures figures() const;

 private:
  using Time = std::uint64_t;  // milliseconds
  struct Door {
    std::size_t node = 0;
    std::uint16_t target_port = 0;
    std::uint16_t port = 0;
    consensus::Descriptor socket;
  };
  struct Chunk {
    Time due = 0;
    std::string bytes;
  };
  // One direction of a connection.
  struct Pipe {
    std::deque<Chunk> queue;
    std::size_t queued_bytes = 0;
    bool is_at_end = false;  // its source sends no more
    bool is_told = false;    // and its target knows
  };
  struct Connection {
    std::optional<std::size_t> from;
    std::size_t to = 0;
    std::uint16_t target_port = 0;
    consensus::Descriptor dialled;  // the side of who dialled
    consensus::Descriptor behind;   // the node's own port; not open while the link is cut
    Pipe there, back;
    bool is_broken = false;
  };

  void run();
  void accept_at(const Door& door);
  void carry(Connection& connection, short dialled_events, short behind_events);
  void read(Pipe& pipe, int source, const Link& link, Connection& connection);
  void write(Pipe& pipe, int target, Connection& connection);
  bool reach(Connection& connection);
  bool is_over(const Connection& connection) const;
  Link link(std::optional<std::size_t> from, std::optional<std::size_t> to) const;
  static Time now();

  const std::size_t node_count_;
  const FindNode find_;
  std::vector<Door> doors_;
  std::list<Connection> connections_;  // the thread's
  int wake_[2] = {-1, -1};
  std::atomic<bool> is_stopping_{false};
  mutable std::mutex mutex_;  // links_ and figures_
  std::vector<std::vector<Link>> links_;
  Figures figures_;
  std::thread thread_;
};

}  // namespace icn::devnet
