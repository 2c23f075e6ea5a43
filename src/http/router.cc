#include "http/router.h"

#include <algorithm>
#include <array>

#include "base/assert.h"

namespace icn::http {

namespace {

// "{name...}"
bool is_tail(std::string_view text) {
  return text.size() > 5 && text.front() == '{' && text.ends_with("...}");
}

// "{name}"
bool is_parameter(std::string_view text) {
  return text.size() > 2 && text.front() == '{' && text.back() == '}';
}

}  // namespace

struct Router::Segment {
  // Sorted by text; few enough for a binary search to beat hashing.
  std::vector<std::pair<std::string, std::unique_ptr<Segment>>> literals;
  std::unique_ptr<Segment> parameter;
  std::unique_ptr<Segment> tail;  // takes all that follows
  std::array<const Route*, 7> by_method{};
  std::string allow;

  const Segment* literal(std::string_view text) const {
    const auto found = std::lower_bound(literals.begin(), literals.end(), text,
                                        [](const auto& each, std::string_view t) { return each.first < t; });
    return found != literals.end() && found->first == text ? found->second.get() : nullptr;
  }

  Segment& child(std::string_view text) {
    if (is_tail(text)) return made(tail);
    if (is_parameter(text)) return made(parameter);
    const auto found = std::lower_bound(literals.begin(), literals.end(), text,
                                        [](const auto& each, std::string_view t) { return each.first < t; });
    if (found != literals.end() && found->first == text) return *found->second;
    return *literals.emplace(found, std::string(text), std::make_unique<Segment>())->second;
  }

  static Segment& made(std::unique_ptr<Segment>& segment) {
    if (!segment) segment = std::make_unique<Segment>();
    return *segment;
  }
};

namespace {

std::string_view take_segment(std::string_view& path) {
  const std::size_t end = std::min(path.find('/'), path.size());
  const std::string_view segment = path.substr(0, end);
  path.remove_prefix(std::min(end + 1, path.size()));
  return segment;
}

// The names of a route's parameters, in the order of its path.
void name_parameters(std::string_view path, Parameters& parameters) {
  path.remove_prefix(1);
  for (auto& [name, value] : parameters) {
    std::string_view segment = take_segment(path);
    while (!is_parameter(segment)) segment = take_segment(path);
    name = segment.substr(1, segment.size() - (is_tail(segment) ? 5 : 2));
  }
}

// Depth-first, literals before parameters. Names come later: they are the route's, not the place's. Paths
// have few segments, so this ends soon: at most two ways a segment, and both only where a literal and a
// parameter share a place.
template <typename Segment>
const Segment* descend(const Segment& at, std::string_view rest, bool is_end, Parameters& parameters) {
  if (is_end) return at.allow.empty() ? nullptr : &at;
  std::string_view next = rest;
  const bool is_last = rest.find('/') == std::string_view::npos;
  const std::string_view text = take_segment(next);
  if (const Segment* literal = at.literal(text)) {
    if (const Segment* found = descend(*literal, next, is_last, parameters)) return found;
  }
  const std::size_t depth = parameters.size();
  if (auto value = percent_decode(text, false); at.parameter && !text.empty() && value) {
    parameters.emplace_back(std::string(), std::move(*value));
    if (const Segment* found = descend(*at.parameter, next, is_last, parameters)) return found;
    parameters.resize(depth);
  }
  if (!at.tail) return nullptr;
  auto value = percent_decode(rest, false);
  if (!value) return nullptr;
  parameters.emplace_back(std::string(), std::move(*value));
  return at.tail.get();
}

}  // namespace

Router::Router(std::vector<Route> routes) : routes_(std::move(routes)), root_(std::make_unique<Segment>()) {
  for (const Route& route : routes_) {
    ICN_ASSERT(!route.path.empty() && route.path.front() == '/');
    ICN_ASSERT((route.handle != nullptr) != (route.open_upload != nullptr));
    ICN_ASSERT(route.method < Method::kOptions && route.method != Method::kHead);
    Segment* at = root_.get();
    std::string_view rest = std::string_view(route.path).substr(1);
    bool more = true;
    while (more) {
      more = rest.find('/') != std::string_view::npos;
      const std::string_view text = take_segment(rest);
      ICN_ASSERT(!more || !is_tail(text));
      at = &at->child(text);
    }
    const Route*& slot = at->by_method[static_cast<std::size_t>(route.method)];
    ICN_ASSERT(slot == nullptr);
    slot = &route;
    at->allow += (at->allow.empty() ? "" : ", ") + std::string(method_name(route.method));
    if (route.method == Method::kGet) at->allow += ", HEAD";
  }
}

Router::~Router() = default;

Router::Match Router::find(Method method, std::string_view path, Parameters& parameters) const {
  Match match;
  if (path.empty() || path.front() != '/') return match;
  const Segment* found = descend<Segment>(*root_, path.substr(1), false, parameters);
  if (found == nullptr) return match;
  match.allow = found->allow;
  const Method wanted = method == Method::kHead ? Method::kGet : method;
  if (wanted < Method::kOptions) match.route = found->by_method[static_cast<std::size_t>(wanted)];
  if (match.route == nullptr) {
    parameters.clear();
    return match;
  }
  match.index = static_cast<std::size_t>(match.route - routes_.data());
  name_parameters(match.route->path, parameters);
  return match;
}

}  // namespace icn::http
