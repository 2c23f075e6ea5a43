#pragma once

#include <optional>
#include <string>

#include "identity/api/context.h"
#include "identity/tx/change.h"

// What the write endpoints of identity share.
namespace icn::identity::api {

// The answer to a change of a DID.
struct DidAnswer {
  Did did;
  codec::Json document;      // W3C DID Core JSON
  std::string key_custody;   // "node" or "client"
  std::optional<KeyId> key;  // the new key, where there is one
  std::optional<std::uint64_t> version;
  std::optional<TransactionId> transaction_id;
  std::optional<std::uint64_t> height;
  static constexpr std::string_view schema_name = "DidAnswer";
  static constexpr auto fields() {
    using codec::field;
    return described(
        field("did", &DidAnswer::did), field("document", &DidAnswer::document, "W3C DID document"),
        field("key_custody", &DidAnswer::key_custody, "who keeps the secret key: node or client"),
        field("key", &DidAnswer::key, "id of the new key, where there is one"),
        field("version", &DidAnswer::version, "of a did:icn"),
        field("transaction_id", &DidAnswer::transaction_id), field("height", &DidAnswer::height));
  }
};

// A key that was made and kept for one transaction.
struct PendingKey {
  Did did;
  crypto::PublicKey key;
};

// Answers with the document as the commit left it. A pending key that did not become part of it (the
// transaction failed, or was a retry of one with another key) is forgotten.
ledger::Answer answer_with_document(Api& api, int success_status, std::optional<PendingKey> pending = {});

// Malformed unless the signed transaction's sender is the DID of the path.
Result<void> check_sender_is_path(const http::Request& request, const codec::Json& transaction);

// Malformed unless "did" in the body of the signed transaction is the DID of the path.
Result<void> check_subject_is_path(const http::Request& request, const codec::Json& transaction);

// The proof of possession of a key the node made.
codec::HexBytes key_proof(const Api& api, const Did& did, const codec::HexBytes& nonce,
                          const crypto::SecretKey& key);

bool is_development(const Api& api);

}  // namespace icn::identity::api
