#include "credentials/sd_jwt.h"

#include <algorithm>
#include <map>

#include "credentials/credential.h"
#include "crypto/hash.h"

namespace icn::credentials {
namespace {

using codec::Json;

constexpr std::size_t kNestingMax = 32;
constexpr std::size_t kSaltBytes = 16;

Error bad(std::string_view what) { return Error(kProofInvalid, "SD-JWT: " + std::string(what)); }

std::string digest_of(std::string_view text) { return base64url_encode(crypto::sha256(as_bytes(text))); }

struct HashedDisclosure {
  std::string encoded;
  std::optional<std::string> name;  // none: an element of a list
  Json value;
  bool is_used = false;
};
using Disclosures = std::map<std::string, HashedDisclosure>;  // by digest

Result<HashedDisclosure> read_disclosure(std::string_view encoded) {
  const auto bytes = base64url_decode(encoded);
  if (!bytes.ok()) return bad("a disclosure is not base64url");
  auto json = codec::parse_json(as_text(*bytes), kCredentialLimits);
  if (!json.ok() || json->array() == nullptr) return bad("a disclosure must be a JSON list");
  Json::Array& items = *json->array();
  if ((items.size() != 2 && items.size() != 3) || items[0].string() == nullptr)
    return bad("a disclosure must be [salt, value] or [salt, name, value]");
  HashedDisclosure out;
  out.encoded = std::string(encoded);
  if (items.size() == 3) {
    const std::string* name = items[1].string();
    if (name == nullptr || *name == "_sd" || *name == "...")
      return bad("a disclosure has a name that is not allowed");
    out.name = *name;
  }
  out.value = std::move(items.back());
  return out;
}

// Puts disclosures in the place of their digests.
class Revealer {
 public:
  explicit Revealer(Disclosures& disclosures) : disclosures_(disclosures) {}

  // Names of what was disclosed right below the root.
  const std::vector<std::string>& top_names() const { return top_names_; }

  Result<void> reveal(Json& value, std::size_t depth = 0) {
    if (depth > kNestingMax) return bad("claims are nested too deeply");
    if (value.object() != nullptr) return reveal_object(value, depth);
    if (value.array() != nullptr) return reveal_list(*value.array(), depth);
    return {};
  }

 private:
  // None: nothing was disclosed for it.
  Result<HashedDisclosure*> take(const Json& digest) {
    if (digest.string() == nullptr) return bad("a digest must be a text");
    if (!seen_.emplace(*digest.string(), true).second) return bad("a digest comes twice");
    const auto found = disclosures_.find(*digest.string());
    if (found == disclosures_.end()) return static_cast<HashedDisclosure*>(nullptr);
    found->second.is_used = true;
    return &found->second;
  }

  Result<void> reveal_object(Json& object, std::size_t depth) {
    for (auto& member : *object.object()) {
      if (member.first == "_sd") continue;
      if (member.first == "...") return bad("\"...\" must stand in a list");
      ICN_TRY(reveal(member.second, depth + 1));
    }
    const Json* digests = object.find("_sd");
    if (digests == nullptr) return {};
    if (digests->array() == nullptr) return bad("_sd must be a list");
    const Json::Array list = *digests->array();
    object.erase("_sd");
    for (const Json& digest : list) {
      ICN_TRY_ASSIGN(found, take(digest));
      if (found == nullptr) continue;
      if (!found->name) return bad("a disclosure of a list element stands among claims");
      if (object.find(*found->name))
        return bad("the claim \"" + found->name->substr(0, 60) + "\" comes twice");
      Json value = found->value;
      ICN_TRY(reveal(value, depth + 1));
      if (depth == 0) top_names_.push_back(*found->name);
      object.set(*found->name, std::move(value));
    }
    return {};
  }

  Result<void> reveal_list(Json::Array& list, std::size_t depth) {
    Json::Array out;
    for (Json& each : list) {
      const Json* digest = each.find("...");
      if (digest == nullptr) {
        ICN_TRY(reveal(each, depth + 1));
        out.push_back(std::move(each));
        continue;
      }
      if (each.object()->size() != 1) return bad("\"...\" must stand alone");
      ICN_TRY_ASSIGN(found, take(*digest));
      if (found == nullptr) continue;
      if (found->name) return bad("a disclosure of a claim stands in a list");
      Json value = found->value;
      ICN_TRY(reveal(value, depth + 1));
      out.push_back(std::move(value));
    }
    list = std::move(out);
    return {};
  }

