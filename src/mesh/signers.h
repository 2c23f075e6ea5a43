#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "codec/values.h"
#include "ledger/tables.h"

namespace icn::mesh {

// Whether `signature` over `message` is by verification method `key` of `signer`, as `state` knows it.
//   key_not_valid and what the resolver says;   bad_signature
Result<void> check_signer(const ledger::Reader& state, const Did& signer, const KeyId& key,
                          std::string_view message, const codec::HexBytes& signature);

struct SignedText {
  const Did& signer;
  const KeyId& key;
  std::string message;
  const codec::HexBytes& signature;
};
// check_signer() of each, in order; three together take 7/10 of three alone.
std::vector<Result<void>> check_signers(const ledger::Reader& state, std::span<const SignedText> texts);

}  // namespace icn::mesh
