#include "cli/remote.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "cli/signing.h"
#include "cli/table.h"
#include "http/errors.h"

namespace icn::cli {
namespace {

using codec::Json;

// A job may be waited for as long as it may run.
constexpr std::uint32_t kTimeoutMs = 15 * 60 * 1000;

void append_encoded(std::string& out, std::string_view text, std::string_view allowed) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          allowed.find(c) != std::string_view::npos;
    if (is_plain) {
      out += c;
    } else {
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
}

std::optional<http::Client> connect(Session& session) {
  http::ClientOptions options;
  options.timeout_ms = kTimeoutMs;
  options.ca_file = session.ca_file;
  auto client = http::Client::make(session.url, options);
  if (!client.ok()) {
    session.fail(kUsage, "--url " + session.url + ": " + client.error().detail());
    return std::nullopt;
  }
  return std::move(client).value();
}

void say_unreachable(Session& session, const Error& error) {
  if (error.is(http::kTlsFiles)) {
    return session.fail(kUsage, "--ca " + session.ca_file + ": holds no certificates that can be read");
  }
  if (error.detail().find("certificate verify failed") != std::string::npos) {
    return session.fail(kUnreachable,
                        "the certificate of " + session.url +
                            " is from nobody this machine trusts; name the file of its authority "
                            "with --ca");
  }
  session.fail(kUnreachable, "no node answers at " + session.url + " (" + error.detail() +
                                 "); start one with `icn node`, or name another with --url");
}

std::optional<Json> read_answer(Session& session, const http::ClientResponse& response) {
  if (response.body.empty()) return Json();
  auto json =
      codec::parse_json(response.body, {.bytes_max = 1u << 30, .depth_max = 64, .values_max = 50'000'000});
  if (json.ok()) return std::move(json).value();
  session.fail(kFailed, session.url + " answered no JSON: is it an ICN node?");
  return std::nullopt;
}

std::optional<Json> exchange(Session& session, http::ClientRequest request) {
  const auto response = send(session, std::move(request));
  if (!response) return std::nullopt;
  return read_answer(session, *response);
}

}  // namespace

std::string segment(std::string_view text) {
  std::string out;
  append_encoded(out, text, "-._~:");
  return out;
}

std::string segments(std::string_view path) {
  std::string out;
  append_encoded(out, path, "-._~:/");
  return out;
}

std::string target(std::string_view path, Parameters parameters, const PageOptions& page) {
  std::string out(path);
  char separator = '?';
  const auto add = [&](std::string_view name, const std::optional<std::string>& value) {
    if (!value) return;
    out += separator;
    out += name;
    out += '=';
    append_encoded(out, *value, "-._~:");
    separator = '&';
  };
  for (const auto& [name, value] : parameters) add(name, value);
  add("limit", page.limit);
  add("cursor", page.cursor);
  return out;
}

std::string find_api_key(const Session& session) {
  if (!session.api_key.empty()) return session.api_key;
  if (const char* value = std::getenv("ICN_API_KEY"); value != nullptr && *value != '\0') return value;
  std::string key;
  std::ifstream(session.data_path + "/" + std::string(kOperatorKeyFile)) >> key;
  return key;
}

std::string problem_line(int status, std::string_view body) {
  const auto json = codec::parse_json(body);
  const auto text = [&](std::string_view name) {
    const Json* member = json.ok() ? json->find(name) : nullptr;
    return member != nullptr && member->string() != nullptr ? *member->string() : std::string();
  };
  const std::string title = text("title");
  const std::string detail = text("detail");
  const std::string code = text("code");
  if (title.empty() && detail.empty()) return "the node answered with status " + std::to_string(status);
  // A detail often repeats the title and goes on.
  const bool is_in_detail = detail.starts_with(title);
  std::string line = is_in_detail ? detail : title;
  if (!is_in_detail && !detail.empty()) line += ": " + detail;
  if (!code.empty()) line += " (" + code + ")";
  std::replace(line.begin(), line.end(), '\n', ' ');
  return harmless(line);
}

std::optional<http::ClientResponse> send(Session& session, http::ClientRequest request, Missing missing) {
  auto client = connect(session);
  if (!client) return std::nullopt;
  const std::string key = find_api_key(session);
  if (key.empty() && !session.key_file.empty() && !open_session(session)) return std::nullopt;
  if (!session.token.empty()) {
    request.headers.emplace_back("authorization", "Bearer " + session.token);
  } else if (!key.empty()) {
    request.headers.emplace_back("x-api-key", key);
  }
  auto response = client->send(request);
  if (!response.ok()) {
    say_unreachable(session, response.error());
    return std::nullopt;
  }
  const bool is_missing = response->status == 404 && missing == Missing::kAnswered;
  if (is_missing || (response->status >= 200 && response->status < 300)) return std::move(response).value();
  std::string line = problem_line(response->status, response->body);
  if (response->status == 401 && key.empty()) {
    line += "; " + session.data_path + " holds no " + std::string(kOperatorKeyFile) +
            ": set ICN_API_KEY, name the node's data folder with --data, or your key file with --key";
  }
  session.fail(kRefused, line);
  return std::nullopt;
}

std::optional<Json> get(Session& session, std::string target) {
  http::ClientRequest request;
  request.target = std::move(target);
  return exchange(session, std::move(request));
}

std::optional<Json> post(Session& session, std::string target, const Json& body,
                         const std::string& idempotency_key) {
  http::ClientRequest request;
  request.method = "POST";
  request.target = std::move(target);
  request.headers.emplace_back("content-type", "application/json");
  if (!idempotency_key.empty()) request.headers.emplace_back("idempotency-key", idempotency_key);
  request.body = codec::write_json(body);
  return exchange(session, std::move(request));
}

std::optional<Json> remove(Session& session, std::string target) {
  http::ClientRequest request;
  request.method = "DELETE";
  request.target = std::move(target);
  return exchange(session, std::move(request));
}

void follow(Session& session, std::string target,
            const std::function<bool(const http::ServerSentEvent&)>& on_event) {
  auto client = connect(session);
  if (!client) return;
  const Result<void> ended = client->events(std::move(target), {}, on_event);
  if (ended.ok()) return;
  if (!ended.error().is(http::kBadResponse)) return say_unreachable(session, ended.error());
  // What the node answered stands behind the status.
  const std::string& detail = ended.error().detail();
  const std::size_t body = std::min(detail.find('{'), detail.size());
  session.fail(kRefused, body == detail.size() ? detail : problem_line(0, detail.substr(body)));
}

}  // namespace icn::cli
