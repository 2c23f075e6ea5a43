#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "codec/json.h"
#include "http/web_reader.h"

// did:web: the document lies at an address that follows from the DID. It changes as its owner likes, and no
// ledger says what it was before. Source: did:web Method Specification.
namespace icn::identity {

inline constexpr std::size_t kWebDocumentBytesMax = 64 << 10;

bool is_did_web(std::string_view did);

// "did:web:a.example%3A8443:people:ann" -> "https://a.example:8443/people/ann/did.json"; without a path
// ".well-known/did.json". With `allows_loopback`, plain http for a name of this machine.
//   I001   not of this form
Result<std::string> did_web_url(std::string_view did, bool allows_loopback);

// What an address answered, as the document of `did`.   bad_did_document: no JSON, or of another id
Result<codec::Json> read_web_document(std::string_view did, std::string_view body);

// Reads it from the web; calls `done` once on `executor`.
//   I001, bad_did_document, did_unreachable
using WebDocumentDone = std::function<void(const Result<codec::Json>&)>;
void resolve_did_web(http::WebReader& web, const std::string& did, Executor& executor, WebDocumentDone done);

}  // namespace icn::identity
