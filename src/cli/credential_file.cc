#include "cli/credential_file.h"

#include <algorithm>
#include <ostream>

#include "cli/files.h"
#include "cli/remote.h"
#include "cli/signing.h"
#include "cli/without_node.h"
#include "credentials/claim_schema.h"
#include "credentials/offline_evidence.h"
#include "credentials/sealed_claims.h"
#include "credentials/status_list.h"
#include "credentials/status_pages.h"
#include "credentials/tx/change_status.h"
#include "credentials/tx/issue.h"
#include "crypto/key_text.h"
#include "dag/salted_text.h"

namespace icn::cli {
namespace {

using codec::Json;

constexpr std::uint64_t kDaySecs = 86'400;

template <typename T>
std::optional<T> said(Session& session, Result<T> result, std::string_view where = {}) {
  if (result.ok()) return std::move(result).value();
  session.fail(kFailed, (where.empty() ? "" : std::string(where) + ": ") + result.error().detail());
  return std::nullopt;
}

// "role=baker" and "years=7": a value that is JSON is taken as such.
std::optional<Json> claims_of(Session& session, const CredentialOrder& order) {
  Json out(Json::Object{});
  for (const std::string& each : order.claims) {
    const std::size_t equals = each.find('=');
    if (equals == 0 || equals == std::string::npos) {
      session.fail(kUsage, "--claim: must be NAME=VALUE");
      return std::nullopt;
    }
    const std::string value = each.substr(equals + 1);
    auto json = codec::parse_json(value);
    out.set(each.substr(0, equals), json.ok() ? std::move(*json) : Json(value));
  }
  return out;
}

Json texts(const std::vector<std::string>& list) {
  Json::Array out;
  for (const std::string& each : list) out.emplace_back(each);
  return Json(std::move(out));
}

credentials::Format format_named(std::string_view name) {
  for (const auto& [format, each] : enum_names(credentials::Format{})) {
    if (each == name) return format;
  }
  return credentials::Format::kDataIntegrity;
}

// The key the holder's document has now, for key binding.
std::optional<crypto::PublicKey> holder_key(Session& session, const std::string& holder) {
  const auto document = get(session, "/identity/did/" + segment(holder));
  if (!document) return std::nullopt;
  const Json* methods = document->find("verificationMethod");
  if (methods && methods->array()) {
    for (const Json& each : *methods->array()) {
      const Json* text = each.find("publicKeyMultibase");
      const auto key = text && text->string() ? crypto::read_multikey(*text->string())
                                              : Result<crypto::PublicKey>(Error(errors::kNotFound));
      if (key.ok()) return *key;
    }
  }
  session.fail(kFailed, holder + ": its document has no Ed25519 key");
  return std::nullopt;
}

struct Drawn {
  credentials::Credential credential;
  std::uint32_t index = 0;
};

std::optional<Drawn> draw_up(Session& session, const CredentialOrder& order, const std::string& issuer) {
  auto claims = claims_of(session, order);
  if (!claims) return std::nullopt;
  Drawn out;
  const std::uint64_t now = session.clock.now_secs();
  Bytes id = session.random.bytes(16);
  out.credential.id = "urn:icn:credential:" + hex_encode(id);
  out.credential.types = {order.type};
  out.credential.issuer = issuer;
  out.credential.holder = order.holder;
  out.credential.valid_from = now;
  out.credential.valid_until = now + order.days * kDaySecs;
  out.credential.schema = order.schema;
  out.credential.claims = std::move(*claims);
  out.credential.terms.usage_limit = order.usage_limit;
  out.credential.terms.valid_contexts = order.contexts;
  out.index = read_u32(session.random.bytes(4)) % static_cast<std::uint32_t>(credentials::kStatusListEntries);
  for (const char* purpose : {"revocation", "suspension"}) {
    const credentials::ListName list{Did(issuer), 1, purpose};
    out.credential.statuses.push_back(
        {purpose, session.url + std::string(credentials::kStatusListPath) + list.text(), out.index});
  }
  return out;
}

// Adds what `order` brings to evidence without a network.
Result<void> add_evidence(Session& session, const VerifyOrder& order,
                          credentials::OfflineEvidence& evidence) {
  for (const std::string& each : order.authorities) evidence.add_authority(each);
  for (const std::string& each : order.documents) {
    auto json = read_json_file(session, each);
    if (!json) return Error(errors::kMalformed, each + ": cannot be read");
    ICN_TRY(evidence.add_document(std::move(*json)));
  }
  for (const std::string& each : order.status_lists) {
    const auto json = read_json_file(session, each);
    if (!json) return Error(errors::kMalformed, each + ": cannot be read");
    ICN_TRY(evidence.add_status_list(*json));
  }
  return {};
}

Json verify_options(const VerifyOrder& order) {
  Json options(Json::Object{});
  if (order.challenge) options.set("challenge", *order.challenge);
  if (order.domain) options.set("domain", *order.domain);
  if (order.context) options.set("context", *order.context);
  if (!order.trusted_issuers.empty()) options.set("trusted_issuers", texts(order.trusted_issuers));
  if (!order.authorities.empty()) options.set("status_authorities", texts(order.authorities));
  return options;
}

std::optional<Json> disclose_here(Session& session, const DiscloseOrder& order, const Json& credential) {
  const auto key = signer(session);
  if (!key) return std::nullopt;
  const std::uint64_t now = session.clock.now_secs();
  if (order.is_whole) {
    const credentials::Presenting presenting{key->did, key->key_id,     key->secret,
                                             now,      order.challenge, order.verifier};
    return credentials::make_presentation({credential}, presenting);
  }
  if (credential.string() == nullptr) {
    session.fail(kFailed, "only a credential of format dc+sd-jwt can be shown in parts");
    return std::nullopt;
  }
  auto selected =
      said(session, credentials::select_disclosures(*credential.string(), order.fields), order.file);
  if (!selected) return std::nullopt;
  return Json(credentials::bind_key(std::move(*selected), order.verifier, order.challenge, now, key->key_id,
                                    key->secret));
}

}  // namespace

std::string credential_text(const Json& credential) {
  return credential.string() ? *credential.string() : codec::write_json_pretty(credential);
}

std::optional<Json> read_json_file(Session& session, const std::string& path) {
  const auto bytes = read_file(session, path);
  if (!bytes) return std::nullopt;
  return said(session, codec::parse_json(as_text(*bytes)), path);
}

std::optional<Json> read_credential_file(Session& session, const std::string& path) {
  const auto bytes = read_file(session, path);
  if (!bytes) return std::nullopt;
  std::string_view text = as_text(*bytes);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
    text.remove_suffix(1);
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin != std::string_view::npos && (text[begin] == '{' || text[begin] == '"'))
    return said(session, codec::parse_json(text), path);
  return Json(text);
}

