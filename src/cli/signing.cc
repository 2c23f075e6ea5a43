#include "cli/signing.h"

#include "cli/key_file.h"
#include "cli/remote.h"
#include "crypto/key_text.h"
#include "http/authentication/sessions.h"

namespace icn::cli {
namespace {

using codec::Json;

constexpr TimestampSecs kLifetimeSecs = 300;
constexpr const char* kSessionPath = "/identity/session";

std::string text_of(const Json& json, std::string_view name) {
  const Json* member = json.find(name);
  return member != nullptr && member->string() != nullptr ? *member->string() : std::string();
}

// The id under which `multikey` stands in the document of `did`.
std::optional<std::string> method_of(Session& session, const std::string& did, const std::string& multikey) {
  const auto document = get(session, "/identity/did/" + segment(did));
  if (!document) return std::nullopt;
  const Json* methods = document->find("verificationMethod");
  if (methods != nullptr && methods->array() != nullptr) {
    for (const Json& method : *methods->array()) {
      if (text_of(method, "publicKeyMultibase") == multikey) return text_of(method, "id");
    }
  }
  session.fail(kRefused, "the key of " + session.key_file + " is none of " + did);
  return std::nullopt;
}

// The DID that --as names, or that the key of --key was made into; empty: neither.
std::string named_did(const Session& session) {
  if (!session.acting_did.empty() || session.key_file.empty()) return session.acting_did;
  return noted_did(session.key_file).value_or("");
}

}  // namespace

std::optional<NodeInfo> node_info(Session& session) {
  const auto info = get(session, "/system/info");
  if (!info) return std::nullopt;
  return NodeInfo{text_of(*info, "network_id"), text_of(*info, "node_did")};
}

std::optional<std::string> did_or_own(Session& session, const std::string& did) {
  if (!did.empty()) return did;
  if (const std::string named = named_did(session); !named.empty()) return named;
  if (!session.key_file.empty()) {
    const auto key = load_key_file(session.key_file, session.random);
    if (key.ok()) return crypto::did_key(key->public_key()).text();
    fail_key_file(session, session.key_file, key.error());
    return std::nullopt;
  }
  const auto info = node_info(session);
  if (!info) return std::nullopt;
  return info->did;
}

std::optional<Signer> signer(Session& session) {
  auto secret = load_key_file(session.key_file, session.random);
  if (!secret.ok()) {
    fail_key_file(session, session.key_file, secret.error());
    return std::nullopt;
  }
  const crypto::PublicKey& key = secret->public_key();
  const std::string own = crypto::did_key(key).text();
  const std::string named = named_did(session);
  if (named.empty() || named == own) {
    return Signer{own, crypto::did_key_method(key), std::move(*secret)};
  }
  const auto method = method_of(session, named, crypto::multikey_text(key));
  if (!method) return std::nullopt;
  return Signer{named, KeyId(*method), std::move(*secret)};
}

ledger::Transaction make_transaction(Session& session, const Signer& signer, const std::string& network,
                                     std::string_view type, Json body) {
  return ledger::make_signed({Did(signer.did), signer.key_id, signer.secret}, network, type, std::move(body),
                             session.clock.now_secs() + kLifetimeSecs, session.random);
}

std::optional<Json> sign_body(Session& session, std::string_view type, Json body) {
  const auto info = node_info(session);
  if (!info) return std::nullopt;
  const auto key = signer(session);
  if (!key) return std::nullopt;
  return codec::to_json(make_transaction(session, *key, info->network, type, std::move(body)));
}

bool open_session(Session& session) {
  if (!session.token.empty() || session.is_opening) return true;
  session.is_opening = true;  // what is asked meanwhile needs no credentials
  const auto key = signer(session);
  const auto asked = key ? post(session, kSessionPath, Json::object({})) : std::nullopt;
  std::optional<Json> opened;
  if (asked) {
    const std::string challenge = text_of(*asked, "challenge");
    const Bytes message = http::Sessions::signing_bytes(challenge, text_of(*asked, "audience"), key->key_id);
    opened = post(session, kSessionPath,
                  Json::object({{"challenge", challenge},
                                {"key", key->key_id.text()},
                                {"signature", hex_encode(key->secret.sign(message).view())}}));
  }
  session.is_opening = false;
  if (opened) session.token = text_of(*opened, "token");
  return opened.has_value();
}

std::optional<Json> write(Session& session, std::string target, std::string_view type,
                          std::string_view sender_field, Json body) {
  if (session.key_file.empty()) {
    if (!sender_field.empty()) {
      const auto did = did_or_own(session);
      if (!did) return std::nullopt;
      body.set(sender_field, *did);
    }
    return post(session, std::move(target), body);
  }
  const auto transaction = sign_body(session, type, std::move(body));
  if (!transaction) return std::nullopt;
  return post(session, std::move(target), *transaction);
}

}  // namespace icn::cli
