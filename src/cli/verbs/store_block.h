#pragma once

#include <optional>
#include <string>

#include "base/bytes.h"
#include "cli/session.h"

namespace icn::cli {

// Brings a DAG-CBOR block of governance, which everybody may read, to the node; its CID. None: it has been
// said why not.
std::optional<std::string> store_block(Session& session, ByteView block);
// The same of a salted text, as reasons are kept.
std::optional<std::string> store_reason(Session& session, const std::string& text);

}  // namespace icn::cli