std::optional<IssuedHere> issue_by_node(Session& session, const CredentialOrder& order) {
  const auto issuer = did_or_own(session);
  auto claims = claims_of(session, order);
  if (!issuer || !claims) return std::nullopt;
  Json options = Json::object({{"format", order.format}, {"public", order.is_public}});
  if (order.usage_limit) options.set("usage_limit", *order.usage_limit);
  if (!order.contexts.empty()) options.set("valid_contexts", texts(order.contexts));
  if (!order.revocable_by.empty()) options.set("revocable_by", texts(order.revocable_by));
  Json body = Json::object({{"issuer", *issuer},
                            {"holder", order.holder},
                            {"type", order.type},
                            {"claims", std::move(*claims)},
                            {"expiration", session.clock.now_secs() + order.days * kDaySecs},
                            {"disclosable", texts(order.disclosable)},
                            {"options", std::move(options)}});
  if (order.schema) body.set("schema", *order.schema);
  auto answer = post(session, "/identity/credentials/issue", body);
  if (!answer) return std::nullopt;
  const Json* credential = answer->find("verifiableCredential");
  return IssuedHere{credential ? *credential : Json(), std::move(*answer)};
}

std::optional<IssuedHere> issue_here(Session& session, const CredentialOrder& order,
                                     const std::function<bool(const Json&)>& keep) {
  const auto key = signer(session);
  if (!key) return std::nullopt;
  const auto drawn = draw_up(session, order, key->did);
  if (!drawn || (order.schema && !do_claims_fit(session, *order.schema, drawn->credential.claims)))
    return std::nullopt;
  credentials::Issuing issuing{
      key->key_id, key->secret, session.clock.now_secs(), format_named(order.format), order.disclosable, {}};
  if (issuing.format == credentials::Format::kSdJwt) {
    issuing.holder_key = holder_key(session, order.holder);
    if (!issuing.holder_key) return std::nullopt;
  }
  auto secured =
      said(session, credentials::secure_credential(credentials::credential_document(drawn->credential),
                                                   issuing, session.random));
  if (!secured) return std::nullopt;
  credentials::IssueCredential::Body body;
  body.cid = credentials::credential_cid(*secured);
  body.holder = Did(order.holder);
  body.type = order.type;
  body.schema = order.schema.value_or("");
  body.expires_at = *drawn->credential.valid_until;
  body.index = drawn->index;
  body.usage_limit = order.usage_limit;
  for (const std::string& each : order.revocable_by) body.revocable_by.emplace_back(each);
  if (keep && !keep(*secured)) return std::nullopt;
  auto answer = write(session, "/identity/credentials/issue", "credential.issue", "", codec::to_json(body));
  if (!answer) return std::nullopt;
  return IssuedHere{std::move(*secured), std::move(*answer)};
}

