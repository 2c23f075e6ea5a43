#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "codec/values.h"

// JSON Schema 2020-12, as OpenAPI 3.1 uses it, of everything codec/values.h reads and writes.
namespace icn::codec {

// Schemas by name, shared by the documents that refer to them.
// A described struct with `static constexpr std::string_view schema_name` stands here once and is
// referred to by "$ref": "#/components/schemas/NAME"; one without a name stands where it is used.
class SchemaComponents {
 public:
  bool contains(std::string_view name) const { return schemas_.find(name) != schemas_.end(); }
  void set(std::string_view name, Json schema) {
    schemas_.insert_or_assign(std::string(name), std::move(schema));
  }
  const std::map<std::string, Json, std::less<>>& all() const { return schemas_; }

 private:
  std::map<std::string, Json, std::less<>> schemas_;
};

// One specialisation a kind. A kind with its own JsonValue may add its own; else any value is allowed.
template <typename T>
struct JsonSchema {
  static Json make(SchemaComponents&) { return Json(Json::Object{}); }
  static void bound(Json&, const Limits&) {}
};

template <typename T>
Json json_schema(SchemaComponents& components) {
  return JsonSchema<T>::make(components);
}

inline void set_bounds(Json& schema, const Limits& limits, const char* min_name, const char* max_name) {
  if (limits.min != Limits{}.min) schema.set(min_name, limits.min);
  if (limits.max != Limits{}.max) schema.set(max_name, limits.max);
}

// Bytes of text in JSON: `bytes` bytes take this many characters of base64.
inline Limits base64_lengths(Limits limits) {
  const auto length = [](std::int64_t bytes) { return (bytes + 2) / 3 * 4; };
  if (limits.min != Limits{}.min) limits.min = length(limits.min);
  if (limits.max != Limits{}.max) limits.max = length(limits.max);
  return limits;
}

template <>
struct JsonSchema<bool> {
  static Json make(SchemaComponents&) { return Json::object({{"type", "boolean"}}); }
  static void bound(Json&, const Limits&) {}
};

template <std::integral T>
struct JsonSchema<T> {
  // 64-bit numbers above 2^53 - 1 are strings.
  static Json make(SchemaComponents&) {
    Json schema = Json::object({{"type", "integer"}});
    if constexpr (sizeof(T) == 8) {
      schema.set("type", Json::array({"integer", "string"}));
      schema.set("pattern", std::is_unsigned_v<T> ? "^[0-9]+$" : "^-?[0-9]+$");
    }
    if constexpr (std::is_unsigned_v<T>) schema.set("minimum", 0);
    return schema;
  }
  static void bound(Json& schema, const Limits& limits) {
    set_bounds(schema, limits, "minimum", "maximum");
    if (limits.max <= static_cast<std::int64_t>(kJsonIntegerMax)) {
      schema.set("type", "integer");
      schema.erase("pattern");
    }
  }
};

template <>
struct JsonSchema<double> {
  static Json make(SchemaComponents&) { return Json::object({{"type", "number"}}); }
  static void bound(Json& schema, const Limits& limits) { set_bounds(schema, limits, "minimum", "maximum"); }
};

struct TextSchema {
  static Json make(SchemaComponents&) { return Json::object({{"type", "string"}}); }
  static void bound(Json& schema, const Limits& limits) {
    // Limits of text count bytes, JSON Schema counts characters: only the upper one carries over.
    set_bounds(schema, {limits.min > 0 ? 1 : Limits{}.min, limits.max}, "minLength", "maxLength");
  }
};
template <>
struct JsonSchema<std::string> : TextSchema {};
template <typename Tag>
struct JsonSchema<TextId<Tag>> : TextSchema {};

template <>
struct JsonSchema<Millimana> {
  static Json make(SchemaComponents&) {
    return Json::object({{"type", "number"}, {"multipleOf", Json::Number{"0.001"}}});
  }
  static void bound(Json& schema, const Limits& limits) {
    if (limits.min != Limits{}.min) schema.set("minimum", Json::Number{write_decimal(limits.min, 3)});
    if (limits.max != Limits{}.max) schema.set("maximum", Json::Number{write_decimal(limits.max, 3)});
  }
};

template <>
struct JsonSchema<Bytes> {
  static Json make(SchemaComponents&) {
    return Json::object({{"type", "string"}, {"contentEncoding", "base64"}});
  }
  static void bound(Json& schema, const Limits& limits) {
    set_bounds(schema, base64_lengths(limits), "minLength", "maxLength");
  }
};

template <>
struct JsonSchema<HexBytes> {
  static Json make(SchemaComponents&) {
    return Json::object({{"type", "string"}, {"pattern", "^([0-9a-f]{2})*$"}});
  }
  static void bound(Json& schema, Limits limits) {
    if (limits.min != Limits{}.min) limits.min *= 2;
    if (limits.max != Limits{}.max) limits.max *= 2;
    set_bounds(schema, limits, "minLength", "maxLength");
  }
};

template <NamedEnum E>
struct JsonSchema<E> {
  static Json make(SchemaComponents&) {
    Json::Array names;
    for (const auto& [value, name] : enum_names(E{})) names.emplace_back(std::string_view(name));
    return Json::object({{"type", "string"}, {"enum", std::move(names)}});
  }
  static void bound(Json&, const Limits&) {}
};

template <typename T>
struct JsonSchema<std::optional<T>> {
  static Json make(SchemaComponents& components) { return JsonSchema<T>::make(components); }
  static void bound(Json& schema, const Limits& limits) { JsonSchema<T>::bound(schema, limits); }
};

template <typename T>
struct JsonSchema<std::vector<T>> {
  static Json make(SchemaComponents& components) {
    return Json::object({{"type", "array"}, {"items", JsonSchema<T>::make(components)}});
  }
  static void bound(Json& schema, const Limits& limits) {
    set_bounds(schema, limits, "minItems", "maxItems");
  }
};

template <typename T>
struct JsonSchema<std::map<std::string, T>> {
  static Json make(SchemaComponents& components) {
    return Json::object({{"type", "object"}, {"additionalProperties", JsonSchema<T>::make(components)}});
  }
  static void bound(Json& schema, const Limits& limits) {
    set_bounds(schema, limits, "minProperties", "maxProperties");
  }
};

template <Described T>
struct JsonSchema<T> {
  static Json make(SchemaComponents& components) {
    if constexpr (requires { T::schema_name; }) {
      if (!components.contains(T::schema_name)) {
        components.set(T::schema_name, Json(Json::Object{}));  // ends recursion
        components.set(T::schema_name, inline_schema(components));
      }
      return Json::object({{"$ref", "#/components/schemas/" + std::string(T::schema_name)}});
    } else {
      return inline_schema(components);
    }
  }
  static void bound(Json&, const Limits&) {}

 private:
  static Json inline_schema(SchemaComponents& components) {
    Json::Object properties;
    Json::Array required;
    for_each_field<T>([&](const auto& each) {
      using Member = typename std::remove_cvref_t<decltype(each)>::MemberType;
      Json schema = JsonSchema<Member>::make(components);
      JsonSchema<Member>::bound(schema, each.limits);
      if (!each.doc.empty()) schema.set("description", each.doc);
      properties.emplace_back(std::string(each.name), std::move(schema));
      if (each.required && !kIsOptional<Member>) required.emplace_back(each.name);
    });
    Json schema = Json::object({{"type", "object"}, {"properties", std::move(properties)}});
    if (!required.empty()) schema.set("required", std::move(required));
    return schema;
  }
};

}  // namespace icn::codec
