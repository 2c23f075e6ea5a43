#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "codec/json.h"
#include "dag/node_testing.h"
#include "http/typed_route.h"

// Asks the handlers of a TestDag without sockets.
namespace icn::dag::testing {

// An answer with its body whole.
struct Answer {
  int status = 0;
  std::string type;
  std::string body;
  bool is_broken_off = false;
  std::vector<std::pair<std::string, std::string>> headers;

  std::string header(std::string_view name) const {
    for (const auto& [each, value] : headers) {
      if (each == name) return value;
    }
    return "";
  }
  codec::Json json() const { return codec::parse_json(body).value(); }
  std::string field(std::string_view name) const {
    const codec::Json whole = json();
    const codec::Json* found = whole.find(name);
    if (found == nullptr) return "absent";
    return found->string() ? *found->string() : codec::write_json(*found);
  }
};

inline Answer whole(http::Response response) {
  Answer answer{response.status, response.content_type, std::string(response.body_text()), false,
                response.headers};
  if (auto* stream = std::get_if<http::StreamedBody>(&response.body)) {
    while (true) {
      auto piece = stream->next();
      answer.is_broken_off = !piece.ok();
      if (!piece.ok() || !*piece) break;
      answer.body += as_text(**piece);
    }
    if (stream->length) ICN_ASSERT(answer.is_broken_off || answer.body.size() == *stream->length);
  }
  return answer;
}

// Asks one handler. `path_parameters` as the router would fill them; headers as "name: value".
struct Ask {
  http::Method method = http::Method::kGet;
  std::string target = "/";
  http::Parameters path_parameters = {};
  http::Caller caller = {};
  std::string body = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
};

template <typename Handler>
Answer ask(TestDag& test, const Ask& what) {
  http::Route route =
      http::make_route<Handler>({what.method, "/x", http::Access::kPublic, 0, "X"}, test.services);
  std::optional<http::Response> response;
  auto exchange = std::make_shared<http::Exchange>(
      test.executor, [&](http::Response given) { response.emplace(std::move(given)); });
  http::Request& request = exchange->request();
  request.method = what.method;
  ICN_ASSERT(request.set_target(what.target));
  request.path_parameters = what.path_parameters;
  request.caller = what.caller;
  request.route = &route;
  for (const auto& [name, value] : what.headers) request.headers.add(name, value);
  if (route.open_upload) {
    auto session = route.open_upload(*exchange);
    if (!session.ok()) return whole(http::problem(session.error(), request));
    std::string_view rest = what.body;
    while (!rest.empty()) {
      const auto piece = rest.substr(0, 60'000);
      rest.remove_prefix(piece.size());
      if (auto written = (*session)->write(as_bytes(piece)); !written.ok())
        return whole(http::problem(written.error(), request));
      bool may_go_on = false;
      if ((*session)->wants_pause([&] { may_go_on = true; }))
        test.executor.run_until([&] { return may_go_on; });
    }
    (*session)->finish(exchange);
  } else {
    request.body = to_bytes(as_bytes(what.body));
    route.handle(exchange);
  }
  test.executor.run_until([&] { return response.has_value(); });
  return whole(std::move(*response));
}

}  // namespace icn::dag::testing
