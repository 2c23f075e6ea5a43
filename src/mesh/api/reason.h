#pragma once

#include "http/call.h"
#include "mesh/api/context.h"

namespace icn::mesh::api {

// Keeps somebody's reason as a private block with a salt, so that it cannot be guessed from its CID. It is
// stored later; errors of the block's form.
Result<codec::Cid> keep_reason(const Api& api, const http::Call& call, const Did& author,
                               const std::string& reason);

}  // namespace icn::mesh::api
