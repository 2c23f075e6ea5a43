#pragma once

#include "backup/writer.h"
#include "cli/session.h"
#include "node/restore.h"

// Where `icn storage` reads a backup from.
namespace icn::cli {

// A backup in a folder (`name` empty: the newest), in a file, or on standard input ("-").
// not_found: no such folder or backup.
Result<node::Feed> feed_from(Session& session, const std::string& source, const std::string& name);

// What the node was asked for and did not do; the detail is the line for the operator.
inline constexpr ErrorKind kNoNode{Category::kUnavailable, "no_node", "no node answers"};
inline constexpr ErrorKind kNodeRefuses{Category::kForbidden, "node_refuses", "the node refuses"};

// A backup that the running node makes now. `known`: pieces it need not send; outlives the feed.
//   no_node, node_refuses
node::Feed feed_from_node(Session& session, const backup::KnownPieces& known);

}  // namespace icn::cli
