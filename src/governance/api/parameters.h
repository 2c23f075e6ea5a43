#pragma once

#include "governance/api/context.h"
#include "governance/parameter.h"

namespace icn::governance::api {

// GET /governance/parameters: all of them, in the order of their table.
struct ListParameters {
  struct Bounds {
    std::int64_t min = 0;
    std::int64_t max = 0;
    static constexpr std::string_view schema_name = "ParameterBounds";
    static constexpr auto fields() {
      return described(codec::field("min", &Bounds::min), codec::field("max", &Bounds::max));
    }
  };
  struct Item {
    std::string name;
    std::int64_t value = 0;
    Bounds bounds;
    std::string doc;
    std::optional<std::string> last_proposal;
    std::optional<TimestampSecs> changed_at;
    static constexpr std::string_view schema_name = "Parameter";
    static constexpr auto fields() {
      using codec::field;
      return described(field("name", &Item::name), field("value", &Item::value),
                       field("bounds", &Item::bounds, "that no vote may pass"), field("doc", &Item::doc),
                       field("last_proposal", &Item::last_proposal, "absent: as in genesis"),
                       field("changed_at", &Item::changed_at, "Unix seconds"));
    }
  };
  struct Input {
    std::optional<std::string> prefix;
    static constexpr auto fields() {
      return described(codec::field("prefix", &Input::prefix, "as in governance.", {1, 100}));
    }
  };
  struct Output {
    std::vector<Item> items;
    static constexpr std::string_view schema_name = "Parameters";
    static constexpr auto fields() { return described(codec::field("items", &Output::items)); }
  };
  static constexpr std::string_view summary = "The numbers the network's rules use";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// GET /governance/parameters/history: of one parameter, newest first; without a name, by name.
struct ListParameterChanges {
  struct Input {
    std::optional<std::string> name;
    std::uint32_t limit = http::kPageItems;
    std::optional<std::string> cursor;
    static constexpr auto fields() {
      return described(codec::field("name", &Input::name, "of one parameter", {1, 100}),
                       http::limit_field(&Input::limit), http::cursor_field(&Input::cursor));
    }
  };
  using Output = http::Page<ParameterChange>;
  static constexpr std::string_view summary = "Changes of parameters by votes";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

}  // namespace icn::governance::api
