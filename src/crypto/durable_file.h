#pragma once

#include <string>

#include "base/bytes.h"
#include "crypto/secret_bytes.h"

namespace icn::crypto {

enum class Existing { kReplace, kRefuse };

// Writes a file of mode 0600 so that after a crash or power loss either the old or the new content is
// there, whole: temporary file in the same folder, fsync, rename, fsync of the folder.
//   key_store_file   the detail names path and reason, also when it exists and that is refused
Result<void> write_file_durably(const std::string& path, ByteView content, Existing existing);

// At most `size_max` bytes.
//   key_store_file   missing, unreadable, or larger
Result<SecretBytes> read_secret_file(const std::string& path, std::size_t size_max);

bool file_exists(const std::string& path);

}  // namespace icn::crypto
