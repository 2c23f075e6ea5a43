#pragma once

#include <memory>
#include <optional>

#include "base/log.h"
#include "config/settings.h"
#include "federation/joining/joiner.h"

// Whether this node's data folder belongs to a federation it joined, and what follows from that. The file
// that says so outweighs the settings, which were written for the node alone.
namespace icn::node {

// None: the node did not join one.   malformed: the file cannot be read
Result<std::optional<federation::JoinedNetwork>> read_joined(const config::Settings& settings);

// Writes the genesis file and then, in one step, the file that read_joined() finds.
Result<void> write_joined(const config::Settings& settings, const federation::JoinedNetwork& joined,
                          const std::string& genesis_text);
// From the next start on the node goes on alone from its last block, as network `network` (departure.h).
Result<void> write_left(const config::Settings& settings, const std::string& network);

// The settings as they are in force in the federation: its network, engine, genesis file, engines and peers
// to dial, and a folder of its own for its ledger. The ledger from before stays where it was.
config::Settings settings_in(const config::Settings& settings, const federation::JoinedNetwork& joined);

// The settings in force: settings_in() when the node joined a federation.
Result<config::Settings> effective_settings(const config::Settings& settings);

// Sets a data folder without a ledger up to follow the federation of an invitation.   conflict: it has one;
// what FederationClient::connect() says
Result<void> follow(const config::Settings& settings, const federation::Invitation& invitation);

// The id of a network as a part of the name of a file.
std::string file_part(const std::string& network);

// Where the genesis of the federation's engine lies.
std::string genesis_file(const config::Settings& settings);

// The settings with what the invitation says of a trusted header, so that the engine of a new node fetches
// the state of a checkpoint instead of replaying all blocks. As they are when the operator has set these
// himself, when the header is a week old, or when the federation's node keeps no state. Asks it.
config::Settings with_state_sync(const config::Settings& settings, const federation::JoinedNetwork& joined,
                                 const Clock& clock, const std::shared_ptr<Log>& log);

// Gets the blocks from before the federation's engine began, when this ledger has not all of them; what is
// half there begins anew. `settings`: as in force. Nothing happens for a genesis that goes on from nothing.
Result<void> fetch_earlier(const config::Settings& settings, const federation::JoinedNetwork& joined,
                           const ledger::Rules& rules, const std::shared_ptr<Log>& log);

}  // namespace icn::node