  Disclosures& disclosures_;
  std::map<std::string, bool> seen_;
  std::vector<std::string> top_names_;
};

Result<std::vector<std::string_view>> parts_of(std::string_view text) {
  if (text.size() > kJwsBytesMax) return bad("has at most " + std::to_string(kJwsBytesMax) + " bytes");
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find('~');
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  if (parts.size() < 2) return bad("has no \"~\"");
  if (parts.size() > kDisclosuresMax + 2) return bad("has more than 200 disclosures");
  return parts;
}

Result<Disclosures> read_disclosures(const std::vector<std::string_view>& parts, SdJwt& out) {
  Disclosures all;
  for (std::size_t i = 1; i + 1 < parts.size(); ++i) {
    ICN_TRY_ASSIGN(each, read_disclosure(parts[i]));
    out.disclosures.push_back(each.encoded);
    if (!all.emplace(digest_of(parts[i]), std::move(each)).second) return bad("a disclosure comes twice");
  }
  return all;
}

}  // namespace

Result<SdJwt> read_sd_jwt(std::string_view text) {
  ICN_TRY_ASSIGN(parts, parts_of(text));
  SdJwt out;
  out.issuer_jwt = std::string(parts.front());
  ICN_TRY_ASSIGN(issuer, read_jws(parts.front()));
  out.issuer = std::move(issuer);
  ICN_TRY_ASSIGN(disclosures, read_disclosures(parts, out));
  out.claims = out.issuer.payload;
  if (const Json* algorithm = out.claims.find("_sd_alg")) {
    if (algorithm->string() == nullptr || *algorithm->string() != "sha-256")
      return Error(kUnsupportedProof, "SD-JWT: _sd_alg is not known here; sha-256 is");
    out.claims.erase("_sd_alg");
  }
  Revealer revealer(disclosures);
  ICN_TRY(revealer.reveal(out.claims));
  out.disclosed = revealer.top_names();
  for (const auto& [digest, each] : disclosures) {
    if (!each.is_used) return bad("a disclosure belongs to nothing");
  }
  if (parts.back().empty()) return out;
  ICN_TRY_ASSIGN(binding, read_jws(parts.back()));
  if (binding.type != kKeyBindingType) return bad("what stands last is no key binding");
  for (const char* name : {"nonce", "aud", "sd_hash"}) {
    const Json* found = binding.payload.find(name);
    if (found == nullptr || found->string() == nullptr)
      return bad(std::string("the key binding has no text ") + name);
  }
  if (binding.payload.find("iat") == nullptr) return bad("the key binding has no iat");
  const Json* hash = binding.payload.find("sd_hash");
  const std::string_view before = text.substr(0, text.size() - parts.back().size());
  out.is_bound_here = hash && hash->string() && *hash->string() == digest_of(before);
  out.key_binding = std::move(binding);
  return out;
}

std::string issue_sd_jwt(const Json& header, Json payload, const NamedClaims& hidden,
                         const crypto::SecretKey& key, Random& random) {
  std::vector<std::string> digests;
  std::string tail = "~";
  for (const auto& [name, value] : hidden) {
    const Json disclosure = Json::array({base64url_encode(random.bytes(kSaltBytes)), name, value});
    const std::string encoded = base64url_encode(as_bytes(codec::write_json(disclosure)));
    digests.push_back(digest_of(encoded));
    tail += encoded + "~";
  }
  std::ranges::sort(digests);
  if (!digests.empty()) {
    Json::Array list;
    for (const std::string& each : digests) list.emplace_back(each);
    payload.set("_sd", std::move(list));
    payload.set("_sd_alg", "sha-256");
  }
  return make_jws(header, payload, key) + tail;
}

Result<std::string> select_disclosures(std::string_view text, const std::vector<std::string>& names) {
  ICN_TRY_ASSIGN(whole, read_sd_jwt(text));
  std::vector<std::string> left = names;
  std::string out = whole.issuer_jwt + "~";
  for (const std::string& encoded : whole.disclosures) {
    ICN_TRY_ASSIGN(each, read_disclosure(encoded));
    const auto wanted = each.name ? std::ranges::find(left, *each.name) : left.end();
    if (wanted == left.end()) continue;
    left.erase(wanted);
    out += encoded + "~";
  }
  if (!left.empty()) {
    return Error(kNotDisclosable,
                 "\"" + left.front().substr(0, 60) + "\" is no claim that can be disclosed by itself");
  }
  if (const auto again = read_sd_jwt(out); !again.ok())
    return Error(kNotDisclosable, "a claim lies inside of one that would be kept back");
  return out;
}

std::string bind_key(std::string selected, std::string_view audience, std::string_view nonce,
                     TimestampSecs issued_at, const KeyId& key_id, const crypto::SecretKey& key) {
  const Json header = Json::object({{"alg", "EdDSA"}, {"typ", kKeyBindingType}, {"kid", key_id.text()}});
  const Json payload = Json::object(
      {{"iat", issued_at}, {"aud", audience}, {"nonce", nonce}, {"sd_hash", digest_of(selected)}});
  return std::move(selected) + make_jws(header, payload, key);
}

}  // namespace icn::credentials
