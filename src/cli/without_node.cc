#include "cli/without_node.h"

#include <map>

#include "cli/credential_file.h"
#include "cli/refusal.h"
#include "cli/remote.h"
#include "cli/signing.h"
#include "codec/date_time.h"
#include "credentials/claim_schema.h"
#include "credentials/document_key.h"
#include "credentials/secured.h"
#include "credentials/status_pages.h"
#include "identity/did.h"
#include "identity/peer_did.h"

namespace icn::cli {
namespace {

using codec::Json;

constexpr std::uint64_t kVersion = 1;
constexpr codec::JsonLimits kListLimits{16u << 20, 24, 5'000};
const char* const kSchemasPath = "/identity/credentials/schemas";

std::string did_part(const KeyId& method) { return method.text().substr(0, method.text().find('#')); }

bool speaks_for_itself(const std::string& did) {
  return identity::is_did_key(did) || identity::read_peer_did(did).has_value();
}

// "http://mill.example:7845/identity/..." -> "mill.example:7845"
std::string host_of(const std::string& url) {
  const std::size_t scheme = url.find("://");
  const std::size_t begin = scheme == std::string::npos ? 0 : scheme + 3;
  return url.substr(begin, url.find('/', begin) - begin);
}

const std::string* text_in(const Json& json, std::string_view name) {
  const Json* member = json.find(name);
  return member == nullptr ? nullptr : member->string();
}

class Gatherer {
 public:
  explicit Gatherer(Session& session) : session_(session) {}

  bool add(const Json& value) {
    if (!credentials::is_presentation(value)) return add_credential(value);
    const auto shown = credentials::read_secured_presentation(value);
    if (!shown.ok()) return refuse(session_, shown.error()), false;
    if (!add_document(did_part(shown->seal.method), shown->seal.method, "authentication", {})) return false;
    for (const Json& each : shown->credentials) {
      if (!add_credential(each)) return false;
    }
    return true;
  }

  EvidenceFile take(std::string authority) {
    EvidenceFile out;
    out.icn_evidence = kVersion;
    out.made_at = session_.clock.now_secs();
    out.authority = authority_.empty() ? std::move(authority) : authority_;
    for (auto& [name, each] : documents_) out.did_documents.push_back(std::move(each));
    for (auto& [name, each] : lists_) out.status_lists.push_back(std::move(each));
    for (auto& [name, each] : schemas_) out.schemas.push_back(std::move(each));
    return out;
  }

 private:
  void miss(const std::string& what) { session_.fail(kNotMet, what); }

  bool add_credential(const Json& value) {
    const auto secured = credentials::read_secured_credential(value);
    if (!secured.ok()) return refuse(session_, secured.error()), false;
    const credentials::Credential& credential = secured->credential;
    if (!add_document(credential.issuer, secured->seal.method, secured->seal.purpose, secured->cid))
      return false;
    for (const credentials::StatusEntry& each : credential.statuses) {
      const bool is_asked = each.purpose == "revocation" || each.purpose == "suspension";
      if (is_asked && !lists_.contains(each.list) && !add_list(credential.issuer, each.list)) return false;
    }
    return !credential.schema || add_schema(*credential.schema);
  }

  // The newest document; where it has no such key any more, the one the ledger had when it took `anchored`.
  bool add_document(const std::string& did, const KeyId& method, const std::string& purpose,
                    const std::optional<codec::Cid>& anchored) {
    if (speaks_for_itself(did) || documents_.contains(did)) return true;
    auto document = get(session_, "/identity/did/" + segment(did));
    if (!document) return false;
    const bool has_key =
        credentials::key_in_document(*document, method, purpose, session_.clock.now_secs()).ok();
    if (!has_key && anchored) {
      if (auto former = document_at(did, method, purpose, *anchored)) document = std::move(former);
    }
    documents_.emplace(did, std::move(*document));
    return true;
  }

  std::optional<Json> answer(http::ClientRequest request) {
    const auto response = send(session_, std::move(request), Missing::kAnswered);
    if (!response || response->status != 200) return std::nullopt;
    auto json = codec::parse_json(response->body, kListLimits);
    return json.ok() ? std::optional(std::move(*json)) : std::nullopt;
  }

  std::optional<TimestampSecs> anchored_at(const std::string& issuer, const codec::Cid& cid) {
    http::ClientRequest request;
    request.target =
        target("/identity/credentials/" + segment(cid.to_string()), {{"issuer", std::string(issuer)}});
    const auto found = answer(std::move(request));
    const Json* item = found ? found->find("item") : nullptr;
    const Json* at = item != nullptr ? item->find("issued_at") : nullptr;
    if (at == nullptr || at->number() == nullptr) return std::nullopt;
    const auto secs = codec::read_uint64(*at->number());
    return secs.ok() ? std::optional(*secs) : std::nullopt;
  }

  // A block's time is in seconds: two versions may share the one of the credential.
  std::optional<Json> document_at(const std::string& did, const KeyId& method, const std::string& purpose,
                                  const codec::Cid& anchored) {
    const auto at = anchored_at(did, anchored);
    for (std::uint64_t version = 1; at; ++version) {
      http::ClientRequest request;
      request.target = target("/identity/did/" + segment(did), {{"version", std::to_string(version)}});
      request.headers.emplace_back("accept", "application/did-resolution");
      const auto found = answer(std::move(request));
      const Json* metadata = found ? found->find("didDocumentMetadata") : nullptr;
      const Json* document = found ? found->find("didDocument") : nullptr;
      if (metadata == nullptr || document == nullptr) return std::nullopt;
      const std::string* next = text_in(*metadata, "nextUpdate");
      const auto replaced =
          next != nullptr ? codec::read_date_time(*next) : Result<TimestampSecs>(Error(errors::kNotFound));
      const bool is_in_force = !replaced.ok() || *replaced >= *at;
      if (is_in_force && credentials::key_in_document(*document, method, purpose, *at).ok()) return *document;
      if (!replaced.ok()) return std::nullopt;
    }
    return std::nullopt;
  }

  // Asked under the name by which the credential knows the node: that is the id of the list then.
  bool add_list(const std::string& issuer, const std::string& url) {
    const std::size_t place = url.find(credentials::kStatusListPath);
    if (place == std::string::npos) {
      miss("the list " + url +
           " is no node's: fetch it, and give it to `icn credential verify` with --status-list");
      return true;
    }
    http::ClientRequest request;
    request.host = host_of(url);
    request.target = std::string(credentials::kStatusListPath) +
                     segment(url.substr(place + credentials::kStatusListPath.size()));
    auto list = answer(std::move(request));
    if (!list && session_.exit_code != kOk && session_.exit_code != kNotMet) return false;
    const auto secured = list ? credentials::read_secured_credential(*list)
                              : Result<credentials::SecuredCredential>(Error(errors::kNotFound));
    if (!secured.ok() || secured->credential.id != url) {
      miss("this node has no list " + url + ": ask the one at " + host_of(url) + " with --url");
      return true;
    }
    const std::string& vouching = secured->credential.issuer;
    if (vouching != issuer) authority_ = vouching;
    lists_.emplace(url, std::move(*list));
    return add_document(vouching, secured->seal.method, "assertionMethod", {});
  }

  bool add_schema(const std::string& id) {
    if (credentials::find_standard_schema(id) != nullptr || schemas_.contains(id)) return true;
    if (id.starts_with("http://") || id.starts_with("https://")) {
      miss("the schema " + id + " is not this network's: without a node it cannot be checked");
      return true;
    }
    auto found = find_schema(session_, id);
    if (!found) return false;
    schemas_.emplace(id, std::move(*found));
    return true;
  }

  Session& session_;
  std::string authority_;
  std::map<std::string, Json> documents_, lists_, schemas_;
};

}  // namespace

std::optional<Json> find_schema(Session& session, const std::string& id) {
  if (const Json* standard = credentials::find_standard_schema(id))
    return Json::object({{"id", id}, {"issuers", Json::Array{}}, {"json_schema", *standard}});
  auto reply = get(session, std::string(kSchemasPath) + "/" + segment(id));
  if (!reply) return std::nullopt;
  if (reply->find("json_schema") != nullptr) return reply;
  session.fail(kFailed, "the text of schema " + id + " is not at this node");
  return std::nullopt;
}

bool do_claims_fit(Session& session, const std::string& schema, const Json& claims) {
  const auto found = find_schema(session, schema);
  if (!found) return false;
  const auto checked = credentials::check_claims(*found->find("json_schema"), claims);
  if (checked.ok()) return true;
  refuse(session, checked.error().within(schema));
  return false;
}

std::optional<EvidenceFile> gather_evidence(Session& session, const Json& credential) {
  const auto info = node_info(session);
  if (!info) return std::nullopt;
  Gatherer gatherer(session);
  if (!gatherer.add(credential)) return std::nullopt;
  return gatherer.take(info->did);
}

Result<void> add_evidence_file(const EvidenceFile& file, credentials::OfflineEvidence& evidence) {
  for (const Json& each : file.did_documents) ICN_TRY(evidence.add_document(each));
  for (const Json& each : file.status_lists) ICN_TRY(evidence.add_status_list(each));
  for (const Json& each : file.schemas) {
    const Json* text = each.find("json_schema");
    if (text_in(each, "id") == nullptr || text == nullptr)
      return Error(errors::kMalformed, "a schema has id and json_schema");
    ICN_TRY(credentials::check_schema(*text));
  }
  return {};
}

Result<crypto::PublicKey> FileEvidence::key(const std::string& controller, const KeyId& method,
                                            const std::string& purpose,
                                            std::optional<TimestampSecs> at) const {
  return given_.key(controller, method, purpose, at);
}

Result<std::optional<credentials::AnchorEvidence>> FileEvidence::anchor(
    const credentials::SecuredCredential& credential) const {
  return given_.anchor(credential);
}

Result<credentials::StatusEvidence> FileEvidence::status(
    const credentials::SecuredCredential& credential,
    const std::vector<credentials::StatusEntry>& entries) const {
  return given_.status(credential, entries);
}

const Json* FileEvidence::find(const std::string& id) const {
  for (const Json& each : file_.schemas) {
    const std::string* name = text_in(each, "id");
    if (name != nullptr && *name == id) return &each;
  }
  return nullptr;
}

Result<std::optional<credentials::SchemaEvidence>> FileEvidence::schema(const std::string& id) const {
  const Json* found = credentials::find_standard_schema(id) == nullptr ? find(id) : nullptr;
  if (found == nullptr) return given_.schema(id);
  return std::optional(
      credentials::SchemaEvidence{*found->find("json_schema"), credentials::SchemaSubject::kClaims});
}

Result<std::vector<std::string>> FileEvidence::schema_issuers(const std::string& id) const {
  std::vector<std::string> out;
  const Json* found = find(id);
  const Json* issuers = found != nullptr ? found->find("issuers") : nullptr;
  if (issuers == nullptr || issuers->array() == nullptr) return out;
  for (const Json& each : *issuers->array()) {
    if (each.string() != nullptr) out.push_back(*each.string());
  }
  return out;
}

std::optional<EvidenceFile> read_evidence_file(Session& session, const std::string& path) {
  const auto json = read_json_file(session, path);
  if (!json) return std::nullopt;
  auto file = codec::from_json<EvidenceFile>(*json);
  if (file.ok() && file->icn_evidence == kVersion) return std::move(*file);
  session.fail(kFailed, path + (file.ok() ? ": is of another version" : ": " + file.error().detail()));
  return std::nullopt;
}

}  // namespace icn::cli
