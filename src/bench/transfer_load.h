#pragma once

#include <string>
#include <vector>

#include "bench/area.h"
#include "bench/members.h"

namespace icn::bench {

// Signed transfers between 256 members of a node, each of them new to it.
class TransferLoad {
 public:
  // Grants the members their start and sends a second of transfers to warm up. The node outlives this.
  static Result<TransferLoad> prepare(const NodeProcess& node, std::size_t seconds);

  // Posts as fast as they are answered, or at `rate` a second unless that is 0.
  Result<LoadResult> run(std::size_t connections, std::uint64_t rate);
  // Of the last run.
  const std::string& note() const { return note_; }

 private:
  TransferLoad(const NodeProcess& node, std::string network);
  Result<LoadResult> send(std::size_t connections, std::uint64_t rate, std::size_t seconds,
                          std::size_t count);

  const NodeProcess& node_;
  std::vector<Member> members_;
  std::string network_;
  std::size_t seconds_ = 1;
  std::uint64_t seed_ = 0;
  std::string note_;
};

}  // namespace icn::bench
