#pragma once

#include <string>
#include <vector>

#include "bench/load_generator.h"
#include "bench/members.h"
#include "bench/node_process.h"

// Members, proposals and ballots as the measurements of votes send them.
namespace icn::bench {

// Names them members of scope local.
Result<void> enroll(const NodeProcess& node, const std::vector<Member>& members);

// A proposal of the first member's whose voting has begun; `more` are further members of its body. Its id.
Result<std::string> open_vote(const NodeProcess& node, const std::vector<Member>& members,
                              const std::string& network, std::uint64_t voting_secs,
                              codec::Json::Object more = {});

// `count` signed proposals of `members` (a multiple of 4), no more of a member or scope than may be open:
// each four members are named the members of as many scopes of their own as that takes. A member pays the fee
// of count / members of them.
Result<std::vector<std::string>> sign_proposals(const NodeProcess& node, const std::vector<Member>& members,
                                                const std::string& network, std::size_t count);

// Posts ballots nobody has sent before, of all members in turn, as fast as they are answered or at `rate`.
struct Ballots {
  const NodeProcess& node;
  const std::vector<Member>& members;
  std::string network;
  std::string proposal;
  std::size_t seconds;
  std::uint64_t seed = 1;
  std::string note = {};  // of the last run

  Result<LoadResult> run(std::uint64_t rate);
};

}  // namespace icn::bench
