#pragma once

#include <string>
#include <vector>

#include "bench/members.h"
#include "bench/node_process.h"

// Credentials as the measurements have them issued and verified.
namespace icn::bench {

// DIDs whose keys the node keeps for its operator, with mana.
Result<std::vector<std::string>> make_issuers(const NodeProcess& node, std::size_t count);

// Whole HTTP requests, one credential each; issuers and holders in turn.
std::vector<std::string> issue_requests(const NodeProcess& node, const std::vector<std::string>& issuers,
                                        const std::vector<Member>& holders, std::size_t count);

// The same for `count` different credentials, which are issued first.
Result<std::vector<std::string>> verify_requests(const NodeProcess& node,
                                                 const std::vector<std::string>& issuers,
                                                 const std::vector<Member>& holders, std::size_t count);

}  // namespace icn::bench
