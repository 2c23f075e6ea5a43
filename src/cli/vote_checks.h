#pragma once

#include <optional>
#include <string>

#include "cli/command.h"
#include "cli/session.h"

// Checks of votes that ask no node. What does not hold ends with kNotMet.
namespace icn::cli {

// The node whose word the reader takes, by options. Files name a node as well, but whoever forges one names
// a node of their own: without a pin a check says so.
struct NodePin {
  std::optional<std::string> did, key;  // did:key:z6Mk...; z6Mk...
  void add_to(Command& command);
};

// Counts the audit bundle of a file again and says what is wrong with it, and who vouches for it.
void recount_bundle(Session& session, const std::string& path, const NodePin& pin);

// Counts the ballots of a file, {"options", "seats", "ballots": [{"ranking", "count"}, ...]} as POST
// /governance/tally/{method} takes them, by a voting method.
void count_ballot_file(Session& session, const std::string& method, const std::string& path);

// Checks the receipt of a ballot: the node's signature, the inclusion path if it has one, and against the
// audit bundle of its vote if `bundle_path` names one.
void verify_ballot_receipt(Session& session, const std::string& path,
                           const std::optional<std::string>& bundle_path, const NodePin& pin);

}  // namespace icn::cli
