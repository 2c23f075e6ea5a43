#include "credentials/credential.h"

#include <algorithm>

#include "codec/date_time.h"

namespace icn::credentials {
namespace {

using codec::Json;

Error bad(std::string_view what) { return Error(kBadCredential, std::string(what)); }

// An absolute URI has a scheme.
bool is_uri(std::string_view text) {
  const std::size_t colon = text.find(':');
  return colon != std::string_view::npos && colon > 0 && colon + 1 < text.size() &&
         text.find_first_of(" \t\r\n\"<>\\^`{|}") == std::string_view::npos;
}

Result<std::optional<TimestampSecs>> time_member(const Json& document, std::string_view name) {
  const Json* found = document.find(name);
  if (found == nullptr) return std::optional<TimestampSecs>();
  if (found->string() == nullptr) return bad(std::string(name) + ": must be a text");
  auto time = codec::read_date_time(*found->string());
  if (!time.ok()) return bad(std::string(name) + ": " + time.error().detail());
  return std::optional<TimestampSecs>(*time);
}

Result<void> check_context(const Json& document) {
  const Json* context = document.find("@context");
  const Json::Array* items = context ? context->array() : nullptr;
  if (items == nullptr || items->empty() || items->front().string() == nullptr ||
      *items->front().string() != kContextV2) {
    return bad("@context: must be a list that begins with \"" + std::string(kContextV2) + "\"");
  }
  for (const Json& each : *items) {
    if (each.object() == nullptr && (each.string() == nullptr || !is_uri(*each.string())))
      return bad("@context: must hold URLs and objects only");
  }
  return {};
}

// The objects of a member that is one object or a list of them.
Result<std::vector<const Json*>> object_list(const Json& document, std::string_view name) {
  std::vector<const Json*> out;
  const Json* found = document.find(name);
  if (found == nullptr) return out;
  if (found->object() != nullptr) {
    out.push_back(found);
  } else if (found->array() != nullptr) {
    for (const Json& each : *found->array()) out.push_back(&each);
  }
  const bool are_objects =
      std::ranges::all_of(out, [](const Json* each) { return each->object() != nullptr; });
  if (out.empty() || !are_objects) return bad(std::string(name) + ": must be an object or a list of objects");
  return out;
}

Result<std::string> text_of(const Json& object, std::string_view name, std::string_view where) {
  const Json* found = object.find(name);
  if (found == nullptr || found->string() == nullptr || found->string()->empty())
    return bad(std::string(where) + "." + std::string(name) + ": must be a text");
  return *found->string();
}

Result<std::uint64_t> index_of(const Json& entry) {
  const Json* found = entry.find("statusListIndex");
  if (found && found->string()) {
    auto number = codec::read_uint64({*found->string()});
    if (number.ok()) return *number;
  }
  return bad("credentialStatus.statusListIndex: must be a whole number as a text");
}

// Bitstring Status List 2.1: statusSize is 1 unless said.
Result<void> check_one_bit(const Json& entry) {
  const Json* size = entry.find("statusSize");
  if (size == nullptr) return {};
  const auto bits = size->number() ? codec::read_uint64(*size->number()) : Result<std::uint64_t>(bad(""));
  if (!bits.ok() || *bits == 0) return bad("credentialStatus.statusSize: must be a whole number from 1");
  if (*bits == 1) return {};
  return Error(kUnsupportedProof,
               "credentialStatus.statusSize: entries of more than one bit are not known here");
}

Result<void> read_statuses(const Json& document, Credential& out) {
  ICN_TRY_ASSIGN(entries, object_list(document, "credentialStatus"));
  for (const Json* each : entries) {
    ICN_TRY_ASSIGN(type, text_of(*each, "type", "credentialStatus"));
    if (type != "BitstringStatusListEntry") {
      return Error(kUnsupportedProof, "credentialStatus: type \"" + type.substr(0, 60) +
                                          "\" is not known here; BitstringStatusListEntry is");
    }
    StatusEntry entry;
    ICN_TRY_ASSIGN(purpose, text_of(*each, "statusPurpose", "credentialStatus"));
    ICN_TRY_ASSIGN(list, text_of(*each, "statusListCredential", "credentialStatus"));
    ICN_TRY_ASSIGN(index, index_of(*each));
    if (!is_uri(list)) return bad("credentialStatus.statusListCredential: must be a URL");
    ICN_TRY(check_one_bit(*each));
    out.statuses.push_back({std::move(purpose), std::move(list), index});
  }
  return {};
}

Result<void> read_schema(const Json& document, Credential& out) {
  ICN_TRY_ASSIGN(schemas, object_list(document, "credentialSchema"));
  if (schemas.size() > 1) return bad("credentialSchema: more than one is not taken");
  if (schemas.empty()) return {};
  ICN_TRY_ASSIGN(type, text_of(*schemas.front(), "type", "credentialSchema"));
  if (type != "JsonSchema") {
    return Error(kUnsupportedProof,
                 "credentialSchema: type \"" + type.substr(0, 60) + "\" is not known here; JsonSchema is");
  }
  ICN_TRY_ASSIGN(id, text_of(*schemas.front(), "id", "credentialSchema"));
  out.schema = std::move(id);
  return {};
}

Result<void> read_subject(const Json& document, Credential& out) {
  ICN_TRY_ASSIGN(subjects, object_list(document, "credentialSubject"));
  if (subjects.size() != 1) return bad("credentialSubject: must be one object");
  out.claims = *subjects.front();
  if (const Json* id = out.claims.find("id")) {
    if (id->string() == nullptr || !is_uri(*id->string()))
      return bad("credentialSubject.id: must be a DID or another URI");
    out.holder = *id->string();
    out.claims.erase("id");
  }
  if (out.claims.object()->empty() && out.holder.empty()) return bad("credentialSubject: says nothing");
  if (out.claims.object()->size() > kClaimsMax) return bad("credentialSubject: has more than 100 claims");
  return {};
}

Result<void> read_terms(const Json& document, Credential& out) {
  const Json* terms = document.find("icnMetadata");
  if (terms == nullptr) return {};
  if (terms->object() == nullptr) return bad("icnMetadata: must be an object");
  if (const Json* limit = terms->find("usageLimit")) {
    const auto number =
        limit->number() ? codec::read_uint64(*limit->number()) : Result<std::uint64_t>(bad(""));
    if (!number.ok() || *number == 0) return bad("icnMetadata.usageLimit: must be a whole number from 1");
    out.terms.usage_limit = *number;
  }
  auto contexts = text_list(*terms, "validContexts");
  if (!contexts.ok()) return contexts.error().within("icnMetadata");
  out.terms.valid_contexts = std::move(*contexts);
  return {};
}

Json status_json(const Credential& credential) {
  Json::Array out;
  for (const StatusEntry& each : credential.statuses) {
    const std::string index = std::to_string(each.index);
    out.push_back(Json::object({{"id", each.list + "#" + index},
                                {"type", "BitstringStatusListEntry"},
                                {"statusPurpose", each.purpose},
                                {"statusListIndex", index},
                                {"statusListCredential", each.list}}));
  }
  return Json(std::move(out));
}

}  // namespace

std::string issuer_of(const Json& document) {
  const Json* issuer = document.find("issuer");
  if (issuer && issuer->object()) issuer = issuer->find("id");
  return issuer && issuer->string() ? *issuer->string() : std::string();
}

Result<std::vector<std::string>> text_list(const Json& document, std::string_view member) {
  std::vector<std::string> out;
  const Json* found = document.find(member);
  if (found == nullptr) return out;
  if (found->string()) {
    out.push_back(*found->string());
    return out;
  }
  if (found->array() == nullptr) return bad(std::string(member) + ": must be a text or a list of texts");
  for (const Json& each : *found->array()) {
    if (each.string() == nullptr) return bad(std::string(member) + ": must be a text or a list of texts");
    out.push_back(*each.string());
  }
  return out;
}

Result<Credential> read_credential(const Json& document) {
  if (document.object() == nullptr) return bad("must be an object");
  Credential out;
  ICN_TRY(check_context(document));
  ICN_TRY_ASSIGN(types, text_list(document, "type"));
  const auto base = std::ranges::find(types, "VerifiableCredential");
  if (base == types.end()) return bad("type: must hold \"VerifiableCredential\"");
  types.erase(base);
  out.types = std::move(types);
  if (const Json* id = document.find("id")) {
    if (id->string() == nullptr || !is_uri(*id->string())) return bad("id: must be a URI");
    out.id = *id->string();
  }
  out.issuer = issuer_of(document);
  if (!is_uri(out.issuer)) return bad("issuer: must be a DID or another URI");
  ICN_TRY_ASSIGN(valid_from, time_member(document, "validFrom"));
  ICN_TRY_ASSIGN(valid_until, time_member(document, "validUntil"));
  out.valid_from = valid_from;
  out.valid_until = valid_until;
  if (valid_from && valid_until && *valid_until < *valid_from)
    return bad("validUntil: lies before validFrom");
  ICN_TRY(read_subject(document, out));
  ICN_TRY(read_statuses(document, out));
  ICN_TRY(read_schema(document, out));
  ICN_TRY(read_terms(document, out));
  return out;
}

Json credential_document(const Credential& credential) {
  Json out = Json::object({{"@context", Json::array({kContextV2, kContextUndefinedTerms})}});
  if (!credential.id.empty()) out.set("id", credential.id);
  Json::Array types{"VerifiableCredential"};
  for (const std::string& each : credential.types) types.emplace_back(each);
  out.set("type", std::move(types));
  out.set("issuer", credential.issuer);
  if (credential.valid_from) out.set("validFrom", codec::write_date_time(*credential.valid_from));
  if (credential.valid_until) out.set("validUntil", codec::write_date_time(*credential.valid_until));
  Json subject(Json::Object{});
  if (!credential.holder.empty()) subject.set("id", credential.holder);
  for (const auto& [name, value] : *credential.claims.object()) subject.set(name, value);
  out.set("credentialSubject", std::move(subject));
  if (credential.schema) {
    out.set("credentialSchema", Json::object({{"id", *credential.schema}, {"type", "JsonSchema"}}));
  }
  if (!credential.statuses.empty()) out.set("credentialStatus", status_json(credential));
  Json terms(Json::Object{});
  if (credential.terms.usage_limit) terms.set("usageLimit", *credential.terms.usage_limit);
  if (!credential.terms.valid_contexts.empty()) {
    Json::Array contexts;
    for (const std::string& each : credential.terms.valid_contexts) contexts.emplace_back(each);
    terms.set("validContexts", std::move(contexts));
  }
  if (!terms.object()->empty()) out.set("icnMetadata", std::move(terms));
  return out;
}

}  // namespace icn::credentials
