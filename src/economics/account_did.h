#pragma once

#include <string_view>

#include "base/result.h"

namespace icn::economics {

// Whether `text` can be the DID of an account: a did:key or did:icn in full. bad_did
Result<void> check_account_did(std::string_view text);

}  // namespace icn::economics
