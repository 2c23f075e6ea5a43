#include "identity/api/get_did.h"

#include <charconv>

#include "identity/errors.h"
#include "identity/resolver.h"
#include "identity/tables.h"

namespace icn::identity::api {
namespace {

Result<std::optional<std::uint64_t>> version_of(const http::Request& request) {
  const auto text = request.query_parameter("version");
  if (!text) return std::optional<std::uint64_t>();
  std::uint64_t version = 0;
  const auto [end, code] = std::from_chars(text->data(), text->data() + text->size(), version);
  if (code != std::errc() || end != text->data() + text->size() || version == 0) {
    return Error(errors::kMalformed, "version: must be a whole number from 1");
  }
  return std::optional<std::uint64_t>(version);
}

Did did_of(const http::Request& request) {
  const std::string* did = http::find_parameter(request.path_parameters, "did");
  return Did(did == nullptr ? "" : *did);
}

int resolution_status(const Result<Resolution>& resolved) {
  if (resolved.ok()) return resolved->record && resolved->record->deactivated ? 410 : 200;
  if (resolved.error().is(kUnsupportedMethod)) return 501;
  return http::status_of(resolved.error().category());
}

http::Response with_type(std::string text, int status, std::string_view type) {
  http::Response response = http::Response::json(std::move(text), status);
  response.content_type = type;
  return response;
}

}  // namespace

// A new version of the document is what replaces the one before.
std::uint64_t GetDid::answer_version(const Api& api, const http::Request& request) {
  return api.ledger.changes().of(kDocuments, did_of(request));
}

http::Response GetDid::handle(const Api& api, const http::Request& request) {
  const auto version = version_of(request);
  if (!version.ok()) return http::problem(version.error(), request);
  const auto store = api.ledger.store();
  if (!store.ok()) return http::problem(store.error(), request);
  const auto resolved = resolve(**store, did_of(request), *version);
  const std::string_view accept = request.headers.find("accept").value_or("");
  if (accept.find("application/did-resolution") != std::string_view::npos) {
    return with_type(codec::write_json(resolution_json(resolved)), resolution_status(resolved),
                     "application/did-resolution");
  }
  if (!resolved.ok()) return http::problem(resolved.error(), request);
  const bool wants_plain = accept.find("application/did+json") != std::string_view::npos;
  return with_type(codec::write_json(resolved->document), 200,
                   wants_plain ? "application/did+json" : output_content_type);
}

}  // namespace icn::identity::api
