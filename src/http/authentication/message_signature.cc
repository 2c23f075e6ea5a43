#include "http/authentication/message_signature.h"

#include <algorithm>
#include <charconv>

#include "base/errors.h"
#include "http/authentication/structured_fields.h"

namespace icn::http {
namespace {

constexpr std::size_t kComponentsMax = 32;

Error malformed(std::string_view header, std::string_view what) {
  return Error(errors::kMalformed, std::string(header) + ": " + std::string(what));
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

std::optional<std::int64_t> whole_number(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::string> unquoted(const std::string& item) { return FieldReader(item).take_string(); }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// RFC 9421, 2.2.3: lower case, without the scheme's own port.
std::optional<std::string> authority(const Request& request) {
  const auto host = request.headers.find("host");
  if (!host || host->empty()) return std::nullopt;
  std::string text = lower_case(*host);
  const std::string_view port = request.is_tls ? ":443" : ":80";
  if (text.ends_with(port)) text.resize(text.size() - port.size());
  return text;
}

std::optional<std::string> derived_component(const Request& request, std::string_view name) {
  const std::string scheme = request.is_tls ? "https" : "http";
  if (name == "@method") return request.method_text;
  if (name == "@authority") return authority(request);
  if (name == "@scheme") return scheme;
  if (name == "@request-target") return request.target;
  if (name == "@path") return request.path;
  if (name == "@query") return '?' + request.query;
  if (name == "@target-uri") {
    const auto host = authority(request);
    return host ? std::optional(scheme + "://" + *host + request.target) : std::nullopt;
  }
  return std::nullopt;
}

std::optional<std::string> component(const Request& request, const std::string& name) {
  if (name.starts_with('@')) return derived_component(request, name);
  const auto values = request.headers.find_all(name);
  if (values.empty()) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out += ", ";
    out += trimmed(values[i]);
  }
  return out;
}

bool read_parameter(SignatureInput& input, const std::string& name, const std::string& item) {
  if (name == "created") return (input.created = whole_number(item)).has_value();
  if (name == "expires") return (input.expires = whole_number(item)).has_value();
  if (name != "keyid" && name != "nonce" && name != "alg") return true;
  const auto text = unquoted(item);
  if (!text) return false;
  (name == "keyid" ? input.key_id : name == "nonce" ? input.nonce : input.algorithm) = *text;
  return true;
}

}  // namespace

bool SignatureInput::covers(std::string_view name) const {
  return std::find(components.begin(), components.end(), name) != components.end();
}

Result<SignatureInput> parse_signature_input(std::string_view header) {
  constexpr std::string_view kName = "Signature-Input";
  FieldReader reader(header);
  SignatureInput input;
  auto label = reader.take_key();
  if (!label || !reader.take('=') || !reader.take('('))
    return malformed(kName, "must be LABEL=(\"component\" ...)");
  input.label = std::move(*label);
  reader.skip_spaces();
  while (!reader.take(')')) {
    auto name = reader.take_string();
    if (!name || name->empty()) return malformed(kName, "a component must be a string");
    const auto parameters = reader.take_parameters();
    if (!parameters || !parameters->empty()) return malformed(kName, "component parameters are not taken");
    if (lower_case(*name) != *name) return malformed(kName, "component names are lower case");
    if (input.covers(*name)) return malformed(kName, "the component \"" + *name + "\" is named twice");
    if (input.components.size() == kComponentsMax)
      return malformed(kName, "has at most " + std::to_string(kComponentsMax) + " components");
    input.parameters += (input.components.empty() ? "(" : " ") + quote_field_string(*name);
    input.components.push_back(std::move(*name));
    reader.skip_spaces();
  }
  input.parameters += input.components.empty() ? "()" : ")";
  const auto parameters = reader.take_parameters();
  if (!parameters) return malformed(kName, "the signature's parameters are not well formed");
  for (const auto& [name, item] : *parameters) {
    if (!read_parameter(input, name, item)) return malformed(kName, name + " has the wrong type");
    input.parameters += ';' + name;
    if (item != "?1") input.parameters += '=' + item;
  }
  if (!reader.at_end() && !reader.next_member()) return malformed(kName, "not a dictionary");
  return input;
}

Result<crypto::Signature> parse_signature(std::string_view header, std::string_view label) {
  FieldReader reader(header);
  do {
    const auto key = reader.take_key();
    if (!key || !reader.take('=')) break;
    const auto bytes = reader.take_bytes();
    if (!bytes || !reader.take_parameters()) break;
    if (*key != label) continue;
    auto signature = crypto::Signature::from_bytes(*bytes);
    if (!signature.ok()) return signature.error().within("Signature");
    return signature;
  } while (reader.next_member());
  return malformed("Signature", "has no member \"" + std::string(label) + "\" of 64 bytes");
}

Result<std::string> signature_base(const Request& request, const SignatureInput& input) {
  std::string base;
  for (const std::string& name : input.components) {
    const auto value = component(request, name);
    if (!value) return malformed("Signature-Input", "the request has no " + name.substr(0, 60));
    base += quote_field_string(name) + ": " + *value + "\n";
  }
  return base + "\"@signature-params\": " + input.parameters;
}

Result<crypto::Hash> parse_content_digest(std::string_view header) {
  FieldReader reader(header);
  do {
    const auto key = reader.take_key();
    if (!key || !reader.take('=')) break;
    const auto bytes = reader.take_bytes();
    if (!bytes || !reader.take_parameters()) break;
    if (*key != "sha-256") continue;
    crypto::Hash hash{};
    if (bytes->size() != hash.size()) break;
    std::copy(bytes->begin(), bytes->end(), hash.begin());
    return hash;
  } while (reader.next_member());
  return malformed("Content-Digest", "must have sha-256=:BASE64:");
}

std::string content_digest(const crypto::Hash& hash) { return "sha-256=:" + base64_encode(hash) + ":"; }

void sign_request(Request& request, const crypto::SecretKey& key, const KeyId& key_id, std::int64_t created,
                  std::string_view nonce) {
  SignatureInput input;
  input.components = {"@method", "@authority", "@path", "@query"};
  if (!request.body.empty()) {
    request.headers.add("content-digest", content_digest(crypto::sha256(request.body)));
    input.components.emplace_back("content-digest");
  }
  for (const std::string& name : input.components) {
    input.parameters += (input.parameters.empty() ? "(" : " ") + quote_field_string(name);
  }
  input.parameters += ");created=" + std::to_string(created) + ";keyid=" + quote_field_string(key_id.text()) +
                      ";nonce=" + quote_field_string(nonce) + ";alg=\"ed25519\"";
  const auto base = signature_base(request, input);
  ICN_ASSERT(base.ok());
  request.headers.add("signature-input", "sig1=" + input.parameters);
  request.headers.add("signature", "sig1=:" + base64_encode(key.sign(as_bytes(*base)).view()) + ":");
}

}  // namespace icn::http