bool open_if_sealed(Session& session, Json& answer) {
  const Json* sealed = answer.find("sealed");
  if (session.key_file.empty() || sealed == nullptr || sealed->string() == nullptr) return true;
  const auto key = signer(session);
  if (!key) return false;
  const auto bytes = base64_decode(*sealed->string());
  const auto opened =
      bytes.ok() ? credentials::open_sealed(key->secret, *bytes) : Result<crypto::SecretBytes>(bytes.error());
  if (!opened.ok()) {
    session.fail(kFailed, "the credential cannot be opened: " + opened.error().detail());
    return false;
  }
  const std::string_view text = as_text(opened->view());
  auto json = codec::parse_json(text);
  answer.set("verifiableCredential", json.ok() && json->object() ? std::move(*json) : Json(text));
  answer.erase("sealed");
  return true;
}

std::optional<Json> verify_by_node(Session& session, const VerifyOrder& order) {
  const auto value = read_credential_file(session, order.file);
  if (!value) return std::nullopt;
  Json options = verify_options(order);
  for (const auto& [member, files] :
       {std::pair("status_lists", &order.status_lists), std::pair("did_documents", &order.documents)}) {
    Json::Array list;
    for (const std::string& each : *files) {
      auto json = read_json_file(session, each);
      if (!json) return std::nullopt;
      list.push_back(std::move(*json));
    }
    if (!list.empty()) options.set(member, std::move(list));
  }
  const char* member =
      credentials::is_presentation(*value) ? "verifiablePresentation" : "verifiableCredential";
  return post(session, "/identity/credentials/verify",
              Json::object({{member, *value}, {"options", std::move(options)}}));
}

std::optional<Json> verify_offline(Session& session, const VerifyOrder& order) {
  const auto value = read_credential_file(session, order.file);
  if (!value) return std::nullopt;
  credentials::VerifyOptions options;
  options.now = session.clock.now_secs();
  options.challenge = order.challenge;
  options.domain = order.domain;
  options.context = order.context;
  if (!order.trusted_issuers.empty()) options.trusted_issuers = order.trusted_issuers;
  credentials::OfflineEvidence evidence(options.now);
  std::optional<EvidenceFile> file;
  if (order.evidence) {
    file = read_evidence_file(session, *order.evidence);
    if (!file) return std::nullopt;
    if (const auto added = add_evidence_file(*file, evidence); !added.ok()) {
      session.fail(kFailed, *order.evidence + ": " + added.error().detail());
      return std::nullopt;
    }
    // Whoever hands over a credential could bring a file of their own making: named authorities stand alone.
    if (order.authorities.empty()) evidence.add_authority(file->authority);
  }
  if (auto added = add_evidence(session, order, evidence); !added.ok()) {
    session.fail(kFailed, added.error().detail());
    return std::nullopt;
  }
  const EvidenceFile none{};
  const FileEvidence all(evidence, file ? *file : none);
  const credentials::Verification found = credentials::verify(*value, options, all);
  Json answer = Json::object({{"verified", found.verified}, {"checks", codec::to_json(found.checks)}});
  if (found.disclosed) answer.set("disclosed", *found.disclosed);
  if (file) {
    answer.set("vouched_by", file->authority);
    answer.set("is_pinned", std::ranges::find(order.authorities, file->authority) != order.authorities.end());
    answer.set("evidence_made_at", file->made_at);
  }
  return answer;
}

