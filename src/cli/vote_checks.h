#pragma once

#include <optional>
#include <string>

#include "cli/session.h"

// Checks of votes that ask no node. What does not hold ends with kNotMet.
namespace icn::cli {

// Counts the audit bundle of a file again and says what is wrong with it. `node_key`: "z6Mk...", of a node
// whose DID is no did:key.
void recount_bundle(Session& session, const std::string& path, const std::optional<std::string>& node_key);

// Checks the receipt of a ballot: the node's signature, the inclusion path if it has one, and against the
// audit bundle of its vote if `bundle_path` names one.
void verify_ballot_receipt(Session& session, const std::string& path,
                           const std::optional<std::string>& bundle_path,
                           const std::optional<std::string>& node_key);

}  // namespace icn::cli
