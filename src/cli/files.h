#pragma once

#include <optional>
#include <string>

#include "base/bytes.h"
#include "cli/session.h"
#include "codec/json.h"

// Files on this machine and on the node. Failures have been said when nothing is answered.
namespace icn::cli {

// The whole file; "-" is standard input.
std::optional<Bytes> read_file(Session& session, const std::string& path);
// Standard output when `path` is empty or "-".
bool write_file(Session& session, const std::string& path, ByteView content);

// Posts a file, streamed when it is large, and answers the node's JSON.
std::optional<codec::Json> upload_to(Session& session, std::string target, std::string_view content_type,
                                     const std::string& path);

// Uploads a file as content of the node and answers its CID.
std::optional<std::string> upload(Session& session, const std::string& path, bool is_public);

}  // namespace icn::cli
