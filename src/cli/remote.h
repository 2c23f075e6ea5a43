#pragma once

#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "cli/command.h"
#include "cli/session.h"
#include "codec/json.h"
#include "http/client.h"

// How a verb asks the node. Everything that goes wrong is said once, as one line, with its exit code:
//   kUnreachable   nobody answers at session.url; the line says what to do
//   kRefused       the node answered a problem: "<title>: <detail> (<code>)"
namespace icn::cli {

// "/path?a=1&b=2" of the parameters that have a value, percent-encoded.
using Parameters = std::initializer_list<std::pair<std::string_view, std::optional<std::string>>>;
std::string target(std::string_view path, Parameters parameters, const PageOptions& page = {});
// One segment of a path, percent-encoded; DIDs stay readable.
std::string segment(std::string_view text);
// Several with '/' between them.
std::string segments(std::string_view path);

// Sends as the member of session.token when a session is open, else with the caller's API key; with --key and
// no API key it opens a session first. Answers 2xx; anything else has been said.
// With Missing::kAnswered also 404 is answered, unsaid.
enum class Missing { kSaid, kAnswered };
std::optional<http::ClientResponse> send(Session& session, http::ClientRequest request,
                                         Missing missing = Missing::kSaid);

// The JSON of an answer; null JSON when it has no body.
std::optional<codec::Json> get(Session& session, std::string target);
// A retry under the same Idempotency-Key gets the first answer; empty: none is sent.
std::optional<codec::Json> post(Session& session, std::string target, const codec::Json& body,
                                const std::string& idempotency_key = {});
std::optional<codec::Json> remove(Session& session, std::string target);

// Follows server-sent events until `on_event` answers false.
void follow(Session& session, std::string target,
            const std::function<bool(const http::ServerSentEvent&)>& on_event);

// What the node said no with, as one line: from problem details, else from the status and text.
std::string problem_line(int status, std::string_view body);

// The caller's API key: session.api_key, ICN_API_KEY, or the operator key file of session.data_path; else "".
std::string find_api_key(const Session& session);
inline constexpr std::string_view kOperatorKeyFile = "operator-api-key";

}  // namespace icn::cli