std::optional<Json> change_status(Session& session, const StatusOrder& order) {
  if (session.key_file.empty()) {
    Json body = Json::object({{"cid", order.cid},
                              {"reason", order.reason},
                              {"suspend", order.change == "suspend"},
                              {"lift", order.change == "lift"}});
    if (order.issuer) body.set("issuer", *order.issuer);
    if (!session.acting_did.empty()) body.set("by", session.acting_did);
    return post(session, "/identity/credentials/revoke", body);
  }
  if (!open_session(session)) return std::nullopt;
  const Json block = Json::object({{"data", base64_encode(dag::salted_text(session.random, order.reason))},
                                   {"codec", "dag-cbor"},
                                   {"type", "identity"}});
  const auto kept = post(session, "/dag/blocks", block);
  if (!kept) return std::nullopt;
  Json body = Json::object({{"cid", order.cid}, {"change", order.change}, {"reason", *kept->find("cid")}});
  if (order.issuer) body.set("issuer", *order.issuer);
  return write(session, "/identity/credentials/revoke", "credential.revoke", "", std::move(body));
}

std::optional<Json> register_schema_here(Session& session, const Json& body) {
  const Json& schema = *body.find("json_schema");
  if (const auto checked = credentials::check_schema(schema); !checked.ok()) {
    session.fail(kUsage, "FILE: " + checked.error().detail());
    return std::nullopt;
  }
  if (!open_session(session)) return std::nullopt;
  const auto kept = post(session, "/dag/blocks",
                         Json::object({{"data", base64_encode(as_bytes(codec::canonical_json(schema)))},
                                       {"codec", "raw"},
                                       {"type", "identity"},
                                       {"visibility", "public"}}));
  if (!kept) return std::nullopt;
  Json signed_body = Json::object({{"name", *body.find("name")},
                                   {"version", *body.find("version")},
                                   {"cid", *kept->find("cid")},
                                   {"issuers", *body.find("issuers")}});
  return write(session, "/identity/credentials/schemas", "credential.schema", "", std::move(signed_body));
}

std::optional<Json> anchor_disclosure(Session& session, const AnchorOrder& order) {
  Json body = Json::object({{"credential_cid", order.cid}, {"verifier", order.verifier}});
  if (order.issuer) body.set("issuer", *order.issuer);
  if (session.key_file.empty()) {
    body.set("disclosed_fields", texts(order.fields));
    return post(session, "/identity/credentials/anchor", body);
  }
  if (!open_session(session)) return std::nullopt;
  const Json shown = Json::object(
      {{"credential", order.cid}, {"fields", texts(order.fields)}, {"verifier", order.verifier}});
  const Bytes text = dag::salted_text(session.random, codec::canonical_json(shown));
  const auto kept =
      post(session, "/dag/blocks",
           Json::object({{"data", base64_encode(text)}, {"codec", "dag-cbor"}, {"type", "identity"}}));
  if (!kept) return std::nullopt;
  body.set("disclosure_cid", *kept->find("cid"));
  return write(session, "/identity/credentials/anchor", "credential.anchor", "", std::move(body));
}

void disclose(Session& session, const DiscloseOrder& order) {
  if (order.verifier.empty() || order.challenge.empty())
    return session.fail(kUsage, "--verifier and --challenge: are required");
  const auto credential = read_credential_file(session, order.file);
  if (!credential) return;
  std::optional<Json> shown;
  if (!session.key_file.empty()) {
    shown = disclose_here(session, order, *credential);
  } else {
    const auto answer = post(session, "/identity/credentials/disclose",
                             Json::object({{"credential", *credential},
                                           {"fields", texts(order.fields)},
                                           {"verifier", order.verifier},
                                           {"challenge", order.challenge}}));
    if (answer && answer->find("presentation")) shown = *answer->find("presentation");
  }
  if (!shown) return;
  const std::string text = credential_text(*shown) + "\n";
  write_file(session, order.out, as_bytes(text));
}

}  // namespace icn::cli
