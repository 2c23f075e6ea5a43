#include "identity/api/get_did.h"

#include <charconv>

#include "identity/did_web.h"
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

http::Response answer_of(const Result<Resolution>& resolved, const http::Request& request) {
  const std::string_view accept = request.headers.find("accept").value_or("");
  if (accept.find("application/did-resolution") != std::string_view::npos) {
    return with_type(codec::write_json(resolution_json(resolved)), resolution_status(resolved),
                     "application/did-resolution");
  }
  if (!resolved.ok()) return http::problem(resolved.error(), request);
  const bool wants_plain = accept.find("application/did+json") != std::string_view::npos;
  return with_type(codec::write_json(resolved->document), 200,
                   wants_plain ? "application/did+json" : GetDid::output_content_type);
}

void answer_web(const Api& api, const http::ExchangePtr& exchange, const Did& did) {
  resolve_did_web(api.web, did.text(), exchange->executor(), [exchange](const Result<codec::Json>& document) {
    Result<Resolution> resolved = Error(kDidUnreachable);
    if (document.ok())
      resolved = Resolution{DidMethod::kKey, *document, {}, {}, {}};
    else
      resolved = document.error();
    exchange->reply(answer_of(resolved, exchange->request()));
  });
}

}  // namespace

// A new version of the document is what replaces the one before. Of a did:web nobody tells.
http::AnswerVersion GetDid::answer_version(const Api& api, const http::Request& request) {
  const Did did = did_of(request);
  constexpr std::uint32_t kSecondsMax = 300;  // domain.md 12
  return is_did_web(did.text()) ? http::AnswerVersion(0)
                                : api.ledger.changes().answer(kDocuments, did, kSecondsMax);
}

void GetDid::handle(const Api& api, http::ExchangePtr exchange) {
  const http::Request& request = exchange->request();
  const auto version = version_of(request);
  if (!version.ok()) return exchange->reply(version.error());
  const Did did = did_of(request);
  if (is_did_web(did.text())) {
    if (*version) return exchange->reply(Error(kVersionNotFound, "versions of a did:web are not known"));
    if (request.caller.id.empty()) return exchange->reply(Error(kWebNeedsCaller));
    return answer_web(api, exchange, did);
  }
  const auto store = api.ledger.store();
  if (!store.ok()) return exchange->reply(store.error());
  exchange->reply(answer_of(resolve(**store, did, *version), request));
}

}  // namespace icn::identity::api
