#pragma once

#include <string>

#include "base/bytes.h"
#include "base/random.h"

namespace icn::credentials {

// A text as a DAG-CBOR block {salt, text}: 16 random bytes keep others from finding it by trying.
Bytes salted_text(Random& random, const std::string& text);
// malformed: no such block.
Result<std::string> read_salted_text(ByteView block);

}  // namespace icn::credentials
