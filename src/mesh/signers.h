#pragma once

#include <string_view>

#include "base/ids.h"
#include "codec/values.h"
#include "ledger/tables.h"

namespace icn::mesh {

// Whether `signature` over `message` is by verification method `key` of `signer`, as `state` knows it.
//   key_not_valid and what the resolver says;   bad_signature
Result<void> check_signer(const ledger::Reader& state, const Did& signer, const KeyId& key,
                          std::string_view message, const codec::HexBytes& signature);

}  // namespace icn::mesh
