#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/session.h"
#include "codec/json.h"
#include "crypto/ed25519.h"
#include "ledger/transaction.h"

// Who acts, and how a write reaches the ledger. Failures have been said when nothing is answered.
namespace icn::cli {

// What GET /system/info says.
struct NodeInfo {
  std::string network;
  std::string did;
};
std::optional<NodeInfo> node_info(Session& session);

// `did` when given, else --as, else the DID of --key (the noted one, or its did:key), else the node's own.
std::optional<std::string> did_or_own(Session& session, const std::string& did = {});

// The key of --key and the verification method that stands for it in the acting DID's document.
struct Signer {
  std::string did;
  KeyId key_id;
  crypto::SecretKey secret;
};
std::optional<Signer> signer(Session& session);

// Makes every later request of this session one of the member whose key --key names: what is uploaded is
// theirs, what they may read is answered. Once; false: it has been said.
bool open_session(Session& session);

// A signed transaction of `type`, valid for five minutes.
ledger::Transaction make_transaction(Session& session, const Signer& signer, const std::string& network,
                                     std::string_view type, codec::Json body);

// `body` as a transaction of `type` for this node, signed with the key of --key.
std::optional<codec::Json> sign_body(Session& session, std::string_view type, codec::Json body);

// Posts `body` to `target`: with --key as a transaction of `type` signed here, else plain with the acting DID
// under `sender_field` (none when empty), which the node signs for.
std::optional<codec::Json> write(Session& session, std::string target, std::string_view type,
                                 std::string_view sender_field, codec::Json body);

}  // namespace icn::cli
