#pragma once

#include <string>

#include "config/settings.h"
#include "crypto/key_store.h"
#include "http/authentication/api_keys.h"
#include "ledger/api/custody.h"

namespace icn::node {

inline constexpr std::string_view kNodeKeyName = "node";

// Unlocks the key store of `settings`, or makes it on the first start.
Result<crypto::KeyStore> open_key_store(const config::Settings& settings,
                                        const crypto::SecretBytes& passphrase, Random& random);

// The operator's API key on this machine: read from `file` or, when it is missing or no longer valid, made
// and written there with mode 0600.
Result<void> ensure_operator_key(http::ApiKeys& api_keys, const std::string& file, const Did& node_did);

// The keys of api_keys.file: lines `KEY ROLE LABEL [DID ...]`, `#` for comments; KEY has at least 32
// characters, ROLE is read, member, validator or operator. They live as long as the process and cannot be
// revoked. Malformed: the file cannot be read, others than its owner may read it, or a line that does not
// fit: names the line, never the key.
Result<void> adopt_api_keys(http::ApiKeys& api_keys, const std::string& file);

// The key that this node keeps for `did`, whoever asked for it, or its own. key_not_kept
Result<ledger::Custody::Key> kept_key(const ledger::Custody& custody, const Did& did);

}  // namespace icn::node
