#pragma once

#include <optional>
#include <string>

#include "cli/session.h"

namespace icn::cli {

// Uploads a folder with all below it as a UnixFS directory, as IPFS clients make one, and answers its CID.
// Nothing is followed out of the folder: a symbolic link, or anything else that is neither file nor folder,
// is refused before anything is sent. None: it has been said why.
std::optional<std::string> upload_folder(Session& session, const std::string& path, bool is_public);

}  // namespace icn::cli
