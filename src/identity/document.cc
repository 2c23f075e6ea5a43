#include "identity/document.h"

#include <algorithm>
#include <cctype>

#include "crypto/key_text.h"
#include "identity/errors.h"

namespace icn::identity {
namespace {

using codec::Json;

bool is_fragment_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '-';
}
bool is_printable(char c) { return c > 0x20 && c < 0x7f; }

// scheme ":" and something after it (RFC 3986, 3.1).
bool is_uri(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == 0 || colon == std::string_view::npos || colon + 1 == text.size()) return false;
  const std::string_view scheme = text.substr(0, colon);
  return std::isalpha(static_cast<unsigned char>(scheme[0])) != 0 &&
         std::ranges::all_of(scheme, [](char c) { return is_fragment_character(c) ? c != '_' : c == '+'; }) &&
         std::ranges::all_of(text, is_printable);
}

Json method_json(std::string_view id, const Did& controller, std::string_view multikey) {
  return Json::object({{"id", id},
                       {"type", "Multikey"},
                       {"controller", controller.text()},
                       {"publicKeyMultibase", multikey}});
}

// Gathers the methods of a document and writes what is common to all.
class DocumentWriter {
 public:
  explicit DocumentWriter(const Did& did) : did_(did) {}

  void add_key(const std::string& signing_id, const std::string& agreement_id, const crypto::PublicKey& key) {
    methods_.push_back(method_json(signing_id, did_, crypto::multikey_text(key)));
    signing_.emplace_back(signing_id);
    const auto agreement = crypto::derive_x25519(key);
    if (!agreement.ok()) return;  // such keys are refused at creation; a did:key is what it is
    const std::string text = crypto::multikey_text(*agreement);
    const std::string id = agreement_id.empty() ? did_.text() + "#" + text : agreement_id;
    methods_.push_back(method_json(id, did_, text));
    agreements_.emplace_back(id);
  }

  Json finish() const {
    Json document = Json::object(
        {{"@context", Json::array({"https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"})},
         {"id", did_.text()}});
    if (methods_.empty()) return document;
    document.set("controller", did_.text());
    document.set("verificationMethod", methods_);
    for (const char* relation :
         {"authentication", "assertionMethod", "capabilityInvocation", "capabilityDelegation"}) {
      document.set(relation, signing_);
    }
    if (!agreements_.empty()) document.set("keyAgreement", agreements_);
    return document;
  }

 private:
  const Did& did_;
  Json::Array methods_;
  Json::Array signing_;
  Json::Array agreements_;
};

}  // namespace

Result<void> check_services(const std::vector<Service>& services) {
  for (std::size_t i = 0; i < services.size(); ++i) {
    const Service& service = services[i];
    const std::string where = "services[" + std::to_string(i) + "]: ";
    if (!std::ranges::all_of(service.id, is_fragment_character) || service.id.starts_with("key-")) {
      return Error(kBadService,
                   where + "id must be letters, digits and . _ - and must not begin with \"key-\"");
    }
    if (!std::ranges::all_of(service.type, is_printable)) {
      return Error(kBadService, where + "type must be printable ASCII without spaces");
    }
    if (!is_uri(service.endpoint)) return Error(kBadService, where + "endpoint must be a URI");
    const auto same_id = [&](const Service& other) { return other.id == service.id; };
    if (std::count_if(services.begin(), services.end(), same_id) > 1) {
      return Error(kBadService, where + "the id \"" + service.id + "\" comes twice");
    }
  }
  return {};
}

const DocumentKey* DidDocument::find_key(const KeyId& key) const {
  for (const DocumentKey& each : keys) {
    if (icn_key_id(id, each.number) == key) return &each;
  }
  return nullptr;
}

codec::Cid document_cid(const DidDocument& document) {
  return codec::Cid::of(codec::kDagCbor, codec::encode_block(document));
}

Json document_json(const DidDocument& document) {
  DocumentWriter writer(document.id);
  for (const DocumentKey& key : document.keys) {
    const auto public_key = crypto::PublicKey::from_bytes(key.public_key.bytes);
    ICN_ASSERT(public_key.ok());
    const std::string id = icn_key_id(document.id, key.number).text();
    writer.add_key(id, id + "-agreement", *public_key);
  }
  Json out = writer.finish();
  if (document.services.empty()) return out;
  Json::Array services;
  for (const Service& service : document.services) {
    services.push_back(Json::object({{"id", document.id.text() + "#" + service.id},
                                     {"type", service.type},
                                     {"serviceEndpoint", service.endpoint}}));
  }
  out.set("service", std::move(services));
  return out;
}

Json did_key_document_json(const Did& did, const crypto::PublicKey& key) {
  DocumentWriter writer(did);
  writer.add_key(did.text() + "#" + crypto::multikey_text(key), "", key);
  Json out = writer.finish();
  out.erase("controller");
  return out;
}

}  // namespace icn::identity
