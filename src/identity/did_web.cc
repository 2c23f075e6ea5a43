#include "identity/did_web.h"

#include <algorithm>
#include <cctype>

#include "identity/errors.h"

namespace icn::identity {
namespace {

constexpr std::string_view kPrefix = "did:web:";
constexpr std::size_t kDidBytesMax = 500;

Error invalid(std::string_view what) { return Error(kInvalidDid, "did:web: " + std::string(what)); }

// DID Core 3.1: idchar, percent-encoded octets among them.
bool is_id_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-' || c == '_' || c == '%';
}

bool is_segment(std::string_view text) {
  return !text.empty() && text != "." && text != ".." && std::ranges::all_of(text, is_id_character);
}

// "a.example%3A8443" -> "a.example:8443"
Result<std::string> authority_of(std::string_view text) {
  const std::size_t colon = text.find('%');
  std::string out(text.substr(0, colon));
  if (colon == std::string_view::npos) return out;
  const std::string_view port = text.substr(colon);
  if (!port.starts_with("%3A") && !port.starts_with("%3a")) return invalid("only a port may follow the host");
  return out + ":" + std::string(port.substr(3));
}

}  // namespace

bool is_did_web(std::string_view did) { return did.starts_with(kPrefix); }

Result<std::string> did_web_url(std::string_view did, bool allows_loopback) {
  if (!is_did_web(did) || did.size() > kDidBytesMax) return invalid("is did:web:<host>[:<path>...]");
  std::string_view rest = did.substr(kPrefix.size());
  std::string path;
  std::string authority;
  for (bool is_first = true; !rest.empty() || is_first; is_first = false) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    const std::string_view segment = rest.substr(0, end);
    if (!is_segment(segment)) return invalid("holds a part that is empty or not allowed");
    if (is_first) {
      ICN_TRY_ASSIGN(host, authority_of(segment));
      authority = std::move(host);
    } else {
      path += "/" + std::string(segment);
    }
    if (end == rest.size()) break;
    rest.remove_prefix(end + 1);
    if (rest.empty()) return invalid("holds a part that is empty or not allowed");
  }
  const bool is_plain = allows_loopback && http::is_loopback_name(authority.substr(0, authority.find(':')));
  const std::string url =
      (is_plain ? "http://" : "https://") + authority + (path.empty() ? "/.well-known" : path) + "/did.json";
  const auto parsed = http::parse_web_url(url);
  if (!parsed.ok()) return invalid(parsed.error().detail());
  return url;
}

Result<codec::Json> read_web_document(std::string_view did, std::string_view body) {
  auto document = codec::parse_json(body, {kWebDocumentBytesMax, 16, 5'000});
  if (!document.ok()) return Error(kBadDidDocument, "is no JSON: " + document.error().detail());
  const codec::Json* id = document->find("id");
  if (id == nullptr || id->string() == nullptr || *id->string() != did)
    return Error(kBadDidDocument, "its id is not " + std::string(did));
  return document;
}

void resolve_did_web(http::WebReader& web, const std::string& did, Executor& executor, WebDocumentDone done) {
  const auto url = did_web_url(did, web.allows_loopback());
  if (!url.ok()) return done(url.error());
  web.read(
      *url, kWebDocumentBytesMax, executor,
      [did, done = std::move(done)](const Result<std::shared_ptr<const http::WebReader::Document>>& read) {
        if (!read.ok()) return done(Error(kDidUnreachable, did + ": " + read.error().detail()));
        done(read_web_document(did, (*read)->body));
      });
}

}  // namespace icn::identity
