#include <algorithm>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

#include "cli/remote.h"
#include "cli/table.h"
#include "cli/verbs/all.h"

namespace icn::cli {
namespace {

using codec::Json;

// "name{label="value"}" and its value; none: a comment.
std::optional<std::pair<std::string_view, std::string_view>> series_of(std::string_view line) {
  const std::size_t space = line.rfind(' ');
  if (line.empty() || line.front() == '#' || space == std::string_view::npos) return std::nullopt;
  return std::pair(line.substr(0, space), line.substr(space + 1));
}

// A comment "# HELP name text" belongs to the metric it names.
bool is_asked_for(std::string_view line, const std::string& prefix) {
  for (const std::string_view comment : {"# HELP ", "# TYPE "}) {
    if (line.starts_with(comment)) line.remove_prefix(comment.size());
  }
  return line.starts_with(prefix);
}

}  // namespace

void define_metrics(Command command, Session& session) {
  auto prefix = std::make_shared<std::string>();
  command.optional_argument("PREFIX", *prefix, "only metrics whose names begin so, as icn_mesh_")
      .footer("In the text format of Prometheus; docs/tuning.md says what to look at.");
  command.runs([prefix, &session] {
    http::ClientRequest request;
    request.target = "/system/metrics";
    const auto reply = send(session, std::move(request));
    if (!reply) return;
    Json::Array items;
    std::string_view text = reply->body;
    while (!text.empty()) {
      const std::string_view line = text.substr(0, text.find('\n'));
      text.remove_prefix(std::min(text.size(), line.size() + 1));
      if (!is_asked_for(line, *prefix)) continue;
      const auto series = series_of(line);
      if (!session.json) {
        session.out << line << '\n';
      } else if (series) {
        items.push_back(Json::object({{"series", series->first}, {"value", series->second}}));
      }
    }
    if (session.json) show_json(session, Json::object({{"items", std::move(items)}}));
  });
}

}  // namespace icn::cli
